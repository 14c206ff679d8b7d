import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { exempt } from '../kernels/precision';
import { uniform } from '../kernels/uniform';
import { stream } from '../lib/random';
import type { Context } from './context';

/**
 * Names a random draw on the device: by the seed and what is drawn, and by the step, which is a tensor
 * because it changes while all the rest stays. [2]
 */
export const drawSeed = (name: string, { config, draw }: Pick<Context, 'config' | 'draw'>) =>
  tf.concat1d([tf.tensor1d([stream(config.seed, `device/${name}`).integer(2 ** 24)]), draw]);

/** 1/(1 − p) where kept, 0 where dropped. */
const mask = (shape: number[], p: number, name: string, ctx: Context): Tensor =>
  exempt(() => {
    const kept = tf.greaterEqual(uniform(shape, drawSeed(name, ctx)), p);
    return tf.mul(tf.cast(kept, 'float32'), 1 / (1 - p));
  });

/** Each number is 0 with probability p in training (Srivastava et al. 2014). */
export function dropout(x: Tensor3D, name: string, ctx: Context): Tensor3D {
  const { dropout: p } = ctx.config;
  return ctx.training && p ? tf.mul(x, mask(x.shape, p, `dropout/${name}`, ctx)) : x;
}

/**
 * The branch of a whole sequence is 0 with probability l/L · p in training, l = 1 … L (Huang et al. 2016,
 * Deep Networks with Stochastic Depth, eq. 4; divided by what is kept, so that evaluation changes nothing).
 */
export function stochasticDepth(f: Tensor3D, name: string, layer: number, ctx: Context): Tensor3D {
  const { stochastic_depth, n_layers } = ctx.config;
  const p = (stochastic_depth * (layer + 1)) / n_layers;
  if (!ctx.training || !p) return f;
  return tf.mul(f, mask([f.shape[0], 1, 1], p, `depth/${name}`, ctx));
}
