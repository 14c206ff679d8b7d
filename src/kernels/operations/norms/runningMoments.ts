import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import type { Moments } from './batchNorm';
import { registerKernel } from '../../kernel';
import { numbered } from '../../numbered';
import { written, type DISCREPANCY } from '../../statistics/rows';
import { discrepancyProgram, movingAveragesProgram } from '../../webgpu/shaders/runningMoments';

/** The share of what is new, and a factor of it for each tensor. */
interface Shares {
  share: number;
  factors: number[];
}

const averages = registerKernel<string, Shares>({
  name: 'MovingAverages',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: (inputs, { factors }) => factors.map((_, i) => inputs[`kept${i}`]!),
  wasm({ kernels, inputs, outputs, shapes, attributes: { share, factors } }) {
    const size = sizeOf(shapes['kept0']!);
    outputs.forEach((next, i) => {
      const [kept, now] = [inputs[`kept${i}`]!, inputs[`now${i}`]!];
      kernels.movingAverage(next, kept, now, size, share, factors[i]!);
    });
  },
  webgpu({ run, inputs, outputs, shapes, attributes }) {
    run(movingAveragesProgram(sizeOf(shapes['kept0']!), attributes, inputs, outputs));
  },
});

/** (1 − share) kept + share · factor · now, of several tensors of one shape. No gradient. */
export function movingAverages(
  kept: Tensor[],
  now: { value: Tensor; factor: number }[],
  share: number,
): Tensor[] {
  const values = now.map(({ value }) => value);
  const factors = now.map(({ factor }) => factor);
  const inputs = { ...numbered('kept', kept), ...numbered('now', values) };
  return (
    averages(inputs, { share, factors }) ??
    kept.map((before, i) =>
      tf.add(tf.mul(before, 1 - share), tf.mul(values[i]!, share * factors[i]!)),
    )
  );
}

const distance = registerKernel<'mean' | 'variance' | 'runningMean' | 'runningVar', object>({
  name: 'Discrepancy',
  // Rows of `assembly/runningMoments.ts` and of `webgpu/shaders/runningMoments.ts`.
  shapes: () => [[written<typeof DISCREPANCY>('mean_tid', 'var_tid')]],
  wasm({ kernels, inputs, outputs: [values], shapes }) {
    const { mean = 0, variance, runningMean = 0, runningVar } = inputs;
    kernels.discrepancy(values!, mean, variance, runningMean, runningVar, shapes.variance[0]!);
  },
  webgpu({ run, backend, inputs, outputs: [values], shapes }) {
    run(discrepancyProgram(backend, shapes.variance[0]!, inputs, values!));
  },
});

/**
 * mean |μ_B − μ|/σ_B and mean |σ/σ_B − 1| over features, of the moments of a batch and running ones (Wang et
 * al. 2022, eq. 4 and 5); NaN where no mean is removed. Moments: [D] → [2]
 */
export function discrepancy(batch: Moments, running: Moments): Tensor {
  const { mean, variance } = batch;
  const given = { mean, variance, runningMean: running.mean, runningVar: running.variance };
  const made = distance(given, {});
  if (made) return made[0]!;
  const std = tf.sqrt(variance);
  const shift = mean ? tf.mean(tf.div(tf.abs(tf.sub(mean, running.mean!)), std)) : tf.scalar(NaN);
  const scale = tf.mean(tf.abs(tf.sub(tf.div(tf.sqrt(running.variance), std), 1)));
  return tf.stack([shift, scale]);
}
