import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../lib/shapes';
import { differentiable } from '../differentiable';
import { registerKernel, shaderBackend } from '../kernel';
import { cast, inFormat, isToCast, stored } from '../precision/emulate';
import { listed, numbered } from '../numbered';
import { productScratch } from '../wasm/module';
import { productPrograms } from '../webgpu/shaders/product';

const rows = (x: Tensor): Tensor2D => tf.reshape(x, [-1, x.shape.at(-1)!]);

/** Operands that a shader casts while it reads them: x, and each dy. */
interface Casts {
  x?: boolean;
  dys?: boolean[];
}

/** Each x @ w + b. */
const forward = registerKernel<string, { casts?: Casts }>({
  name: 'Linear',
  rounds: 'products',
  shapes: (shapes) => listed('w', shapes).map((w) => [...shapes['x']!.slice(0, -1), w[1]!]),
  wasm({ kernels, inputs, outputs, shapes }) {
    const [N, I] = [rowsOf(shapes['x']!), shapes['x']!.at(-1)!];
    const biases = listed('b', inputs);
    listed('w', inputs).forEach((w, i) => {
      const O = listed('w', shapes)[i]![1]!;
      kernels.linear(outputs[i]!, inputs['x']!, w, biases[i] ?? 0, N, I, O, productScratch(N, I));
    });
  },
  webgpu({ run, room, backend, inputs, outputs, shapes, attributes: { casts } }) {
    const [N, I] = [rowsOf(shapes['x']!), shapes['x']!.at(-1)!];
    const biases = listed('b', inputs);
    const products = listed('w', inputs).map((w, i) => ({
      ...{ M: N, N: w.shape[1]!, K: I },
      a: { tensors: [inputs['x']!], rows: I, columns: 1, cast: castOf(casts?.x, i === 0) },
      b: { tensors: [w], rows: w.shape[1]!, columns: 1 },
      c: outputs[i]!,
      bias: biases[i],
    }));
    productPrograms(backend, products, room).forEach(run);
  },
});

/** Losses are counted once. */
const castOf = (casts: boolean | undefined, counts: boolean): 'counted' | 'again' | null =>
  casts ? (counts ? 'counted' : 'again') : null;

/** dx, the sum over the maps; and of each map dw and, with biases, db. */
const gradient = registerKernel<string, { bias: boolean; casts?: Casts }>({
  name: 'LinearGradient',
  rounds: 'products',
  shapes: (shapes, { bias }) => {
    const weights = listed('w', shapes);
    return [shapes['x']!, ...weights, ...(bias ? weights.map(([, O]) => [O!]) : [])];
  },
  wasm({ kernels, inputs, outputs: [dx, ...learned], shapes }) {
    const [N, I] = [rowsOf(shapes['x']!), shapes['x']!.at(-1)!];
    const weights = listed('w', inputs);
    const last = weights.length - 1;
    // The last one first: so the library's tape adds gradients up.
    listed('dy', inputs)
      .reverse()
      .forEach((dy, back) => {
        const i = last - back;
        const O = listed('w', shapes)[i]![1]!;
        const [dw, db = 0] = [learned[i]!, learned[weights.length + i]];
        kernels.linearInputGradient(dx!, dy, weights[i]!, N, I, O, i < last, productScratch(N, O));
        kernels.linearWeightGradient(dw, db, inputs['x']!, dy, N, I, O, productScratch(I, N));
      });
  },
  webgpu({ run, room, backend, inputs, outputs: [dx, ...learned], shapes, attributes }) {
    const [N, I] = [rowsOf(shapes['x']!), shapes['x']!.at(-1)!];
    const [weights, dys] = [listed('w', inputs), listed('dy', inputs)];
    const O = weights[0]!.shape[1]!;
    const { x, dys: given = [] } = attributes.casts ?? {};
    const ofInput = {
      ...{ M: N, N: I, K: O * weights.length },
      // One that is in the format loses nothing.
      a: { tensors: dys, rows: O, columns: 1, cast: castOf(given.includes(true), true) },
      b: { tensors: weights, rows: 1, columns: O },
      c: dx!,
    };
    const ofWeights = dys.map((dy, i) => ({
      ...{ M: I, N: O, K: N },
      a: { tensors: [inputs['x']!], rows: 1, columns: I, cast: castOf(x, false) },
      b: { tensors: [dy], rows: O, columns: 1, cast: castOf(given[i], false) },
      c: learned[i]!,
      columnSums: learned[weights.length + i],
    }));
    productPrograms(backend, [ofInput, ...ofWeights], room).forEach(run);
  },
});

/**
 * x @ w + b of the library's operations. Its wasm product is fast for plain two-dimensional operands alone,
 * so its gradients transpose explicitly.
 */
const composed = {
  forward(x: Tensor, w: Tensor2D, b: Tensor1D | null): Tensor {
    const y = tf.matMul(rows(x), w);
    return tf.reshape(b ? tf.add(y, b) : y, [...x.shape.slice(0, -1), w.shape[1]]);
  },
  gradients(dy: Tensor, x: Tensor, w: Tensor2D, bias: boolean): Tensor[] {
    const dx = tf.reshape(tf.matMul(rows(dy), tf.transpose(w)), x.shape);
    const dw = tf.matMul(tf.transpose(rows(x)), rows(dy));
    return bias ? [dx, dw, tf.sum(rows(dy), 0)] : [dx, dw];
  },
};

/** A linear map: w: [I, O], b: [O] or null. */
export interface LinearMap {
  w: Tensor2D;
  b: Tensor1D | null;
}

/** The products of one map or several, whose matrices and biases are in the format. */
function products(x: Tensor, maps: LinearMap[]): Tensor[] {
  // Shaders cast what else they are given while they read it, the module beforehand.
  const inside = shaderBackend() !== null;
  const isCast = (x: Tensor) => inside && isToCast(x);
  const operand = (x: Tensor) => (inside ? x : cast(x));
  const weights = maps.map(({ w }) => w);
  const biases = maps.flatMap(({ b }) => b ?? []);
  return differentiable(
    (x: Tensor, ..._learned: Tensor[]) => ({
      value: forward(
        { x, ...numbered('w', weights), ...numbered('b', biases) },
        { casts: { x: isCast(x) } },
      )!.map(inFormat),
      saved: [x, ...weights],
    }),
    (dys, x, ...weights) => {
      // A node of one result is told of its gradient by itself, not in a list.
      const given = [dys].flat().map(operand);
      const casts = { x: isCast(x), dys: given.map(isCast) };
      const [dx, ...learned] = gradient(
        { x, ...numbered('dy', given), ...numbered('w', weights) },
        { bias: biases.length > 0, casts },
      )!;
      // A sum over several maps is no product.
      return [maps.length > 1 ? dx! : inFormat(dx!), ...learned];
    },
  )(operand(x), ...weights, ...biases);
}

/** The same of the library's operations, of one map. */
const composedProduct = (x: Tensor, { w, b }: LinearMap): Tensor =>
  differentiable(
    (x: Tensor, ..._learned: Tensor[]) => ({
      value: stored(composed.forward(x, w, b)),
      saved: [x, w],
    }),
    (dy, x, w) =>
      composed
        .gradients(cast(dy), x!, w as Tensor2D, b !== null)
        .map((gradient) => stored(gradient)),
  )(x, ...(b ? [w, b] : [w]));

/**
 * Up to three linear maps of one input, all with a bias or none, all to as many features: one kernel, whose
 * gradient for x is summed inside. x: […, I] → each […, O]
 */
export function linears(x: Tensor, maps: LinearMap[]): Tensor[] {
  const acting = maps.map(({ w, b }) => ({ w: cast(w), b: b && cast(b) }));
  if (forward.isHere()) return products(x, acting);
  const given = cast(x);
  return acting.map((map) => composedProduct(given, map));
}

/** x @ w + b over the last axis. x: […, I], w: [I, O], b: [O] or null → […, O] */
export const linear = (x: Tensor, w: Tensor2D, b: Tensor1D | null = null): Tensor =>
  linears(x, [{ w, b }])[0]!;
