import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { registerLoop } from '../loop';
import { GOLDEN, noiseProgram } from '../webgpu/shaders/noise';

/*
 * Random numbers made where they are used. The i-th number of a seed is a hash of i and the seed: nothing
 * is uploaded, nothing is carried from number to number, and the threads of a card need not wait for each
 * other. The seed is a tensor, because a number written into a shader would be compiled anew with every
 * seed. It is two integers in [0, 2²⁴), which float32 holds exactly.
 *
 * The hash is the finalizer `mixed` (Wellons' Hash Prospector, 2018 and later) twice, with a key of its own
 * each time: after one round two seeds would be one sequence in another order. It makes 0 of 0, so what
 * goes into a key is shifted by `GOLDEN`: else index and seed could cancel.
 */

function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

/** The numbers of a seed: 24 random bits each, in [0, 1). */
function numbersOf(seed: Float32Array): (index: number) => number {
  const first = mixed((seed[0]! + GOLDEN) | 0);
  const second = mixed(((first ^ seed[1]!) + GOLDEN) | 0);
  return (index) => (mixed(mixed(index ^ first) ^ second) >>> 8) * 2 ** -24;
}

const GLSL = `
  uint mixed(uint x) {
    uint h = (x ^ (x >> 16u)) * 0x21f0aaadu;
    h = (h ^ (h >> 15u)) * 0x735a2d97u;
    return h ^ (h >> 15u);
  }
  float uniformAt(uint index) {
    uint first = mixed(uint(getInput0(0)) + ${GOLDEN}u);
    uint second = mixed((first ^ uint(getInput0(1))) + ${GOLDEN}u);
    return float(mixed(mixed(index ^ first) ^ second) >> 8u) / 16777216.0;
  }`;

interface Noise {
  name: string;
  at(uniformAt: (index: number) => number, index: number): number;
  /** The same expression of `index` in both shader languages. */
  shader: string;
}

/** Two integers of [0, 2²⁴): what is drawn, and the step, [1]. */
export interface Seed {
  name: number;
  step: Tensor1D;
}

/** [2] */
export const seedTensor = ({ name, step }: Seed): Tensor1D =>
  tf.concat1d([tf.tensor1d([name]), step]);

/** Registers a kind of noise for all backends. What is called makes it; it has no gradient. */
function registerNoise({ name, at, shader }: Noise) {
  // A vector: a thread is to know its number, not its coordinates.
  const make = registerLoop<{ size: number }>({
    name,
    shape: (_inputs, { size }) => [size],
    run([seed], output) {
      const uniformAt = numbersOf(seed!);
      for (let i = 0; i < output.length; i++) output[i] = at(uniformAt, i);
    },
    webgpu: ([seed], noise) => noiseProgram(name, shader, seed!, noise),
    webgl: () =>
      `${GLSL} void main() { uint index = uint(getOutputCoords()); setOutput(${shader}); }`,
  });
  return (shape: number[], seed: Tensor1D): Tensor =>
    tf.reshape(make([seed], { size: sizeOf(shape) })!, shape);
}

export const NOISE = ['UniformNoise', 'NormalNoise'] as const;

/**
 * Uniform on [0, 1), 24 random bits each, the same bits on every backend. seed: [2], integers in [0, 2²⁴)
 */
export const uniform = registerNoise({
  name: NOISE[0],
  at: (uniformAt, index) => uniformAt(index),
  shader: 'uniformAt(index)',
});

/**
 * Standard normal, by Box and Muller from two uniforms each; no size above √(48 ln 2) = 5.77. Adapters
 * compute the cosine to their own accuracy (some to 2e-4), so that the backends differ by as much.
 * seed: [2], integers in [0, 2²⁴)
 */
export const normal = registerNoise({
  name: NOISE[1],
  at: (uniformAt, i) =>
    Math.sqrt(-2 * Math.log(1 - uniformAt(2 * i))) * Math.cos(2 * Math.PI * uniformAt(2 * i + 1)),
  shader: `sqrt(-2.0 * log(1.0 - uniformAt(2u * index))) * cos(${2 * Math.PI} * uniformAt(2u * index + 1u))`,
});
