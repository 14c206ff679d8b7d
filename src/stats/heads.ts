import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { HeadStatistic } from '../config/statistics';
import { headKernel, headLoop } from '../kernels/statistics/headMoments';
import { joined } from '../kernels/operations/joined';
import { headMoments } from './composed';
import { named } from './moments';
import { HEAD_MOMENTS } from './rows';

/** Of all layers together. scores, pattern: [layers, B, H, T, T] → [layers, moments, H] */
function stacked(scores: Tensor, pattern: Tensor, mask: Tensor2D, causal: boolean): Tensor3D {
  const [layers, B, H, T] = scores.shape as [number, number, number, number];
  const together = (x: Tensor) => tf.reshape(x, [-1, T, T]) as Tensor3D;
  const rows = headLoop([together(scores), together(pattern)], { causal });
  const each: Record<HeadStatistic, Tensor1D> = rows
    ? named(rows, HEAD_MOMENTS)
    : headMoments(together(scores), together(pattern), mask, causal);
  const perHead = (x: Tensor) => tf.reshape(x, [layers, B, H]);
  return tf.stack(
    HEAD_MOMENTS.map((id) =>
      id === 'max_logit' ? tf.max(perHead(each[id]), 1) : tf.mean(perHead(each[id]), 1),
    ),
    1,
  ) as Tensor3D;
}

/**
 * Statistics of the attention heads of some layers.
 * @param scores before the mask, of each layer [B, H, T, T]
 * @param pattern after the softmax, of each layer [B, H, T, T]
 * @param mask additive, [T, T]
 * @returns `HEAD_MOMENTS` of each layer, [layers, moments, H], the mean over the batch (of `max_logit` the largest), over pairs that the mask leaves
 */
export function headStatistics(
  scores: Tensor[],
  pattern: Tensor[],
  mask: Tensor2D,
  causal: boolean,
): Tensor3D {
  const each = scores.map(
    (s, i) => headKernel({ scores: s, pattern: pattern[i]! }, { causal })?.[0],
  );
  return each.every((x) => x !== undefined)
    ? tf.reshape(joined(each), [each.length, ...(each[0]!.shape as [number, number])])
    : stacked(tf.stack(scores), tf.stack(pattern), mask, causal);
}
