import type { Sublayer } from './config';
import type { Model } from './model';
import { mul, scale, type Tensor } from './tape';

/** The stream is multiplied by a, the branch goes through b. */
export interface ResidualScale {
  a: number;
  b: (model: Model, layer: number, branch: Sublayer, y: Tensor) => Tensor;
}

const constant = (a: number, b: number): ResidualScale => ({
  a,
  b: (_, __, ___, y) => scale(y, b),
});

const learnedPerBranch: ResidualScale = {
  a: 1,
  b: ({ param }, layer, branch, y) => mul(y, param(`blocks.${layer}.${branch}.residual_scale`)),
};

const learnedPerLayer: ResidualScale = {
  a: 1,
  b: ({ param }, layer, _, y) => mul(y, param(`blocks.${layer}.residual_scale`)),
};

/** By the number of sublayers N. */
export const residualScales: Record<string, (N: number) => ResidualScale> = {
  one: () => constant(1, 1),
  inv_sqrt_depth: (N) => constant(1, 1 / Math.sqrt(N)),
  deepscale: (N) => constant(Math.sqrt(1 - 2 / N), Math.sqrt(2 / N)),
  rezero: () => learnedPerLayer,
  skipinit: () => learnedPerBranch,
  skipless: () => constant(0, 1),
  layerscale: () => learnedPerBranch,
};
