import { readsText, type Config } from '../config/fields';
import type { Measurement } from '../protocol/frame';
import { sameConfig } from './link';
import type { Lane, Scope, SeedSample, Seeds, Text } from './state';

export const NO_SEEDS: Seeds = { samples: {}, done: null, error: null };

const NOTHING: Measurement[] = [];

/** The measurements that a sample has of a configuration; none where it is of another one, or of another text. */
export const measuredOf = (sample: SeedSample | undefined, config: Config, text: Text) =>
  sample && sameConfig(sample.config, config) && (sample.text === text || !readsText(config))
    ? sample.measured
    : NOTHING;

/** Measurements of the configuration that a lane shows, at step 0 under each seed. */
export const seedsOf = ({ seeds, text }: Pick<Scope, 'seeds' | 'text'>, lane: Lane) =>
  measuredOf(seeds.samples[lane.id], (lane.shown ?? lane).config, text);
