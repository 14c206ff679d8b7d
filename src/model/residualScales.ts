import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Sublayer } from '../config/blockSites';
import type { Config } from '../config/fields';
import { sublayerCount } from '../config/layers';
import { isLearned, residualScales, type LearnedScale } from '../config/scales';
import { scaled } from '../kernels/operations/scaled';
import { param, type Context } from './context';

/** The learned scale of a configuration, or null where scales are fixed. */
export const learnedScale = ({ residual_scale }: Config): LearnedScale | null => {
  const { b } = residualScales[residual_scale];
  return isLearned(b) ? b : null;
};

const times = (x: Tensor3D, factor: number): Tensor3D => (factor === 1 ? x : tf.mul(x, factor));

/** a·x. [B, T, D] */
export const scaledStream = (x: Tensor3D, { config }: Context): Tensor3D =>
  times(x, residualScales[config.residual_scale].a.value(sublayerCount(config)));

/** b·f. [B, T, D] */
export function scaledBranch(
  f: Tensor3D,
  layer: number,
  sublayer: Sublayer,
  ctx: Context,
): Tensor3D {
  const { b } = residualScales[ctx.config.residual_scale];
  if (!isLearned(b)) return times(f, b.value(sublayerCount(ctx.config)));
  const whose = b.per === 'layer' ? `blocks.${layer}` : `blocks.${layer}.${sublayer}`;
  return scaled(f, param<Tensor1D>(ctx, `${whose}.residual_scale`));
}
