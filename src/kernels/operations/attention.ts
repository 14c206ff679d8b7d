import type { Tensor, Tensor3D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { cast, inFormat } from '../precision/emulate';
import { productBytes, scratchOf } from '../wasm/module';
import {
  attentionProgram,
  capGradientProgram,
  headGradientProgram,
  scoreGradientProgram,
} from '../webgpu/shaders/attention';

interface Attributes {
  heads: number;
  scale: number;
  /** Scores are c·tanh(z/c); 0 is off. */
  cap: number;
  causal: boolean;
}

type Shape = readonly number[];
/** Scratch for queries and a square in the format: see `assembly/attention.ts`. Whole vectors of four. */
const operandBytes = (T: number, d: number) => 16 * Math.ceil((T * d + T * T) / 4) + 16;
const sizes = (q: Shape, { heads }: Attributes) => {
  const [B, T, D] = q as [number, number, number];
  return [B, T, heads, D / heads] as const;
};
const named = (q: Shape, attributes: Attributes) => {
  const [B, T, H, d] = sizes(q, attributes);
  return { ...attributes, B, T, H, d };
};
type Five = [TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo];
const squares = ([B, T]: Shape, heads: number): number[] => [B!, heads, T!, T!];

/** Scratch for products of [T, d] with [d, T], and of [T, T] with [T, d]. */
const headBytes = (T: number, d: number) => Math.max(productBytes(T, d), productBytes(T, T));

const forward = registerKernel<'q' | 'k' | 'v' | 'penalty', Attributes>({
  name: 'Attention',
  rounds: 'products',
  shapes: ({ q }, { heads }) => [q, squares(q, heads), squares(q, heads)],
  wasm({ kernels, inputs, outputs: [mixed, scores, pattern], shapes, attributes }) {
    const { q, k, v, penalty = 0 } = inputs;
    const { scale, cap, causal } = attributes;
    const [B, T, H, d] = sizes(shapes.q, attributes);
    const operands = scratchOf(operandBytes(T, d) + headBytes(T, d));
    kernels.attention(
      ...[mixed!, scores!, pattern!, q, k, v, penalty, B, T, H, d],
      ...[scale, cap, causal, operands + operandBytes(T, d), operands],
    );
  },
  webgpu({ run, backend, inputs, outputs, shapes, attributes }) {
    const [mixed, scores, pattern] = outputs as [TensorInfo, TensorInfo, TensorInfo];
    run(attentionProgram(backend, named(shapes.q, attributes), inputs, { mixed, scores, pattern }));
  },
});

const gradient = registerKernel<
  'dmixed' | 'q' | 'k' | 'v' | 'scores' | 'pattern' | 'penalty',
  Attributes
>({
  name: 'AttentionGradient',
  rounds: 'products',
  shapes: ({ q }, { heads }) => [q, q, q, squares(q, heads), squares(q, heads)],
  wasm({ kernels, inputs, outputs, shapes, attributes }) {
    const { dmixed, q, k, v, scores, pattern, penalty = 0 } = inputs;
    const { scale, cap, causal } = attributes;
    const [B, T, H, d] = sizes(shapes.q, attributes);
    const square = T * T * 4;
    const raw = scratchOf(square + operandBytes(T, d) + headBytes(T, d));
    const operands = raw + square;
    const [dq, dk, dv, dscores, dpattern] = outputs as [number, number, number, number, number];
    kernels.attentionGradient(
      ...[dq, dk, dv, dscores, dpattern, dmixed, q, k, v, scores, pattern, penalty],
      ...[B, T, H, d, scale, cap, causal, operands + operandBytes(T, d), raw, operands],
    );
  },
  webgpu({ run, rounds, room, scratch, backend, inputs, outputs, shapes, attributes }) {
    const { dmixed, q, k, v, scores, pattern, penalty } = inputs;
    const [dq, dk, dv, dscores, dpattern] = outputs as Five;
    const of = named(shapes.q, attributes);
    const raw = of.cap ? scratch(dscores.shape) : dscores;
    const fused = of.cap && !rounds;
    const before = fused ? { scores, penalty } : {};
    const gradients = fused ? { dscores, dpattern, raw } : { dscores, dpattern };
    const apart = of.cap !== 0 && rounds;
    run(scoreGradientProgram(backend, of, { dmixed, v, pattern, ...before }, gradients, apart));
    if (apart) run(capGradientProgram(of, { q, k, dscores }, { raw }));
    const ofKeys = { dmixed, q, pattern, raw };
    const ofQueries = { k, raw };
    if (room >= TOGETHER) {
      run(headGradientProgram(of, { ...ofKeys, ...ofQueries }, { dq, dk, dv }));
    } else {
      run(headGradientProgram(of, ofQueries, { dq }));
      run(headGradientProgram(of, ofKeys, { dk, dv }));
    }
  },
});

/** Tensors of a program for the gradients of queries, keys and values. */
const TOGETHER = 8;

/** True where `attend` is a kernel on the backend that is set. */
export const attends = (): boolean => forward.isHere();

/** Who is told of scores and pattern on the way forward, and of their gradients on the way back. */
export interface AttentionListener {
  scores: { forward(x: Tensor): void; backward(dx: Tensor): void };
  pattern: { forward(x: Tensor): void; backward(dx: Tensor): void };
}

/**
 * softmax(mask(cap(scale · q kᵀ) + penalty)) v of every head in one kernel (Vaswani et al. 2017, section 3.2).
 *
 * @param q k v each [B, T, D], heads side by side in D
 * @param penalty added to the scores, [H, T, T], or null
 * @returns [B, T, D]
 */
export const attend = (
  q: Tensor3D,
  k: Tensor3D,
  v: Tensor3D,
  penalty: Tensor3D | null,
  attributes: Attributes,
  listener: AttentionListener,
): Tensor3D =>
  differentiable(
    (q: Tensor3D, k: Tensor3D, v: Tensor3D) => {
      const results = forward({ q, k, v, penalty }, attributes)!;
      const [mixed, scores, pattern] = results as [Tensor3D, Tensor4D, Tensor4D];
      listener.scores.forward(scores);
      listener.pattern.forward(pattern);
      const saved = [q, k, v, scores, pattern, ...(penalty ? [penalty] : [])];
      return { value: inFormat(mixed), saved };
    },
    (dmixed, q, k, v, scores, pattern, penalty) => {
      const inputs = { dmixed: cast(dmixed), q, k, v, scores, pattern, penalty };
      const [dq, dk, dv, dscores, dpattern] = gradient(inputs, attributes)!;
      listener.pattern.backward(dpattern!);
      listener.scores.backward(dscores!);
      return [dq!, inFormat(dk!), inFormat(dv!)];
    },
  )(q, cast(k), cast(v));
