import type { Batch } from '../../lib/batch';
import type { PackedFrame } from '../../protocol/frame';
import type { Segment } from '../run';
import type { Chunk } from './format';

/** Bytes after which frames go into another chunk: what a trimmed or thinned one costs to write again. */
const LARGEST = 1e6;

export const bytesOfFrame = ({ packed, batch }: PackedFrame) =>
  packed.byteLength + (batch ? batch.inputs.byteLength + batch.targets.byteLength : 0);

/** Of its frames; evaluations are few. */
export const bytesOf = ({ packed, batches }: Chunk): number =>
  packed.byteLength + (batches ? batches.inputs.byteLength + batches.targets.byteLength : 0);

export const firstOf = ({ steps }: Chunk): number => steps[0]!;
export const lastOf = ({ steps }: Chunk): number => steps.at(-1)!;

type Numbers = Float32Array | Int32Array;

function joined<T extends Numbers>(parts: readonly T[], empty: new (length: number) => T): T {
  const all = new empty(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part as never, at);
    at += part.length;
  }
  return all;
}

/** The part of so many equal ones, as numbers of its own. */
const partOf = <T extends Numbers>(all: T, i: number, of: number): T =>
  all.slice((i * all.length) / of, ((i + 1) * all.length) / of) as T;

function joinedBatches(frames: readonly PackedFrame[]): Batch | null {
  const batches = frames.flatMap(({ batch }) => batch ?? []);
  const [first] = batches;
  if (!first || batches.length < frames.length) return null;
  return {
    ...first,
    inputs: joined(
      batches.map(({ inputs }) => inputs),
      Int32Array,
    ),
    targets: joined(
      batches.map(({ targets }) => targets),
      Int32Array,
    ),
  };
}

/** Frames of a segment from one on to before another, copied. */
function chunkOf(segment: Segment, from: number, to: number): Chunk {
  const { config, layout, device } = segment;
  const frames = segment.frames.slice(from, to);
  const steps = frames.map(({ step }) => step);
  return {
    ...(from === 0 ? { begins: { config, layout, device } } : {}),
    steps,
    packed: joined(
      frames.map(({ packed }) => packed),
      Float32Array,
    ),
    batches: joinedBatches(frames),
    evaluations: steps.flatMap((step) => {
      const evaluation = segment.evaluations.get(step);
      return evaluation ? [[step, evaluation] satisfies [number, unknown]] : [];
    }),
  };
}

/** Frames of a segment from one on, in chunks, as many as so many bytes take, and at least one. */
export function chunksFrom(segment: Segment, from: number, most: number): Chunk[] {
  const chunks: Chunk[] = [];
  let start = from;
  let [all, own] = [0, 0];
  const { frames } = segment;
  for (let i = from; i < frames.length; i++) {
    const bytes = bytesOfFrame(frames[i]!);
    if (i > from && all + bytes > most) {
      chunks.push(chunkOf(segment, start, i));
      return chunks;
    }
    if (i > start && own + bytes > LARGEST) {
      chunks.push(chunkOf(segment, start, i));
      [start, own] = [i, 0];
    }
    all += bytes;
    own += bytes;
  }
  if (start < frames.length) chunks.push(chunkOf(segment, start, frames.length));
  return chunks;
}

/** The frames of a chunk that a test of their index holds for; null where there is none. */
function picked(chunk: Chunk, keeps: (i: number) => boolean): Chunk | null {
  const { steps, packed, batches, evaluations } = chunk;
  const indices = [...steps.keys()].filter(keeps);
  if (!indices.length) return null;
  const kept = new Set(indices.map((i) => steps[i]!));
  const parts = <T extends Numbers>(all: T) => indices.map((i) => partOf(all, i, steps.length));
  return {
    ...chunk,
    steps: [...kept],
    packed: joined(parts(packed), Float32Array),
    batches: batches && {
      ...batches,
      inputs: joined(parts(batches.inputs), Int32Array),
      targets: joined(parts(batches.targets), Int32Array),
    },
    evaluations: evaluations.filter(([step]) => kept.has(step)),
  };
}

/** A chunk as far as a step, which is in it; null where it begins later. */
export const upTo = (chunk: Chunk, step: number): Chunk | null =>
  picked(chunk, (i) => chunk.steps[i]! <= step);

/**
 * Every second of frames that go on through chunks, and those that begin a segment.
 *
 * @param before frames in the chunks before
 */
export const thinned = (chunk: Chunk, before: number): Chunk | null =>
  picked(chunk, (i) => (before + i) % 2 === 0 || (i === 0 && chunk.begins !== undefined));

const framesOf = ({ steps, packed, batches }: Chunk): PackedFrame[] =>
  steps.map((step, i) => ({
    step,
    packed: partOf(packed, i, steps.length),
    batch: batches && {
      ...batches,
      inputs: partOf(batches.inputs, i, steps.length),
      targets: partOf(batches.targets, i, steps.length),
    },
  }));

/** The segments that chunks are of; those of which the beginning is not there are left out. */
export function segmentsOf(chunks: readonly Chunk[]): Segment[] {
  const segments: Segment[] = [];
  for (const chunk of chunks) {
    if (chunk.begins) segments.push({ ...chunk.begins, frames: [], evaluations: new Map() });
    const segment = segments.at(-1);
    segment?.frames.push(...framesOf(chunk));
    for (const [step, evaluation] of chunk.evaluations) segment?.evaluations.set(step, evaluation);
  }
  return segments;
}

/** Buffers that only chunks have, so that they travel without a copy. */
export const buffersOf = (chunks: readonly Chunk[]): Transferable[] =>
  chunks.flatMap(({ packed, batches }) =>
    [packed, ...(batches ? [batches.inputs, batches.targets] : [])].map(
      ({ buffer }) => buffer as ArrayBuffer,
    ),
  );
