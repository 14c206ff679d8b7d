import type { Config } from '../config/fields';
import type { DeviceReport } from '../protocol/engine';
import { unpack, type Frame, type Layout, type PackedFrame } from '../protocol/frame';
import { divergenceOf, isHealthy, type Divergence } from './divergence';

/** Frames measured with one configuration: a setting changed under training begins another part. */
export interface Part {
  config: Config;
  device: DeviceReport;
  layout: Layout;
  frames: PackedFrame[];
}

type Losses = { step: number; loss: number }[];

/** Everything recorded of one model since it was started. */
interface Track {
  parts: Part[];
  losses: Losses;
  /** A copy of `losses` for the page, which may not see a list change in place. */
  shown: Losses;
  divergence: Divergence | null;
  healthy: Frame | null;
}

const emptyTrack = (): Track => ({
  parts: [],
  losses: [],
  shown: [],
  divergence: null,
  healthy: null,
});

const bytesOf = ({ packed, batch }: PackedFrame) =>
  packed.byteLength + (batch ? batch.inputs.byteLength + batch.targets.byteLength : 0);
const bytesOfTrack = ({ parts }: Track) =>
  parts.reduce((sum, { frames }) => sum + frames.reduce((s, f) => s + bytesOf(f), 0), 0);

/** Every second frame, and the newest. */
const thinned = (frames: PackedFrame[]) =>
  frames.filter((_, i) => i % 2 === 0 || i === frames.length - 1);

export interface RecorderOptions {
  /** Bytes that all frames together may take. */
  limit: number;
  /** Told each time that frames had to be dropped. */
  onThinned(): void;
}

/**
 * The frames of every lane since its model was started, without loss as long as they fit: past the
 * limit every second of the older ones goes.
 */
export function createRecorder<Id extends string>({ limit, onThinned }: RecorderOptions) {
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
    for (const { parts } of tracks.values()) {
      for (const part of parts) part.frames = thinned(part.frames);
    }
    bytes = [...tracks.values()].reduce((sum, track) => sum + bytesOfTrack(track), 0);
    onThinned();
  };

  /** A step is measured again when a setting changed at it or it follows a probe: the last one counts. */
  const takeBack = (track: Track, step: number) => {
    const part = track.parts.findLast(({ frames }) => frames.length > 0);
    if (part?.frames.at(-1)?.step === step) bytes -= bytesOf(part.frames.pop()!);
    if (track.losses.at(-1)?.step === step) track.losses.pop();
    if (track.divergence?.step === step) track.divergence = null;
    track.parts = track.parts.filter((p) => p.frames.length > 0 || p === track.parts.at(-1));
  };

  return {
    /** A model was started or changed; with `anew` what was recorded before goes. */
    begin(id: Id, model: Omit<Part, 'frames'>, anew: boolean) {
      if (anew) drop(id);
      const track = trackOf(id);
      track.healthy = null;
      track.parts.push({ ...model, frames: [] });
    },
    /** A frame of the model that began last. */
    add(id: Id, packed: PackedFrame): Frame {
      const track = trackOf(id);
      const part = track.parts.at(-1);
      if (!part) throw new Error(`Lane ${id} has a frame but no model.`);
      takeBack(track, packed.step);
      const frame = unpack(part.layout, packed);
      part.frames.push(packed);
      track.losses.push({ step: frame.step, loss: frame.loss });
      track.divergence ??= divergenceOf(part.layout, frame, track.healthy);
      if (isHealthy(frame)) track.healthy = frame;
      bytes += bytesOf(packed);
      if (bytes > limit) thin();
      return frame;
    },
    drop,
    parts: (id: Id): readonly Part[] => trackOf(id).parts,
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

export type Recorder<Id extends string> = ReturnType<typeof createRecorder<Id>>;
