import { bisector, max, min } from 'd3-array';
import { evaluatesApart } from '../config/applies';
import { createLedger } from '../lib/ledger';
import { append, emptySeries, lastOf, withoutLast } from '../lib/timeSeries';
import { evaluatedBeside, type Evaluation } from '../protocol/evaluation';
import { unpack, type Frame, type PackedFrame, type Measurement } from '../protocol/frame';
import { divergenceOf, isHealthy } from './divergence';
import { eventsOf } from './events';
import type { Change, Run, Segment } from './run';
import { stallOf } from './stall';
import type { Lane } from './state';

type Logged = Pick<Lane, 'shown' | 'evaluation'>;

/** Everything recorded of one model since it was started. */
const emptyTrack = () => ({
  segments: [] as Segment[],
  changes: [] as readonly Change[],
  loss: emptySeries(),
  divergence: null as Lane['divergence'],
  stall: null as Lane['stall'],
  /** The `stall` before its newest step. */
  stallBefore: null as Lane['stall'],
  healthy: null as Frame | null,
  events: [] as Lane['events'],
  /** The frame that was looked up last: a lane shows the same objects for as long as it is the same. */
  found: null as { packed: PackedFrame; logged: Logged } | null,
});
type Track = ReturnType<typeof emptyTrack>;

const lastStepOf = ({ loss }: Track) => lastOf(loss)?.step ?? -1;

const bytesOf = ({ packed, batch }: PackedFrame) =>
  packed.byteLength + (batch ? batch.inputs.byteLength + batch.targets.byteLength : 0);
const bytesOfEvaluation = ({ frame, position }: Evaluation) =>
  bytesOf(frame) + Object.values(position).reduce((sum, { byteLength }) => sum + byteLength, 0);
/** Shares its frames; what is added to one is not in the other. */
const copyOf = (segment: Segment): Segment => ({
  ...segment,
  frames: [...segment.frames],
  evaluations: new Map(segment.evaluations),
});

/** The parts of a run that take memory. */
const heldBy = (segments: readonly Segment[]) =>
  segments.flatMap(({ frames, evaluations }) => [...frames, ...evaluations.values()]);

const thinned = ({ frames, evaluations, ...segment }: Segment): Segment => {
  const kept = frames.filter((_, i) => i % 2 === 0 || i === frames.length - 1);
  const steps = new Set(kept.map(({ step }) => step));
  return {
    ...segment,
    frames: kept,
    evaluations: new Map([...evaluations].filter(([step]) => steps.has(step))),
  };
};

const measurementIn = ({ config, layout }: Segment, packed: PackedFrame): Measurement => ({
  config,
  layout,
  frame: unpack(layout, packed),
});

function unpackLogged(segment: Segment, index: number): Logged {
  const packed = segment.frames[index]!;
  const shown = measurementIn(segment, packed);
  // As in training the last one stays, which may be of an earlier step.
  const last = max(segment.evaluations.keys(), (at) => (at <= packed.step ? at : undefined));
  const evaluation = segment.evaluations.get(last ?? -1);
  if (!evaluation) return { shown, evaluation: null };
  const beside =
    last === packed.step
      ? shown
      : measurementIn(segment, segment.frames[byStep.left(segment.frames, last!)]!);
  return { shown, evaluation: evaluatedBeside(beside, evaluation) };
}

const byStep = bisector<PackedFrame, number>(({ step }) => step);
/** Steps grow from segment to segment, of which the last may have no frame yet. */
const byFirstStep = bisector<Segment, number>(({ frames }) => frames[0]?.step ?? Infinity);

interface Place {
  /** Among the segments, and among the frames of that one. */
  segment: number;
  frame: number;
}

/** Where the newest frame at or before a step is; null without one. */
function placeOf({ segments }: Track, step: number): Place | null {
  const segment = byFirstStep.right(segments, step) - 1;
  return segment < 0 ? null : { segment, frame: byStep.right(segments[segment]!.frames, step) - 1 };
}

/** The newest recorded step at or before another, and the first one after it; undefined where there is none. */
function stepsAround(track: Track, step: number): { before?: number; after?: number } {
  const { segments } = track;
  const place = placeOf(track, step);
  const first = place ? segments[place.segment]!.frames[place.frame]!.step : undefined;
  const next = place
    ? (segments[place.segment]!.frames[place.frame + 1] ?? segments[place.segment + 1]?.frames[0])
    : segments[0]?.frames[0];
  return {
    ...(first !== undefined && { before: first }),
    ...(next && { after: next.step }),
  };
}

/** Without the batch where it is the frame's own. */
const lean = (evaluation: Evaluation): Evaluation =>
  evaluation.sameBatch
    ? { ...evaluation, frame: { ...evaluation.frame, batch: null } }
    : evaluation;

/**
 * The frames of every lane since its model was started, without loss as long as they fit: past the
 * limit every second of the older ones goes.
 *
 * @param options.limit bytes that all frames together may take
 * @param options.makeRoom gives up a run that was set aside, where there is one
 * @param options.onThinned told each time that frames had to be dropped
 */
export function createFrameLog<Id extends string>(options: {
  limit: number;
  makeRoom?(): boolean;
  onThinned(): void;
}) {
  const tracks = new Map<Id, Track>();
  const ledger = createLedger((item: PackedFrame | Evaluation) =>
    'packed' in item ? bytesOf(item) : bytesOfEvaluation(item),
  );
  const hold = ({ segments }: Pick<Run, 'segments'>) => heldBy(segments).forEach(ledger.hold);
  const release = ({ segments }: Pick<Run, 'segments'>) => heldBy(segments).forEach(ledger.release);

  const trackOf = (id: Id): Track => {
    const track = tracks.get(id) ?? emptyTrack();
    tracks.set(id, track);
    return track;
  };

  const drop = (id: Id) => {
    const track = tracks.get(id);
    if (track) release(track);
    tracks.delete(id);
  };

  /** Makes room where there is too much. */
  const makeRoom = () => {
    const isFull = () => ledger.bytes() > options.limit;
    while (isFull() && options.makeRoom?.());
    if (!isFull()) return;
    for (const track of tracks.values()) {
      const before = { segments: track.segments };
      track.segments = track.segments.map(thinned);
      hold(track);
      release(before);
    }
    options.onThinned();
  };

  const dropEvaluation = ({ evaluations }: Segment, step: number) => {
    const evaluation = evaluations.get(step);
    if (evaluation) ledger.release(evaluation);
    evaluations.delete(step);
  };

  /** A step is measured again when a setting changed at it or it follows a probe: the last one counts. */
  const takeBack = (track: Track, step: number) => {
    const segment = track.segments.findLast(({ frames }) => frames.length > 0);
    if (segment?.frames.at(-1)?.step === step) {
      ledger.release(segment.frames.pop()!);
      // The same model's evaluation still holds.
      if (segment !== track.segments.at(-1)) dropEvaluation(segment, step);
    }
    if (lastOf(track.loss)?.step === step) track.loss = withoutLast(track.loss);
    if (track.divergence?.step === step) track.divergence = null;
    if (track.stall?.step === step) track.stall = track.stallBefore;
    const { segments } = track;
    if (segments.slice(0, -1).some(({ frames }) => frames.length === 0)) {
      track.segments = segments.filter((s) => s.frames.length > 0 || s === segments.at(-1));
    }
  };

  /** Takes note of a frame that was put at the end of the last segment. */
  const note = (track: Track, segment: Segment, packed: PackedFrame): Measurement => {
    const measurement = measurementIn(segment, packed);
    const { frame } = measurement;
    track.loss = append(track.loss, { step: frame.step, value: frame.loss });
    track.divergence ??= divergenceOf(segment.layout, frame, track.healthy);
    if (isHealthy(measurement)) track.healthy = frame;
    const stall = stallOf(measurement);
    if (stall) {
      track.stallBefore = track.stall;
      track.stall = { ...stall, step: frame.step, times: (track.stall?.times ?? 0) + 1 };
    }
    return measurement;
  };

  return {
    /**
     * A model was started or changed; with `anew` what was recorded before goes. `changes` is all that it was given
     * since it was started.
     */
    begin(
      id: Id,
      model: Omit<Segment, 'frames' | 'evaluations'>,
      anew: boolean,
      changes: readonly Change[] = [],
    ) {
      if (anew) drop(id);
      const track = trackOf(id);
      track.healthy = null;
      track.changes = changes;
      track.segments.push({ ...model, frames: [], evaluations: new Map() });
    },
    /** A frame of the model that began last. */
    add(id: Id, packed: PackedFrame): Measurement {
      const track = trackOf(id);
      const segment = track.segments.at(-1);
      if (!segment) throw new Error(`Lane ${id} has a frame but no model.`);
      takeBack(track, packed.step);
      segment.frames.push(packed);
      ledger.hold(packed);
      if (segment.frames.length === 1) track.events = eventsOf(track.segments);
      const measurement = note(track, segment, packed);
      makeRoom();
      return measurement;
    },
    /** The run of a lane as it is by now, whatever comes later. */
    run(id: Id): Run {
      const { segments, changes } = trackOf(id);
      return { segments: segments.filter(({ frames }) => frames.length > 0).map(copyOf), changes };
    },
    /** Puts a run in the place of what a lane has recorded. */
    put(id: Id, { segments, changes }: Run): void {
      const track = { ...emptyTrack(), segments: segments.map(copyOf), changes };
      for (const segment of track.segments) {
        track.healthy = null;
        for (const packed of segment.frames) note(track, segment, packed);
      }
      track.events = eventsOf(track.segments);
      hold(track);
      drop(id);
      tracks.set(id, track);
      makeRoom();
    },
    /** A run that no lane has any more takes room for as long as it is held. */
    hold(run: Run): void {
      hold(run);
      makeRoom();
    },
    release,
    /**
     * The measurement at a step, with the last evaluation by then; the one before it where frames between two that
     * are left were dropped, and null before the first step and after the last.
     */
    at(id: Id, step: number): Logged | null {
      const track = trackOf(id);
      const place = step > lastStepOf(track) ? null : placeOf(track, step);
      if (!place) return null;
      const segment = track.segments[place.segment]!;
      const packed = segment.frames[place.frame]!;
      if (track.found?.packed !== packed) {
        track.found = { packed, logged: unpackLogged(segment, place.frame) };
      }
      return track.found.logged;
    },
    /** The step recorded by any lane so many before or after another, which is the newest at or before it; null without any. */
    recorded(step: number, by = 0): number | null {
      const all = [...tracks.values()].filter(({ loss }) => loss.length > 0);
      const next = (from: number) => min(all, (track) => stepsAround(track, from).after);
      const newest = (until: number) => max(all, (track) => stepsAround(track, until).before);
      let at = newest(by === Infinity ? by : step) ?? next(-Infinity);
      if (by === -Infinity) at = next(-Infinity);
      for (let left = Math.abs(by); left > 0 && left < Infinity && at !== undefined; left--)
        at = (by > 0 ? next(at) : newest(at - 1)) ?? at;
      return at ?? null;
    },
    /** An evaluation of the model that began last, which is kept where it differs from training. */
    evaluate(id: Id, evaluation: Evaluation): void {
      const track = trackOf(id);
      const segment = track.segments.at(-1);
      if (!segment || !evaluatesApart(segment.config)) return;
      if (track.found?.packed.step === evaluation.frame.step) track.found = null;
      const kept = lean(evaluation);
      dropEvaluation(segment, kept.frame.step);
      segment.evaluations.set(kept.frame.step, kept);
      ledger.hold(kept);
      makeRoom();
    },
    drop,
    /** The last step that was recorded; −1 before the first. */
    last: (id: Id): number => lastStepOf(trackOf(id)),
    segments: (id: Id): readonly Segment[] => trackOf(id).segments,
    /** The whole run at a glance, for the page. */
    summary(id: Id): Pick<Lane, 'loss' | 'divergence' | 'stall' | 'changes' | 'events'> {
      const { loss, divergence, stall, changes, events } = trackOf(id);
      return { loss, divergence, stall, changes, events };
    },
  };
}

export type FrameLog<Id extends string> = ReturnType<typeof createFrameLog<Id>>;
