import type { Batch } from '../../lib/batch';
import type { ByPosition, Evaluation, Leak } from '../../protocol/evaluation';
import { frameOffsets, type Layout, type PackedFrame } from '../../protocol/frame';
import { EVALUATION, layoutOfColumns, readColumn } from '../tables/columns';

/** A recorded number: what is not finite is a string; what is missing, or null, is not defined. */
const numberOf = (value: unknown): number =>
  value === null || value === '' ? NaN : Number(value ?? NaN);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const entriesOf = (value: unknown): [string, unknown][] =>
  isObject(value) ? Object.entries(value) : [];
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const floatsOf = (values: unknown[]): Float32Array => Float32Array.from(values, numberOf);

/** Members of an evaluation that are no quantities. */
const OF_EVALUATION = ['seq_len'];

/** Every number of a frame of a record by the name of its column. Another program may leave out any of them. */
export function* numbersOf(
  sites: readonly string[],
  frame: unknown,
): Generator<[name: string, value: number]> {
  for (const [key, value] of entriesOf(frame)) {
    if (key === 'site') {
      for (const [id, values] of entriesOf(value))
        for (const [i, number] of listOf(values).entries())
          if (sites[i] !== undefined) yield [`${sites[i]}/${id}`, numberOf(number)];
    } else if (key === 'head') {
      for (const [id, layers] of entriesOf(value))
        for (const [layer, heads] of listOf(layers).entries())
          for (const [head, number] of listOf(heads).entries())
            yield [`blocks.${layer}.attn/${id}/${head}`, numberOf(number)];
    } else if (key === 'output') {
      for (const [id, number] of entriesOf(value)) yield [`output/${id}`, numberOf(number)];
    } else if (key === 'param' || key === 'norm') {
      for (const [name, values] of entriesOf(value))
        for (const [id, number] of entriesOf(values)) yield [`${name}/${id}`, numberOf(number)];
    } else if (key === 'evaluation') {
      for (const [name, number] of numbersOf(sites, value))
        if (!OF_EVALUATION.includes(name)) yield [EVALUATION + name, number];
    } else if (key !== 'step' && !isObject(value)) {
      yield [key, numberOf(value)];
    }
  }
}

/** The batch of a frame, or of an evaluation; null where it tells none. */
export function batchOf(frame: unknown): Batch | null {
  const { inputs, targets } = Object(Object(frame).tokens) as Record<string, unknown>;
  const [rows, wanted] = [listOf(inputs).map(listOf), listOf(targets).map(listOf)];
  const [B, T] = [rows.length, rows[0]?.length ?? 0];
  const fits = (lines: unknown[][]) => lines.length === B && lines.every((l) => l.length === T);
  if (B * T === 0 || !fits(rows) || !fits(wanted)) return null;
  const ids = (lines: unknown[][]) => Int32Array.from(lines.flat(), Number);
  return { inputs: ids(rows), targets: ids(wanted), B, T };
}

/** All of an evaluation but the numbers that have columns. */
export type EvaluationRest = Omit<Evaluation, 'frame'> & { batch: Batch | null };

/** Of an evaluation that only columns tell of. */
const NO_REST: EvaluationRest = {
  ...{ seq_len: 0, sameBatch: true, batch: null, leak: null },
  position: {
    loss: new Float32Array(),
    rms: new Float32Array(),
    entropy: new Float32Array(),
  },
};

function leakOf(value: unknown): Leak | null {
  if (!isObject(value)) return null;
  return { training: numberOf(value['training']), evaluation: numberOf(value['evaluation']) };
}

/** The same of a record's frame; null where it was not evaluated. */
export function evaluationOf(frame: unknown): EvaluationRest | null {
  const { evaluation } = Object(frame) as Record<string, unknown>;
  if (!isObject(evaluation)) return null;
  const { seq_len, position, leak } = evaluation;
  const T = Number.isSafeInteger(seq_len) ? Number(seq_len) : 0;
  const by = (id: keyof ByPosition, isWhole: (length: number) => boolean) => {
    const values = floatsOf(listOf(Object(position)[id]).flat());
    return isWhole(values.length) ? values : new Float32Array();
  };
  const ofLayers = (length: number) => T > 0 && length % T === 0;
  return {
    seq_len: T,
    sameBatch: evaluation['tokens'] === undefined,
    batch: batchOf(evaluation),
    position: {
      loss: by('loss', (length) => length === T),
      rms: by('rms', ofLayers),
      entropy: by('entropy', ofLayers),
    },
    leak: leakOf(leak),
  };
}

/** A row of numbers, as the frame and the evaluation that they are of. */
export interface Measured {
  frame: PackedFrame;
  evaluation: Evaluation | null;
}

/** Numbers told by names, as frames of a layout that has them. */
export interface Shape {
  layout: Layout;
  known: string[];
  /** Names that say nothing here. */
  unknown(): string[];
  /** Those of them that had a number in any row. */
  foreign(): string[];
  /** Values in the order of the names. */
  pack(
    step: number,
    values: ArrayLike<number>,
    rest?: { batch: Batch | null; evaluation: EvaluationRest | null },
  ): Measured;
}

export function shapeOf(names: readonly string[]): Shape {
  const { layout, places } = layoutOfColumns(names);
  const { size } = frameOffsets(layout);
  const columns = [...new Set(places.flatMap((place) => place?.name ?? []))];
  // A statistic that is known, and defined nowhere at its site, is not missed.
  const strangers = names.flatMap((name, i) => (places[i] || readColumn(name).quantity ? [] : i));
  const numbered = new Set<number>();
  return {
    layout: { ...layout, isPartial: true, columns },
    known: names.filter((_, i) => places[i]),
    unknown: () => strangers.map((i) => names[i]!),
    foreign: () => strangers.filter((i) => numbered.has(i)).map((i) => names[i]!),
    pack(step, values, { batch, evaluation } = { batch: null, evaluation: null }) {
      const blank = () => new Float32Array(size).fill(NaN);
      const packed = blank();
      let evaluated = evaluation ? blank() : null;
      places.forEach((place, i) => {
        // Later rows may have further names.
        const value = values[i] ?? NaN;
        if (!place) return;
        if (!place.isEvaluated) packed[place.at] = value;
        else if (evaluated || !Number.isNaN(value)) (evaluated ??= blank())[place.at] = value;
      });
      for (const i of strangers) if (!Number.isNaN(values[i] ?? NaN)) numbered.add(i);
      const { batch: own, ...rest } = evaluation ?? NO_REST;
      return {
        frame: { step, batch, packed },
        evaluation: evaluated && { ...rest, frame: { step, batch: own, packed: evaluated } },
      };
    },
  };
}
