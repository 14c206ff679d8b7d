import { bisector } from 'd3-array';

/** A number recorded at a step. */
export interface Recorded {
  step: number;
  value: number;
}

/** Neighbouring records together. What is not finite is told by `lost` alone. */
interface Bucket {
  /** Indices of the least and the largest value, and of the first that is not finite. */
  least?: number | undefined;
  most?: number | undefined;
  lost?: number | undefined;
  count: number;
  sum: number;
  /** Sum of natural logarithms. */
  logs: number;
}

/**
 * A number recorded step by step. Level k of its buckets holds 2ᵏ records each, so that neither a further record
 * nor a drawing of the series costs more because many came before.
 */
export interface TimeSeries {
  readonly length: number;
  /** Shared with what the series grows into: only the first `length` records are its own. */
  readonly records: Recorded[];
  readonly levels: Bucket[][];
}

export const emptySeries = (): TimeSeries => ({ length: 0, records: [], levels: [] });

/** The series with a further record. It takes the place of the one given, whose memory it goes on with. */
export function append({ length, records, levels }: TimeSeries, record: Recorded): TimeSeries {
  records[length] = record;
  return settled({ length: length + 1, records, levels });
}

/** The series without its last record. It takes the place of the one given. */
export const withoutLast = (series: TimeSeries): TimeSeries =>
  settled({ ...series, length: Math.max(0, series.length - 1) });

/** Makes the buckets of the last record anew. */
function settled(series: TimeSeries): TimeSeries {
  const { length, records, levels } = series;
  shorten(records, length);
  for (let k = 0, at = length - 1; at >= 0; k++, at >>= 1) {
    const level = (levels[k] ??= []);
    const parts = levels[k - 1];
    const [a, b] = parts ? [parts[2 * at]!, parts[2 * at + 1]] : [single(records[at]!.value, at)];
    level[at] = b ? joined(records, a, b) : a;
    shorten(level, at + 1);
    if (at === 0) break;
  }
  return series;
}

/** Setting a length, even the same one, makes a list move its memory. */
const shorten = (list: unknown[], length: number) => {
  if (list.length > length) list.length = length;
};

const single = (value: number, at: number): Bucket =>
  Number.isFinite(value)
    ? { least: at, most: at, count: 1, sum: value, logs: Math.log(value) }
    : { lost: at, count: 0, sum: 0, logs: 0 };

function joined(records: readonly Recorded[], a: Bucket, b: Bucket): Bucket {
  const valueAt = (i: number) => records[i]!.value;
  const either = (x: number | undefined, y: number | undefined, sign: 1 | -1) =>
    x === undefined || (y !== undefined && sign * valueAt(y) < sign * valueAt(x)) ? y : x;
  return {
    least: either(a.least, b.least, 1),
    most: either(a.most, b.most, -1),
    lost: a.lost ?? b.lost,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    logs: a.logs + b.logs,
  };
}

export const lastOf = ({ records, length }: TimeSeries): Recorded | undefined =>
  records[length - 1];

/** The records with the least and the largest value, and the first that is not finite. */
export function extremes({ length, records, levels }: TimeSeries) {
  // The lowest level that has one bucket.
  const whole = levels[length > 1 ? 32 - Math.clz32(length - 1) : 0]?.[0];
  const record = (i: number | undefined) => (i === undefined ? undefined : records[i]);
  return { least: record(whole?.least), most: record(whole?.most), lost: record(whole?.lost) };
}

/** The level whose buckets are at most so many. */
const levelFor = (length: number, most: number) => Math.max(0, Math.ceil(Math.log2(length / most)));

/** The number of records in each bucket of an outline. */
export const bucketOf = ({ length }: TimeSeries, most: number): number =>
  2 ** levelFor(length, most);

/**
 * Indices of the records that draw the same line to the eye: all, or where they are many the ends, and of at most
 * `most` buckets the extremes, and the first that is not finite, or the line would close over it. `ends` are the last
 * of each bucket, for a line too smooth to need more. As the series grows the buckets stay where they are.
 */
export function outline({ length, levels }: TimeSeries, most: number) {
  const k = levelFor(length, most);
  if (k === 0) {
    const all = Array.from({ length }, (_, i) => i);
    return { line: all, ends: all };
  }
  const line = [0];
  const ends = [0];
  const add = (indices: number[], i: number) => {
    if (i > indices.at(-1)!) indices.push(i);
  };
  levels[k]!.forEach(({ least = 0, most = 0, lost = 0 }, bucket) => {
    const [first, second] = least < most ? [least, most] : [most, least];
    // Of a bucket that lacks one of the three, 0 stands for it, which is in the line already.
    const inOrder =
      lost && lost < second ? [first, lost, second].sort((a, b) => a - b) : [first, second, lost];
    for (const i of inOrder) add(line, i);
    add(ends, lost);
    add(ends, Math.min(((bucket + 1) << k) - 1, length - 1));
  });
  add(line, length - 1);
  return { line, ends };
}

/** Kinds of a mean; the geometric one lies right on a logarithmic axis. */
export type Mean = 'arithmetic' | 'geometric';

/**
 * The mean of a record and those before it, `window` in all or as many as there are. What is not finite belongs
 * to no mean, and stays what it is.
 */
export function trailingMean(
  { records, levels }: TimeSeries,
  at: number,
  window: number,
  mean: Mean,
): number {
  const { value } = records[at]!;
  if (!Number.isFinite(value)) return value;
  let [sum, count] = [0, 0];
  const add = (bucket: Bucket) => {
    sum += mean === 'geometric' ? bucket.logs : bucket.sum;
    count += bucket.count;
  };
  // Sums of whole buckets, rather than differences of sums since the beginning, which one huge value would spoil.
  let [from, to] = [Math.max(0, at + 1 - window), at + 1];
  for (let k = 0; from < to; k++, from >>= 1, to >>= 1) {
    if (from & 1) add(levels[k]![from++]!);
    if (to & 1) add(levels[k]![--to]!);
  }
  return mean === 'geometric' ? Math.exp(sum / count) : sum / count;
}

const byStep = bisector<Recorded, number>((record) => record.step);

/** The index of the last record at or before a step; −1 without one. */
export const indexAt = ({ records, length }: TimeSeries, step: number): number =>
  byStep.right(records, step, 0, length) - 1;

/** The record nearest to a step. */
export const nearest = ({ records, length }: TimeSeries, step: number): Recorded | undefined =>
  length ? records[byStep.center(records, step, 0, length)] : undefined;
