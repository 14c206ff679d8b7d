import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { crossEntropyKernel } from '../kernels/operations/crossEntropy';
import { differentiable } from '../kernels/differentiable';
import { hasKernels } from '../kernels/kernel';
import { exempt, rounded } from '../kernels/precision/emulate';
import { oneHot } from '../kernels/operations/rows';
import type { Tokens } from './tokens';

export interface LossInputs {
  out: Tensor3D;
  logits: Tensor3D | null;
  tokens: Tokens | null;
  /** R ~ N(0, 1), [B, T, D]. */
  projection: Tensor3D | null;
}

/** ln softmax over the last axis, stable for any finite logits. z: [N, V] → [N, V] */
export function logSoftmax(z: Tensor2D): Tensor2D {
  // Finite also where the difference of two logits is not: 0·∞ is no number.
  const shifted = tf.maximum(tf.sub(z, tf.max(z, 1, true)), -3e38);
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}

/**
 * Mean of −ln p(target) over the counted tokens, in nats. The gradient is (softmax − one-hot)/count. Both are
 * computed in float32 whatever the precision of the model; the gradient then takes its format.
 */
function crossEntropy({ logits, tokens }: LossInputs): Scalar {
  const { targetIds } = tokens!; // [N]
  const V = logits!.shape[2];
  const rows = tf.reshape(logits!, [-1, V]) as Tensor2D;
  if (exempt(hasKernels)) {
    return differentiable(
      (logits: Tensor2D) => {
        const [loss, gradient] = exempt(() =>
          crossEntropyKernel({ logits, targets: targetIds }, {}),
        )!;
        return { value: tf.reshape(loss, []) as Scalar, saved: [gradient] };
      },
      (dy, gradient) => [tf.mul(gradient!, dy)],
    )(rows);
  }
  return differentiable(
    (z: Tensor2D) =>
      exempt(() => {
        // A row of zeros where the target is not counted.
        const wanted = oneHot(targetIds, V); // [N, V]
        const total = tf.neg(tf.sum(tf.mul(wanted, logSoftmax(z))));
        return { value: tf.div(total, tf.sum(wanted)) as Scalar, saved: [z, wanted] };
      }),
    (dy, z, wanted) => {
      const gradient = exempt(() => {
        const counted = tf.sum(wanted!, 1, true); // [N, 1]
        const excess = tf.mul(tf.sub(tf.softmax(z as Tensor2D), wanted!), counted);
        return tf.mul(excess, tf.div(dy, tf.sum(wanted!)));
      });
      return [rounded(gradient)];
    },
  )(rows);
}

/** Σ out ⊙ R, whose gradient is R; in float32, as the cross-entropy. */
const randomProjection = ({ out, projection }: LossInputs): Scalar =>
  differentiable(
    (out: Tensor3D) => ({
      value: exempt(() => tf.sum(tf.mul(out, projection!)) as Scalar),
      saved: [],
    }),
    (dy) => [rounded(exempt(() => tf.mul(projection!, dy)))],
  )(out);

export const objectives: Record<Chosen['objective'], (inputs: LossInputs) => Scalar> = {
  cross_entropy: crossEntropy,
  random_projection: randomProjection,
};
