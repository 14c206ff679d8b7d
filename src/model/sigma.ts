import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../kernels/differentiable';
import { spectral, type Spectral } from '../kernels/operations/spectral';
import { buffer, param, type Context, type Params } from './context';

const column = (x: Tensor): Tensor2D => tf.reshape(x, [-1, 1]);
const normalized = (x: Tensor2D): Tensor2D => tf.div(x, tf.sqrt(tf.sum(tf.square(x))));

/**
 * σReparam: W·γ/σ(W), with the spectral norm σ = vᵀWu after one power step from the kept u,
 * v = Wu/‖Wu‖, u ← Wᵀv/‖Wᵀv‖ (Zhai et al. 2023, section 3.2 and their code). The gradient takes the
 * singular vectors as given, so that ∂σ/∂W = v uᵀ.
 *
 * @param renew is told the new u, [O]
 */
function reparametrized({ w, gamma, u: kept }: Spectral, renew: (u: Tensor1D) => void): Tensor2D {
  return differentiable(
    (w: Tensor2D, gamma: Tensor1D) => {
      const v = normalized(tf.matMul(w, column(kept))); // [I, 1]
      const u = normalized(tf.matMul(tf.transpose(w), v)); // [O, 1]
      renew(tf.reshape(u, [-1]));
      const sigma = tf.sum(tf.mul(v, tf.matMul(w, u))); // []
      return { value: tf.mul(w, tf.div(gamma, sigma)) as Tensor2D, saved: [w, gamma, v, u, sigma] };
    },
    (dy, w, gamma, v, u, sigma) => {
      const along = tf.div(tf.sum(tf.mul(dy, w!)), sigma!); // Σ dŴ ⊙ W / σ
      const rank1 = tf.matMul(v as Tensor2D, tf.transpose(u as Tensor2D)); // [I, O]
      const dw = tf.mul(tf.sub(dy, tf.mul(rank1, along)), tf.div(gamma!, sigma!));
      return [dw, tf.reshape(along, [1])];
    },
  )(w, gamma);
}

function byShape(names: string[], { params }: Context): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = params[name]!.shape.join();
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

/** The parameters with every matrix as it acts: those that are reparametrized have a `gamma`. */
export function actingParams(ctx: Context): Params {
  const names = Object.keys(ctx.params).filter((name) => `${name}.gamma` in ctx.params);
  const acting = byShape(names, ctx).flatMap((group) => {
    const matrices = group.map((name) => ({
      w: param<Tensor2D>(ctx, name),
      gamma: param<Tensor1D>(ctx, `${name}.gamma`),
      u: buffer<Tensor1D>(ctx, `${name}.u`),
    }));
    const renew = (u: Tensor1D, i: number) => {
      ctx.renew(`${group[i]!}.u`, u);
    };
    const values =
      spectral(matrices, renew) ??
      matrices.map((matrix, i) =>
        reparametrized(matrix, (u) => {
          renew(u, i);
        }),
      );
    return values.map((w, i) => [group[i]!, w] as const);
  });
  return { ...ctx.params, ...Object.fromEntries(acting) };
}
