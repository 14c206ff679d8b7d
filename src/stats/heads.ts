import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { HeadStatistic } from '../config/statistics';
import { headLoop } from '../kernels/headMoments';
import { headMoments } from './composed';
import { named } from './moments';

/**
 * Statistics of attention heads.
 * @param scores before the mask, [G, T, T] with G = layers · B · H
 * @param pattern after the softmax, [G, T, T]
 * @param mask additive, [T, T]
 * @returns each [layers, H], the mean over the batch (of `max_logit` the largest)
 */
export function headStatistics(
  scores: Tensor3D,
  pattern: Tensor3D,
  mask: Tensor2D,
  causal: boolean,
  [layers, B, H]: [number, number, number],
): Record<HeadStatistic, Tensor2D> {
  const rows = headLoop([scores, pattern], { causal });
  const each = rows
    ? named(rows, ['entropy', 'max_logit', 'sink', 'distance'])
    : headMoments(scores, pattern, mask, causal);
  const perHead = (x: Tensor) => tf.reshape(x, [layers, B, H]);
  const averaged = (x: Tensor) => tf.mean(perHead(x), 1) as Tensor2D;
  return {
    entropy: averaged(each.entropy),
    max_logit: tf.max(perHead(each.max_logit), 1) as Tensor2D,
    sink: averaged(each.sink),
    distance: averaged(each.distance),
  };
}
