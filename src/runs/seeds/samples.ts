import { readsText, type Config } from '../../config/fields';
import type { Measurement } from '../../protocol/frame';
import { sameConfig } from '../link';
import type { Lane, Scope, SeedRuns, SeedSample, Seeds, Text } from '../state';

export const NO_SEED_RUNS: SeedRuns = {
  lanes: {},
  progress: null,
  alone: [],
  error: null,
};

export const NO_SEEDS: Seeds = { samples: {}, done: null, error: null };

/** Seeds are whole numbers below this one; the one that follows the last is 0. */
const SEEDS = 2 ** 31;

/** A configuration under the seed that follows its own by so many. */
export const seeded = (config: Config, after: number): Config => ({
  ...config,
  seed: (config.seed + after) % SEEDS,
});

const NOTHING: readonly Measurement[] = [];

/** The measurements that a sample has of a configuration; none where it is of another one, or of another text. */
export const measuredOf = (sample: SeedSample | undefined, config: Config, text: Text) =>
  sample && sameConfig(sample.config, config) && (sample.text === text || !readsText(config))
    ? sample.measured
    : NOTHING;

/** Measurements of a lane at the moment on show under each seed that it trains under, as far as they are there. */
export const seedsInTraining = ({ seedRuns }: Pick<Scope, 'seedRuns'>, { id }: Lane) =>
  seedRuns.lanes[id]?.measured ?? NOTHING;

/** Measurements of the configuration that a lane shows, at step 0 under each seed. */
export const seedsOf = ({ seeds, text }: Pick<Scope, 'seeds' | 'text'>, lane: Lane) =>
  measuredOf(seeds.samples[lane.id], (lane.shown ?? lane).config, text);
