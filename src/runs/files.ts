import { complete, difference, toTell } from '../config/check';
import { formatValue } from '../config/codec';
import { DEFAULTS, type Config, type Key, type Value } from '../config/fields';
import { laneNames } from '../config/naming';
import { readMetadata, SafetensorsError } from '../lib/safetensors';
import { listed, shortened } from '../lib/words';
import type { Evaluation } from '../protocol/evaluation';
import { unpack, type Frame } from '../protocol/frame';
import { aligner } from './align';
import { eventsOf } from './events';
import {
  RECORD_FORMAT,
  RECORD_VERSION,
  recordHead,
  tokensOf,
  type RecordHead,
  type Run,
} from './record';
import type { Recording } from './recordings/recording';
import type { Segment } from './run';
import { engineStep, type Lane, type LaneId } from './state';
import { megabytes } from './text';

/** The largest weights file that is read, in bytes: twice the largest model. */
export const MAX_WEIGHTS_BYTES = 400e6;

const LONGEST_NAME = 60;

/** A lane's name as part of a file's name: `pre-LN` is `pre-ln`. */
export const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^[-.]+|[-.]+$/g, '');

/** `normscope-pre-ln-step128.json`: what sets the lane apart, and where it stood. */
export function fileName(lanes: readonly Lane[], id: LaneId, extension: string): string {
  const index = lanes.findIndex((lane) => lane.id === id);
  const step = lanes[index] ? engineStep(lanes[index]) : 0;
  const own = lanes[index]?.recorded?.name ?? laneNames(lanes.map(({ config }) => config))[index];
  const name = slug(own ?? '') || `lane-${id}`;
  return `normscope-${name}-step${step}.${extension}`;
}

/** Says of a weights file that is too large to be read that it is. */
export const weightsSizeProblem = ({ name, size }: File): string | null =>
  size > MAX_WEIGHTS_BYTES
    ? `${name} has ${megabytes(size)}; a weights file may have at most ${MAX_WEIGHTS_BYTES / 1e6} MB.`
    : null;

/** The settings that a weights file was saved with, and what of them cannot be read; null where it names none. */
export function settingsIn(bytes: Uint8Array): ReturnType<typeof complete> | null {
  try {
    const text = readMetadata(bytes)['normscope_config'];
    if (text === undefined) return null;
    const settings: unknown = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) {
      return complete(settings as Record<string, unknown>);
    }
    const message = 'normscope_config is no object of settings.';
    return { config: DEFAULTS, problems: [{ key: 'normscope_config', message }] };
  } catch (error) {
    // A file that is no weights file is the engine’s to refuse.
    if (error instanceof SafetensorsError) return null;
    const message = 'normscope_config is not valid JSON.';
    return { config: DEFAULTS, problems: [{ key: 'normscope_config', message }] };
  }
}

/**
 * A sentence on the settings that a weights file was saved with and a model has not, from what to what; null
 * where there is none. Any of them may make the same weights compute something else.
 */
export function otherSettings(bytes: Uint8Array, config: Config): string | null {
  const own = settingsIn(bytes);
  if (!own) return null;
  if (own.problems.length) {
    const said = toTell(own.problems)
      .map(({ message }) => message)
      .join(' ');
    return `Not all of the settings that it was saved with can be read: ${said}`;
  }
  const here = difference(own.config, config);
  const shown = (value: Value) => (value === '' ? 'empty' : shortened(formatValue(value), 40));
  const changes = (Object.keys(here) as Key[]).map(
    (key) => `${key} ${shown(own.config[key])} → ${shown(config[key])}`,
  );
  return changes.length
    ? `It was saved with other settings than it has here: ${listed(changes, 6)}.`
    : null;
}

/** Everything recorded of a run, told in the layout that it has now. */
export function runOf(segments: readonly Segment[], app: string, fork?: Lane['fork']): Run {
  const { config, device, layout } = segments.at(-1)!;
  const frames: Frame[] = [];
  const evaluations = new Map<number, Evaluation>();
  for (const segment of segments) {
    const align = aligner(segment.layout, layout);
    for (const frame of segment.frames) frames.push(unpack(layout, align(frame)));
    segment.evaluations.forEach((evaluation, step) =>
      evaluations.set(step, { ...evaluation, frame: align(evaluation.frame) }),
    );
  }
  const events = eventsOf(segments).map(({ step, changes }) => ({ step, settings: changes }));
  return {
    ...{ config, events, device, app, layout, frames, evaluations },
    ...(fork && { fork: { lane: fork.of, step: fork.step, name: fork.name } }),
  };
}

/** The head of a record of a run that was opened from a file: all that the file said of itself, and no more. */
export const headOfRecorded = (segments: readonly Segment[], { head }: Recording): RecordHead =>
  ({
    ...{ format: RECORD_FORMAT, version: RECORD_VERSION },
    ...head,
    ...tokensOf(segments[0]?.frames[0]?.batch),
    sites: segments.at(-1)!.layout.sites,
  }) as RecordHead;

/** The head of a run's record, before its frames. */
export const headOf = (
  segments: readonly Segment[],
  app: string,
  fork?: Lane['fork'],
): RecordHead =>
  recordHead(
    runOf(
      segments.map(({ frames, ...segment }) => ({
        ...segment,
        frames: frames.slice(0, 1),
        evaluations: new Map(),
      })),
      app,
      fork,
    ),
  );
