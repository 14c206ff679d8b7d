import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { rotatedProgram } from '../webgpu/shaders/rotated';

/** The direction of the turn: by the angles, or back. */
interface Attributes {
  back: boolean;
}

const turn = registerKernel<'q' | 'k' | 'cosines' | 'sines', Attributes>({
  name: 'Rotated',
  rounds: 'operations',
  shapes: ({ q, k }) => [q, k],
  wasm({ kernels, inputs: { q, k, cosines, sines }, outputs, shapes, attributes: { back } }) {
    const [B, T, H, d] = shapes.q as [number, number, number, number];
    [q, k].forEach((x, i) => kernels.rotated(outputs[i]!, x, cosines, sines, B, T, H, d, back));
  },
  webgpu({ run, inputs, outputs: [queries, keys], shapes, attributes: { back } }) {
    const [B, T, H, d] = shapes.q as [number, number, number, number];
    run(rotatedProgram({ B, T, H, d, back }, inputs, { queries: queries!, keys: keys! }));
  },
});

/** (a, b) → (−b, a), the halves of the last axis. */
function quarterTurn(x: Tensor4D): Tensor4D {
  const [a, b] = tf.split(x, 2, 3) as [Tensor4D, Tensor4D];
  return tf.concat([tf.neg(b), a], 3);
}

/** One of the two, of the library's operations. */
const composed = (x: Tensor4D, cosines: Tensor3D, sines: Tensor3D): Tensor4D =>
  differentiable(
    (x: Tensor4D) => {
      const y: Tensor4D = tf.add(tf.mul(x, cosines), tf.mul(quarterTurn(x), sines));
      return { value: y, saved: [cosines, sines] };
    },
    (dy, cosines, sines) => [
      tf.sub(tf.mul(dy, cosines!), tf.mul(quarterTurn(dy), sines!)) as Tensor4D,
    ],
  )(x);

/**
 * Queries and keys with features i and i + d/2 of token t turned by the angle of t and i; the gradient turns
 * back. q, k: [B, T, H, d]; cosines, sines: [T, 1, d], the same in both halves of d
 */
export function rotated(
  q: Tensor4D,
  k: Tensor4D,
  cosines: Tensor3D,
  sines: Tensor3D,
): [Tensor4D, Tensor4D] {
  if (!turn.isHere()) return [composed(q, cosines, sines), composed(k, cosines, sines)];
  return differentiable(
    (q: Tensor, k: Tensor) => ({
      value: turn({ q, k, cosines, sines }, { back: false })!,
      saved: [cosines, sines],
    }),
    ([dq, dk], cosines, sines) => turn({ q: dq!, k: dk!, cosines, sines }, { back: true })!,
  )(q, k) as [Tensor4D, Tensor4D];
}
