import type { Tensor3D } from '@tensorflow/tfjs-core';
import { dropped } from '../kernels/operations/dropped';
import { seedTensor, type Seed } from '../kernels/operations/uniform';
import { stream } from '../lib/random';
import type { Context } from './context';

type Moment = Pick<Context, 'config' | 'draw'>;

/**
 * Names a random draw on the device: by the seed and what is drawn, and by the step, which is a tensor
 * because it changes while all the rest stays.
 */
const seedOf = (name: string, { config, draw }: Moment): Seed => ({
  name: stream(config.seed, `device/${name}`).integer(2 ** 24),
  step: draw,
});

/** The same as a tensor, [2]. */
export const drawSeed = (name: string, at: Moment) => seedTensor(seedOf(name, at));

/** Each number is 0 with probability p in training (Srivastava et al. 2014). */
export function dropout(x: Tensor3D, name: string, ctx: Context): Tensor3D {
  const { dropout: p } = ctx.config;
  return ctx.training && p ? dropped(x, x.shape, p, seedOf(`dropout/${name}`, ctx)) : x;
}

/**
 * The branch of a whole sequence is 0 with probability l/L · p in training, l = 1 … L (Huang et al. 2016,
 * Deep Networks with Stochastic Depth, eq. 4; divided by what is kept, so that evaluation changes nothing).
 */
export function stochasticDepth(f: Tensor3D, name: string, layer: number, ctx: Context): Tensor3D {
  const { stochastic_depth, n_layers } = ctx.config;
  const p = (stochastic_depth * (layer + 1)) / n_layers;
  if (!ctx.training || !p) return f;
  return dropped(f, [f.shape[0], 1, 1], p, seedOf(`depth/${name}`, ctx));
}
