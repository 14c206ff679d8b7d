import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../kernels/differentiable';

const column = (x: Tensor): Tensor2D => tf.reshape(x, [-1, 1]);
const normalized = (x: Tensor2D): Tensor2D => tf.div(x, tf.sqrt(tf.sum(tf.square(x))));

/**
 * σReparam: W·γ/σ(W), with the spectral norm σ = vᵀWu after one power step from the kept u,
 * v = Wu/‖Wu‖, u ← Wᵀv/‖Wᵀv‖ (Zhai et al. 2023, section 3.2 and their code). The gradient takes the
 * singular vectors as given, so that ∂σ/∂W = v uᵀ.
 *
 * @param w [I, O]
 * @param gamma [1]
 * @param kept u, [O]
 * @param renew is told the new u, [O]
 */
export function reparametrized(
  w: Tensor2D,
  gamma: Tensor1D,
  kept: Tensor1D,
  renew: (u: Tensor1D) => void,
): Tensor2D {
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
