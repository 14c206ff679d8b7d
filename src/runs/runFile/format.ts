import type { Config } from '../../config/fields';
import type { DeviceReport } from '../../protocol/engine';
import type { Layout } from '../../protocol/frame';
import type { Fork } from '../fork';
import type { LaneId } from '../laneId';
import type { Change, Segment } from '../run';
import type { Recording } from '../recordings/recording';

/** Of `run.json`; another version is told and left alone. */
export const VERSION = 1;
export const FORMAT = 'normscope-run';

/** Steps that were measured with one configuration, in their order. */
export interface StoredModel {
  config: Config;
  layout: Layout;
  device: DeviceReport;
  steps: number;
}

/** A lane in `run.json`; its numbers are in `history/ID.parquet`. */
export interface StoredLane {
  id: LaneId;
  fork: Fork | null;
  models: StoredModel[];
  changes: readonly Change[];
  /** Of `checkpoint/ID.safetensors`; null where the lane has none, as it cannot be stepped. */
  checkpoint: { step: number; changes: number } | null;
  recorded?: Recording;
}

export interface RunHead {
  format: typeof FORMAT;
  version: typeof VERSION;
  app: string;
  saved: string;
  /** The part of the page's link after the #: settings and view. */
  link: string;
  /** The name of `text.txt`; null for the text that comes with the app. */
  text: string | null;
  lanes: StoredLane[];
}

export const PLACES = {
  head: 'run.json',
  text: 'text.txt',
  history: (id: LaneId) => `history/${id}.parquet`,
  weights: (id: LaneId) => `weights/${id}.safetensors`,
  checkpoint: (id: LaneId) => `checkpoint/${id}.safetensors`,
  /** Left out where there is nothing in it, as by earlier versions of the app. */
  beside: (id: LaneId) => `beside/${id}.safetensors`,
  /** Left out where there are none, as by earlier versions of the app. */
  sweep: (name: string) => `sweeps/${name}`,
};

export const isSweep = (name: string): boolean => /^sweeps\/[^/]+\.jsonl$/.test(name);

/** A run file as it was read. */
export interface OpenedRuns {
  head: RunHead;
  text: string | null;
  /** The record of each lane, model by model. */
  lanes: {
    record: Pick<Segment, 'frames' | 'evaluations'>[];
    checkpoint: Uint8Array<ArrayBuffer> | null;
  }[];
  /** Files of sweeps. */
  sweeps: string[];
}

export const segmentsOf = (
  { models }: Pick<StoredLane, 'models'>,
  record: OpenedRuns['lanes'][number]['record'],
): Segment[] => models.map(({ steps: _, ...model }, i) => ({ ...model, ...record[i]! }));
