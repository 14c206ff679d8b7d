import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Sublayer } from '../config/blockSites';
import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { sublayerCount } from '../config/layers';
import { scaled } from '../kernels/operations/scaled';
import { param, type Context } from './context';

/** A learned scale: whose it is, its shape for d features, and what it starts with. */
interface LearnedScale {
  per: 'layer' | 'sublayer';
  shape(d: number): number[];
  start(config: Config): number;
}

/** The factors of stream and branch where they are added: a·x + b·f(x). */
interface ResidualScale {
  a(config: Config): number;
  b: ((config: Config) => number) | LearnedScale;
}

const one = () => 1;

/** Touvron et al. 2021, section 2.1. */
const layerScaleStart = ({ n_layers: L }: Config) => (L <= 18 ? 0.1 : L <= 24 ? 1e-5 : 1e-6);

export const residualScales: Record<Chosen['residual_scale'], ResidualScale> = {
  one: { a: one, b: one },
  inv_sqrt_depth: { a: one, b: (config) => 1 / Math.sqrt(sublayerCount(config)) },
  deepscale: {
    a: (config) => Math.sqrt(1 - 2 / sublayerCount(config)),
    b: (config) => Math.sqrt(2 / sublayerCount(config)),
  },
  rezero: { a: one, b: { per: 'layer', shape: () => [1], start: () => 0 } },
  skipinit: { a: one, b: { per: 'sublayer', shape: () => [1], start: () => 0 } },
  layerscale: { a: one, b: { per: 'sublayer', shape: (d) => [d], start: layerScaleStart } },
  skipless: { a: () => 0, b: one },
};

/** The learned scale of a configuration, or null where scales are fixed. */
export const learnedScale = ({ residual_scale }: Config): LearnedScale | null => {
  const { b } = residualScales[residual_scale];
  return typeof b === 'function' ? null : b;
};

const times = (x: Tensor3D, factor: number): Tensor3D => (factor === 1 ? x : tf.mul(x, factor));

/** a·x. [B, T, D] */
export const scaledStream = (x: Tensor3D, { config }: Context): Tensor3D =>
  times(x, residualScales[config.residual_scale].a(config));

/** b·f. [B, T, D] */
export function scaledBranch(
  f: Tensor3D,
  layer: number,
  sublayer: Sublayer,
  ctx: Context,
): Tensor3D {
  const { b } = residualScales[ctx.config.residual_scale];
  if (typeof b === 'function') return times(f, b(ctx.config));
  const whose = b.per === 'layer' ? `blocks.${layer}` : `blocks.${layer}.${sublayer}`;
  return scaled(f, param<Tensor1D>(ctx, `${whose}.residual_scale`));
}
