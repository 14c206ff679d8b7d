import { complete } from '../../src/config/check';
import { hiddenFeatures, type Config } from '../../src/config/fields';
import { makePlan } from '../../src/engine/plan';
import type { Batch } from '../../src/lib/batch';
import { drawParam } from '../../src/model/params';
import type { Size } from './sizes';

/** The dimensions that every engine builds the model from. */
export interface Shape {
  layers: number;
  features: number;
  heads: number;
  tokens: number;
  sequences: number;
  symbols: number;
  hidden: number;
}

/** A tensor under the name that it has in a weights file. */
export interface Weight {
  shape: number[];
  data: Float32Array;
}

/**
 * What every engine of a comparison is given: the product's default model at one size, the weights that it
 * starts from and the batches that it reads. Plain data, which can be sent to a worker.
 */
export interface Workload {
  config: Config;
  text: string;
  shape: Shape;
  weights: Record<string, Weight>;
  /** Those of the first steps; the others are a repetition. */
  batches: Batch[];
}

const BATCHES = 16;

/** The default model at this size. AdamW without decay is Adam, which every library brings along. */
export function makeWorkload(size: Partial<Config> & Size, text: string): Workload {
  const { config, problems } = complete({ ...size, weight_decay: 0 });
  if (problems.length) throw new Error(problems.map(({ message }) => message).join(' '));
  const { task, flat } = makePlan(config, text);
  if (!task) throw new Error('The default model reads no tokens.');
  return {
    config,
    text,
    shape: {
      layers: config.n_layers,
      features: config.d_model,
      heads: config.n_heads,
      tokens: config.seq_len,
      sequences: config.batch_size,
      symbols: task.vocabulary.length,
      hidden: hiddenFeatures(config),
    },
    weights: Object.fromEntries(
      flat.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: drawParam(spec, config.seed) },
      ]),
    ),
    batches: Array.from({ length: BATCHES }, (_, step) => task.batch(step)),
  };
}

export const batchOf = ({ batches }: Workload, step: number): Batch =>
  batches[step % batches.length]!;
