import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { Batch } from '../lib/batch';
import { mapValues } from '../lib/objects';
import type { Tokens } from '../model/tokens';
import type { UpdateTime } from '../optim/optimizers';
import { learningRate } from '../optim/schedule';
import type { Plan } from './plan';

/**
 * All that changes from step to step, as arrays. The rest of a pass is the state, which lies on the device,
 * and what the configuration fixes: so a pass can be recorded once and run again with other arrays.
 */
export interface StepValues {
  step: number;
  batch: Batch | null;
  arrays: {
    /** Ids, [N] each; a target of −1 is not counted. Where there are no tokens, they are absent. */
    inputs?: Int32Array;
    targets?: Int32Array;
    /** [1] each; see `UpdateTime` and `Context.draw`. */
    rate: Float32Array;
    correction1: Float32Array;
    correction2: Float32Array;
    draw: Float32Array;
  };
}

export type StepTensors = { [name in keyof StepValues['arrays']]: Tensor1D };

export interface StepInputs extends UpdateTime {
  /** n. It says which interventions act; what is computed with goes by the tensors. */
  step: number;
  tokens: Tokens | null;
  /** n mod 2²⁴, [1]. */
  draw: Tensor1D;
}

/** @param updates how many the optimizer's moments are of: fewer than the steps where they began later */
export function stepValues(
  { config, task }: Plan,
  step: number,
  batch: Batch | null = task?.batch(step) ?? null,
  updates = step,
): StepValues {
  return {
    step,
    batch,
    arrays: {
      ...(batch && { inputs: batch.inputs, targets: batch.targets }),
      rate: Float32Array.of(learningRate(step, config)),
      correction1: Float32Array.of(1 - config.beta1 ** (updates + 1)),
      correction2: Float32Array.of(1 - config.beta2 ** (updates + 1)),
      draw: Float32Array.of(step % 2 ** 24),
    },
  };
}

export const uploaded = ({ arrays }: StepValues): StepTensors =>
  mapValues(arrays as Required<StepValues['arrays']>, (array) =>
    tf.tensor1d(array, array instanceof Int32Array ? 'int32' : 'float32'),
  );

export function stepInputs(step: number, given: StepTensors): StepInputs {
  const { inputs, targets, draw } = given;
  const scalar = (x: Tensor1D): Scalar => tf.reshape(x, []);
  return {
    step,
    draw,
    tokens: inputs && targets ? { inputs, targetIds: targets } : null,
    rate: scalar(given.rate),
    correction1: scalar(given.correction1),
    correction2: scalar(given.correction2),
  };
}

export const inputsAt = (values: StepValues): StepInputs =>
  stepInputs(values.step, uploaded(values));
