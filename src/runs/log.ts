import { evaluatesApart } from '../config/applies';
import type { Config } from '../config/fields';
import type { DeviceReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import { unpack, type Frame, type Layout, type PackedFrame } from '../protocol/frame';
import { divergenceOf, isHealthy, type Divergence } from './divergence';

/** Frames measured with one configuration: a setting changed under training begins another segment. */
export interface Segment {
  config: Config;
  device: DeviceReport;
  layout: Layout;
  frames: PackedFrame[];
  /** Of frames that have one, by step. */
  evaluations: Map<number, Evaluation>;
}

type Losses = { step: number; loss: number }[];

/** Everything recorded of one model since it was started. */
interface Track {
  segments: Segment[];
  losses: Losses;
  /** A copy of `losses` for the page, which may not see a list change in place. */
  shown: Losses;
  divergence: Divergence | null;
  healthy: Frame | null;
}

const emptyTrack = (): Track => ({
  segments: [],
  losses: [],
  shown: [],
  divergence: null,
  healthy: null,
});

const bytesOf = ({ packed, batch }: PackedFrame) =>
  packed.byteLength + (batch ? batch.inputs.byteLength + batch.targets.byteLength : 0);
const bytesOfEvaluation = ({ frame, position }: Evaluation) =>
  bytesOf(frame) + Object.values(position).reduce((sum, { byteLength }) => sum + byteLength, 0);
const total = <T>(items: Iterable<T>, bytes: (item: T) => number) =>
  [...items].reduce((sum, item) => sum + bytes(item), 0);
const bytesOfTrack = ({ segments }: Track) =>
  total(
    segments,
    ({ frames, evaluations }) =>
      total(frames, bytesOf) + total(evaluations.values(), bytesOfEvaluation),
  );

/** Every second frame, and the newest. */
const thinned = ({ frames, evaluations, ...segment }: Segment): Segment => {
  const kept = frames.filter((_, i) => i % 2 === 0 || i === frames.length - 1);
  const steps = new Set(kept.map(({ step }) => step));
  return {
    ...segment,
    frames: kept,
    evaluations: new Map([...evaluations].filter(([step]) => steps.has(step))),
  };
};

/** Without the batch where it is the frame's own. */
const lean = (evaluation: Evaluation): Evaluation =>
  evaluation.sameBatch
    ? { ...evaluation, frame: { ...evaluation.frame, batch: null } }
    : evaluation;

export interface FrameLogOptions {
  /** Bytes that all frames together may take. */
  limit: number;
  /** Told each time that frames had to be dropped. */
  onThinned(): void;
}

/**
 * The frames of every lane since its model was started, without loss as long as they fit: past the
 * limit every second of the older ones goes.
 */
export function createFrameLog<Id extends string>({ limit, onThinned }: FrameLogOptions) {
  const tracks = new Map<Id, Track>();
  let bytes = 0;

  const trackOf = (id: Id): Track => {
    const track = tracks.get(id) ?? emptyTrack();
    tracks.set(id, track);
    return track;
  };

  const drop = (id: Id) => {
    const track = tracks.get(id);
    if (track) bytes -= bytesOfTrack(track);
    tracks.delete(id);
  };

  const thin = () => {
    for (const track of tracks.values()) track.segments = track.segments.map(thinned);
    bytes = total(tracks.values(), bytesOfTrack);
    onThinned();
  };

  const dropEvaluation = ({ evaluations }: Segment, step: number) => {
    const evaluation = evaluations.get(step);
    if (evaluation) bytes -= bytesOfEvaluation(evaluation);
    evaluations.delete(step);
  };

  /** A step is measured again when a setting changed at it or it follows a probe: the last one counts. */
  const takeBack = (track: Track, step: number) => {
    const segment = track.segments.findLast(({ frames }) => frames.length > 0);
    if (segment?.frames.at(-1)?.step === step) {
      bytes -= bytesOf(segment.frames.pop()!);
      // The same model's evaluation still holds.
      if (segment !== track.segments.at(-1)) dropEvaluation(segment, step);
    }
    if (track.losses.at(-1)?.step === step) track.losses.pop();
    if (track.divergence?.step === step) track.divergence = null;
    track.segments = track.segments.filter(
      (s) => s.frames.length > 0 || s === track.segments.at(-1),
    );
  };

  return {
    /** A model was started or changed; with `anew` what was recorded before goes. */
    begin(id: Id, model: Omit<Segment, 'frames' | 'evaluations'>, anew: boolean) {
      if (anew) drop(id);
      const track = trackOf(id);
      track.healthy = null;
      track.segments.push({ ...model, frames: [], evaluations: new Map() });
    },
    /** A frame of the model that began last. */
    add(id: Id, packed: PackedFrame): Frame {
      const track = trackOf(id);
      const segment = track.segments.at(-1);
      if (!segment) throw new Error(`Lane ${id} has a frame but no model.`);
      takeBack(track, packed.step);
      const frame = unpack(segment.layout, packed);
      segment.frames.push(packed);
      track.losses.push({ step: frame.step, loss: frame.loss });
      track.divergence ??= divergenceOf(segment.layout, frame, track.healthy);
      if (isHealthy(frame)) track.healthy = frame;
      bytes += bytesOf(packed);
      if (bytes > limit) thin();
      return frame;
    },
    /** An evaluation of the model that began last, which is kept where it differs from training. */
    evaluate(id: Id, evaluation: Evaluation): void {
      const segment = trackOf(id).segments.at(-1);
      if (!segment || !evaluatesApart(segment.config)) return;
      const kept = lean(evaluation);
      dropEvaluation(segment, kept.frame.step);
      segment.evaluations.set(kept.frame.step, kept);
      bytes += bytesOfEvaluation(kept);
      if (bytes > limit) thin();
    },
    drop,
    segments: (id: Id): readonly Segment[] => trackOf(id).segments,
    /** What the page shows of it. The list of losses is another one whenever it changed. */
    summary(id: Id): { loss: Losses; divergence: Divergence | null } {
      const track = trackOf(id);
      const { losses, shown } = track;
      if (shown.length !== losses.length || shown.at(-1) !== losses.at(-1)) {
        track.shown = losses.slice();
      }
      return { loss: track.shown, divergence: track.divergence };
    },
  };
}

export type FrameLog<Id extends string> = ReturnType<typeof createFrameLog<Id>>;
