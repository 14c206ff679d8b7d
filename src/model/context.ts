import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import type { LayerPlan } from '../config/layers';
import type { Moments } from '../kernels/operations/norms/batchNorm';
import { linear as linearMap, linears as linearMaps } from '../kernels/operations/linear';
import type { Tap } from './tap';

/** Named tensors; names and shapes are those of the weights file. */
export type Params = Record<string, Tensor>;

/** The surroundings of every function of the model, given beside its input. */
export interface Context {
  config: Config;
  plans: LayerPlan[];
  params: Params;
  /** Tensors that are kept from step to step and not learned: running statistics, singular vectors. */
  buffers: Params;
  /** Batch norms use the batch's own statistics, and dropout drops. */
  training: boolean;
  /** The step as the second half of the seeds of random draws: n mod 2²⁴, [1]. */
  draw: Tensor1D;
  tap: Tap;
  /** Is told the new value of a buffer; the caller decides whether it is kept. */
  renew(name: string, value: Tensor): void;
  /** Is told the statistics of a batch that a norm over it has. */
  observe(norm: string, batch: Moments): void;
}

/** The tensor called `name`; a missing one is a mistake of the program, not of the user. */
function named<T extends Tensor<Rank>>(tensors: Params, name: string): T {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`The model has no tensor ${name}.`);
  return tensor as T;
}
export const param = <T extends Tensor<Rank>>({ params }: Context, name: string): T =>
  named<T>(params, name);
export const buffer = <T extends Tensor<Rank>>({ buffers }: Context, name: string): T =>
  named<T>(buffers, name);

export interface LinearNames {
  weight: string;
  bias: string;
}

const mapOf = ({ weight, bias }: LinearNames, ctx: Context) => ({
  w: param<Tensor2D>(ctx, weight), // [I, O]
  b: ctx.config.bias ? param<Tensor1D>(ctx, bias) : null,
});

/** x @ W + b over the last axis. x: [B, T, I] → [B, T, O]; the bias is left out when the model has none. */
export function linear(x: Tensor3D, names: LinearNames, ctx: Context): Tensor3D {
  const { w, b } = mapOf(names, ctx);
  return linearMap(x, w, b) as Tensor3D;
}

/** Up to three such maps of one input, all to as many features. */
export const linears = (x: Tensor3D, names: LinearNames[], ctx: Context): Tensor3D[] =>
  linearMaps(
    x,
    names.map((one) => mapOf(one, ctx)),
  ) as Tensor3D[];
