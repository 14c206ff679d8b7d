import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { exempt } from '../precision/emulate';
import { seedTensor, uniform, type Seed } from './uniform';
import { droppedProgram } from '../webgpu/shaders/noise';

interface Attributes {
  p: number;
  /** The count of numbers, one after the other, that share a draw. */
  together: number;
  /** The first half of the seed. */
  name: number;
}

const drop = registerKernel<'x' | 'step', Attributes>({
  name: 'Dropped',
  rounds: 'results',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x, step }, outputs: [y], shapes, attributes: { p, together, name } }) {
    kernels.dropped(y!, x, step, sizeOf(shapes.x), together, p, 1 / (1 - p), name);
  },
  webgpu({ run, inputs, outputs: [y], shapes, attributes }) {
    run(droppedProgram(attributes, inputs, { y: y! }, sizeOf(shapes.x)));
  },
});

/** 1/(1 − p) where kept, 0 where dropped. */
const mask = (shape: number[], p: number, seed: Seed): Tensor =>
  exempt(() => {
    const kept = tf.greaterEqual(uniform(shape, seedTensor(seed)), p);
    return tf.mul(tf.cast(kept, 'float32'), 1 / (1 - p));
  });

/**
 * x with 0 where a number of `uniform` is below p, and the rest divided by 1 − p. As one kernel it keeps no
 * mask: the gradient draws the same numbers again.
 *
 * @param draws the shape of what is drawn: that of x, with 1 for the last axes if these share a draw
 */
export function dropped<T extends Tensor>(x: T, draws: number[], p: number, seed: Seed): T {
  if (!drop.isHere()) return tf.mul(x, mask(draws, p, seed));
  const attributes = { p, together: x.size / sizeOf(draws), name: seed.name };
  return differentiable(
    (x: Tensor) => ({ value: drop({ x, step: seed.step }, attributes)![0]!, saved: [seed.step] }),
    (dy, step) => drop({ x: dy, step }, attributes)!,
  )(x) as T;
}
