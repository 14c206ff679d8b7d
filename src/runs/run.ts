import type { Config } from '../config/fields';
import type { DeviceReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { Measurement, PackedFrame } from '../protocol/frame';

/** Frames measured with one configuration: a setting changed under training begins another segment. */
export interface Segment extends Omit<Measurement, 'frame'> {
  device: DeviceReport;
  frames: PackedFrame[];
  /** Of frames that have one, by step. */
  evaluations: Map<number, Evaluation>;
}

/** A configuration that a model was given, and the step at which it stood then. */
export interface Change {
  step: number;
  config: Config;
  /** The model began with the weights of a file, in place of those that its seed draws. */
  weights?: true;
}

/** The record of one model, and all settings that it was given since it was started, several at one step too. */
export interface Run {
  segments: readonly Segment[];
  changes: readonly Change[];
}

/** The state of a model at a step of its run, whole. */
export interface Checkpoint {
  step: number;
  /** As many of the run's changes the model had been given by then. */
  changes: number;
  bytes: Uint8Array;
}

/** A run as far as a step, which is in it. */
export const upTo = ({ segments, changes }: Run, step: number): Run => ({
  segments: segments
    .map((segment) => ({
      ...segment,
      frames: segment.frames.filter((frame) => frame.step <= step),
      evaluations: new Map([...segment.evaluations].filter(([at]) => at <= step)),
    }))
    .filter(({ frames }) => frames.length > 0),
  changes: changes.filter((change) => change.step <= step),
});

/** The last step that was measured; −1 before the first. */
export const lastStep = ({ segments }: Run): number =>
  segments.findLast(({ frames }) => frames.length > 0)?.frames.at(-1)!.step ?? -1;

/** The frame of exactly this step, or null. */
export const frameOf = ({ segments }: Run, step: number): PackedFrame | null =>
  segments.flatMap(({ frames }) => frames.find((frame) => frame.step === step) ?? [])[0] ?? null;

/** The configuration with which a step was measured. */
export const configAt = ({ changes }: Run, step: number): Config | undefined =>
  changes.findLast((change) => change.step <= step)?.config;

/** The newest checkpoint from which a step can be come to. */
export const checkpointBefore = (
  checkpoints: readonly Checkpoint[],
  step: number,
): Checkpoint | undefined => checkpoints.findLast((checkpoint) => checkpoint.step <= step);

/** Two measurements are the same to the bit; NaN equals NaN. */
export const sameNumbers = (a: PackedFrame, b: PackedFrame): boolean =>
  a.packed.length === b.packed.length && a.packed.every((x, i) => Object.is(x, b.packed[i]));
