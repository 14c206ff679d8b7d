import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { affine, matmul } from '../kernels/linear';
import type { Tap } from './tap';

/** Named parameters; names and shapes are those of the weights file. */
export type Params = Record<string, Tensor>;

/** What every part of the model is given beside its input. */
export interface Context {
  config: Config;
  params: Params;
  tap: Tap;
}

/** The parameter called `name`; a missing one is a mistake of the program, not of the user. */
export function param<T extends Tensor<Rank>>({ params }: Context, name: string): T {
  const tensor = params[name];
  if (!tensor) throw new Error(`The model has no parameter ${name}.`);
  return tensor as T;
}

/** x @ W + b over the last axis. x: [B, T, I] → [B, T, O]; the bias is left out when the model has none. */
export function linear(x: Tensor3D, weight: string, bias: string, ctx: Context): Tensor3D {
  const w = param<Tensor2D>(ctx, weight); // [I, O]
  const y = ctx.config.bias ? affine(x, w, param<Tensor1D>(ctx, bias)) : matmul(x, w);
  return y as Tensor3D;
}
