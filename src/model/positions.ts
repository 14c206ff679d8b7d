import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { param, type Context } from './context';

/**
 * Sines in the even and cosines in the odd features (Vaswani et al. 2017, section 3.5). [T, D]
 * Made on the CPU: some adapters’ sines are off by 2e-4.
 */
function sinusoids({ seq_len: T, d_model: D }: Context['config']): Tensor2D {
  const table = Float32Array.from({ length: T * D }, (_, at) => {
    const [t, j] = [Math.floor(at / D), at % D];
    const angle = t / 10000 ** ((j - (j % 2)) / D);
    return j % 2 ? Math.cos(angle) : Math.sin(angle);
  });
  return tf.tensor2d(table, [T, D]);
}

/** What is added to the token embedding, [T, D], or null. */
export const positions: Record<Chosen['positions'], (ctx: Context) => Tensor2D | null> = {
  learned: (ctx) => param<Tensor2D>(ctx, 'embed.position'),
  sinusoidal: (ctx) => sinusoids(ctx.config),
  none: () => null,
};
