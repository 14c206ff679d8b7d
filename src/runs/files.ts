import { complete } from '../config/check';
import type { Config } from '../config/fields';
import { laneNames } from '../config/naming';
import { decodeSafetensors } from '../lib/safetensors';
import type { Evaluation } from '../protocol/evaluation';
import { unpack, type Frame } from '../protocol/frame';
import { aligner } from './align';
import { recordChunks } from './record';
import type { Segment } from './log';
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
export function fileName(lanes: Lane[], id: LaneId, extension: string): string {
  const index = lanes.findIndex((lane) => lane.id === id);
  const step = lanes[index] ? engineStep(lanes[index]) : 0;
  const name = slug(laneNames(lanes.map(({ config }) => config))[index] ?? '') || `lane-${id}`;
  return `normscope-${name}-step${step}.${extension}`;
}

/** Says of a weights file that is too large to be read that it is. */
export const weightsSizeProblem = ({ name, size }: File): string | null =>
  size > MAX_WEIGHTS_BYTES
    ? `${name} has ${megabytes(size)}; a weights file may have at most ${MAX_WEIGHTS_BYTES / 1e6} MB.`
    : null;

/** The configuration that a weights file was saved with, when it names one that can run as it is. */
export function configOf(bytes: Uint8Array): Config | null {
  try {
    const text = decodeSafetensors(bytes).metadata['normscope_config'];
    const settings: unknown = text === undefined ? null : JSON.parse(text);
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return null;
    const { config, problems } = complete(settings as Record<string, unknown>);
    return problems.length ? null : config;
  } catch {
    return null;
  }
}

/** The JSON file of everything that a lane recorded, told in the layout that it has now. */
export function recordBytes(segments: readonly Segment[], app: string): Uint8Array {
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
  const encoder = new TextEncoder();
  const chunks = recordChunks({ config, device, app, layout, frames, evaluations });
  const pieces = Array.from(chunks, (text) => encoder.encode(text));
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
