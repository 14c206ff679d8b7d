import type { PackedFrame } from '../../protocol/frame';
import type { Change, Checkpoint, Segment } from '../run';
import { checkpointBefore } from '../run';
import { bytesOf, bytesOfFrame, chunksFrom } from './chunks';
import type { Chunk, LaneNews } from './format';

/** The stored part of a lane. Frames are known by the objects that the log holds: it may let go of them. */
export interface Stored {
  frames: Map<number, WeakRef<PackedFrame>>;
  /** The last step; −1 before the first. */
  last: number;
  changes: readonly Change[] | null;
  checkpoint: Checkpoint | null;
}

export const nothingStored = (): Stored => ({
  frames: new Map(),
  last: -1,
  changes: null,
  checkpoint: null,
});

interface Recorded {
  segments: readonly Segment[];
  changes: readonly Change[];
  /** The oldest first. */
  checkpoints: readonly Checkpoint[];
}

export const bytesOfNews = ({ chunks, checkpoint }: Pick<Pending, 'chunks' | 'checkpoint'>) =>
  chunks.reduce((sum, chunk) => sum + bytesOf(chunk), checkpoint?.bytes.byteLength ?? 0);

/** Where the frames begin that are not stored, and the last step before that. */
function newFrom(segments: readonly Segment[], { frames: stored }: Stored) {
  for (let at = segments.length - 1; at >= 0; at--) {
    const { frames } = segments[at]!;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i]!;
      if (stored.get(frame.step)?.deref() === frame) return { at, index: i + 1, keep: frame.step };
    }
  }
  return { at: 0, index: 0, keep: -1 };
}

/** New frames, the oldest first, as many as so many bytes take. */
function chunksOf(segments: readonly Segment[], at: number, index: number, most: number): Chunk[] {
  const chunks: Chunk[] = [];
  let room = most;
  for (const segment of segments.slice(at)) {
    if (room <= 0) break;
    const some = chunksFrom(segment, segment === segments[at] ? index : 0, room);
    chunks.push(...some);
    // A segment of which a part is left: what comes after it would leave a gap.
    if (some.length && some.at(-1)!.steps.at(-1) !== segment.frames.at(-1)!.step) break;
    room -= some.reduce((sum, { packed }) => sum + packed.byteLength, 0);
  }
  return chunks;
}

/**
 * Of the frames from one on as many as so many bytes take: of every 2, 4, 8 … one, besides those that begin and end a
 * segment or were evaluated.
 */
function sparse(
  segments: readonly Segment[],
  at: number,
  index: number,
  most: number,
): readonly Segment[] {
  const fresh = segments.slice(at).flatMap(({ frames }, s) => frames.slice(s === 0 ? index : 0));
  const bytes = fresh.reduce((sum, frame) => sum + bytesOfFrame(frame), 0);
  if (bytes <= most) return segments;
  const every = 2 ** Math.ceil(Math.log2(bytes / most));
  return segments.map((segment, s) => ({
    ...segment,
    frames: segment.frames.filter(
      ({ step }, i, { length }) =>
        s < at ||
        (s === at && i < index) ||
        i % every === 0 ||
        i === length - 1 ||
        segment.evaluations.has(step),
    ),
  }));
}

/** The part of a lane that is to be written, and the frames that are stored once it is. */
export interface Pending extends Omit<LaneNews, 'id'> {
  frames: readonly PackedFrame[];
  /** More is left than was to be written at once. */
  isPart: boolean;
}

/**
 * The part of a lane that is to be written, whatever became of its run meanwhile: the beginning that log and database share
 * stays, and what follows is new. Null where nothing is.
 *
 * @param options.most bytes of frames at once
 * @param options.keepsUp all that is new is written, as sparse as it has to be; else what is left comes next
 * @param options.renews another checkpoint may be written where there is a newer one
 */
export function newsOf(
  { segments, changes, checkpoints }: Recorded,
  stored: Stored,
  { most, renews, keepsUp }: { most: number; renews: boolean; keepsUp: boolean },
): Pending | null {
  const { at, index, keep } = newFrom(segments, stored);
  const chunks = keepsUp
    ? chunksOf(sparse(segments, at, index, most), at, index, Infinity)
    : chunksOf(segments, at, index, most);
  const last = chunks.at(-1)?.steps.at(-1) ?? keep;
  const left = segments
    .slice(at)
    .flatMap((segment, i) => segment.frames.slice(i === 0 ? index : 0));
  const frames = left.filter(({ step }) => step <= last);
  const old = stored.checkpoint;
  // The state before an update depends on no later one.
  const isOfRun = old !== null && old.step <= keep + 1 && old.changes <= changes.length;
  const standing = isOfRun ? old : null;
  const checkpoint =
    standing && !renews ? standing : (checkpointBefore(checkpoints, last) ?? standing);
  const isNews =
    chunks.length > 0 ||
    stored.last > keep ||
    changes !== stored.changes ||
    checkpoint !== stored.checkpoint;
  return isNews
    ? {
        ...{ keep, chunks, frames, isPart: frames.length < left.length },
        ...(changes === stored.changes ? {} : { changes }),
        ...(checkpoint === stored.checkpoint ? {} : { checkpoint }),
      }
    : null;
}

/** Takes note of news that are in the database by now. */
export function note(
  stored: Stored,
  { keep, frames, changes, checkpoint }: Omit<Pending, 'chunks' | 'isPart'>,
): void {
  if (stored.last > keep) {
    for (const step of stored.frames.keys()) if (step > keep) stored.frames.delete(step);
  }
  for (const frame of frames) stored.frames.set(frame.step, new WeakRef(frame));
  stored.last = frames.at(-1)?.step ?? keep;
  if (changes) stored.changes = changes;
  if (checkpoint !== undefined) stored.checkpoint = checkpoint;
}
