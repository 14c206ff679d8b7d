import { atDepth, compared, type Comparison } from '../config/comparison';
import type { Quantity } from '../config/quantity';
import { perObject } from '../lib/objects';
import { append, emptySeries, lastOf, withoutLast, type TimeSeries } from '../lib/timeSeries';
import { frameOffsets, unpack, type Layout, type PackedFrame } from '../protocol/frame';
import { atEnd, entriesOf, inLayer } from '../protocol/read';
import type { Segment } from './run';

/** The record of a lane. */
export interface Recording {
  segments: readonly Segment[];
  /** From this step on NaN is a number that was lost, and not one that is not defined; or null. */
  brokenFrom: number | null;
}

/** A frame in which every number is its own place: what is read of it is where to read, or to write. */
export const places = perObject((layout: Layout) => {
  const packed = Float32Array.from({ length: frameOffsets(layout).size }, (_, i) => i);
  return { layout, frame: unpack(layout, { step: 0, batch: null, packed }) };
});

/** Reads a quantity out of packed frames of a layout without unpacking them; null where these have none. */
function readerOf(layout: Layout, quantity: Quantity): ((packed: Float32Array) => number) | null {
  const { entries, over } = entriesOf(places(layout), quantity);
  if (!entries.length) return null;
  return (packed) => {
    let sum = 0;
    for (const at of entries) sum += packed[at]!;
    return sum / over;
  };
}

function frameAt(segments: readonly Segment[], index: number) {
  let left = index;
  for (const { frames, layout } of segments) {
    if (left < frames.length) return { frame: frames[left]!, layout };
    left -= frames.length;
  }
  return null;
}

interface Listener {
  add(frame: PackedFrame, layout: Layout): void;
  /** The last one that was added is no longer recorded. */
  drop(frame: PackedFrame): void;
}

/**
 * Tells of what was recorded since it last looked: frames that came, and those that went, because their step was
 * measured again, the log made room or the model began anew. Costs as much as there is new.
 */
export function createFollower({ add, drop }: Listener): (segments: readonly Segment[]) => void {
  const seen: PackedFrame[] = [];
  return (segments) => {
    while (seen.length && frameAt(segments, seen.length - 1)?.frame !== seen.at(-1)) {
      drop(seen.pop()!);
    }
    let left = seen.length;
    for (const { frames, layout } of segments) {
      for (let i = left; i < frames.length; i++) {
        seen.push(frames[i]!);
        add(frames[i]!, layout);
      }
      left = Math.max(0, left - frames.length);
    }
  };
}

/** A quantity that is one number, step by step. The function is to be called whenever there may be more. */
export function createNumberHistory(quantity: Quantity): (recording: Recording) => TimeSeries {
  const readers = perObject((layout: Layout) => ({ read: readerOf(layout, quantity) }));
  let series = emptySeries();
  let lostFrom = Infinity;
  const follow = createFollower({
    add({ step, packed }, layout) {
      const value = readers(layout).read?.(packed);
      if (value === undefined || (Number.isNaN(value) && step < lostFrom)) return;
      series = append(series, { step, value });
    },
    drop({ step }) {
      if (lastOf(series)?.step === step) series = withoutLast(series);
    },
  });
  return ({ segments, brokenFrom }) => {
    lostFrom = brokenFrom ?? Infinity;
    follow(segments);
    return series;
  };
}

/**
 * A quantity of every layer, step by step: a row per step, a column per depth, the embedding first. What is not
 * finite is ∞ there, whichever it was; NaN is what is not there or not defined.
 */
export interface DepthHistory {
  columns: number;
  steps: number[];
  /** Row-major; only the rows of `steps` count. */
  values: Float32Array;
  /** Counts the times that rows went: what follows them begins again. */
  edits: number;
}

const emptyHistory = (columns: number): DepthHistory => ({
  columns,
  steps: [],
  values: new Float32Array(64 * columns),
  edits: 0,
});

function addRow(history: DepthHistory, step: number, valueAt: (column: number) => number): void {
  const { columns, steps, values } = history;
  const start = steps.length * columns;
  if (start + columns > values.length) {
    history.values = new Float32Array(2 * values.length);
    history.values.set(values);
  }
  for (let c = 0; c < columns; c++) history.values[start + c] = valueAt(c);
  steps.push(step);
}

/** The history of a quantity down to so many layers; the same object, which grows. */
export function createDepthHistory(
  quantity: Quantity,
  n_layers: number,
): (recording: Recording) => DepthHistory {
  const history = emptyHistory(n_layers + 1);
  const embedding = atEnd(quantity, 'embed');
  const readers = perObject((layout: Layout) => [
    embedding && readerOf(layout, embedding),
    ...Array.from({ length: n_layers }, (_, layer) => readerOf(layout, inLayer(quantity, layer))),
  ]);
  let lostFrom = Infinity;
  const follow = createFollower({
    add({ step, packed }, layout) {
      const read = readers(layout);
      const isBroken = step >= lostFrom;
      addRow(history, step, (column) => {
        const reader = read[column];
        if (!reader) return NaN;
        const value = reader(packed);
        return Number.isFinite(value) || (Number.isNaN(value) && !isBroken) ? value : Infinity;
      });
    },
    drop() {
      history.steps.pop();
      history.edits++;
    },
  });
  return ({ segments, brokenFrom }) => {
    lostFrom = brokenFrom ?? Infinity;
    follow(segments);
    return history;
  };
}

/**
 * A history held against that of a baseline, of the steps that both have; the same object, which grows. Of another number
 * of columns, the baseline is read at the same fraction of the depth.
 */
export function createComparedHistory(
  by: Comparison,
): (own: DepthHistory, base: DepthHistory) => DepthHistory {
  let held: DepthHistory | null = null;
  let [done, inBase, edits] = [0, 0, 0];
  return (own, base) => {
    held ??= emptyHistory(own.columns);
    if (edits !== own.edits + base.edits) {
      held.steps.length = 0;
      held.edits++;
      [done, inBase, edits] = [0, 0, own.edits + base.edits];
    }
    for (; done < own.steps.length; done++) {
      const step = own.steps[done]!;
      while (inBase < base.steps.length && base.steps[inBase]! < step) inBase++;
      // The baseline has not come to this step yet.
      if (inBase === base.steps.length) break;
      if (base.steps[inBase] !== step) continue;
      const [row, baseRow] = [done * own.columns, inBase * base.columns];
      const valueAt = (c: number) => base.values[baseRow + c];
      const depths = { own: own.columns - 1, base: base.columns - 1 };
      addRow(held, step, (c) => {
        const there =
          c === 0 || depths.own === depths.base
            ? valueAt(c)
            : atDepth(by, (layer) => valueAt(layer + 1), c - 1, depths);
        return compared(by, own.values[row + c]!, there) ?? NaN;
      });
    }
    return held;
  };
}

/** A history in as many rows as a drawing has, several steps to each where they are many. */
export interface Cells {
  columns: number;
  /** Steps to a row: row r has those from r · per on. */
  per: number;
  /** The record that each cell shows, row by row; −1 where there is none. */
  records: Int32Array;
  /** The least and the largest finite value that is above 0, and of all; none before there are any. */
  least: number;
  most: number;
  leastPositive: number;
}

/**
 * The cells of a history, up to a step, in at most so many rows. Of the steps that share a row each cell shows the
 * value that is farthest from `same`, so that a single bad step is not lost among good ones; what is not finite is
 * farther than anything. The function is to be called whenever the history may have grown.
 */
export function createCells(
  end: number,
  most: number,
  by: Comparison | null,
): (history: DepthHistory) => Cells {
  const per = Math.max(1, Math.ceil((end + 1) / Math.max(1, most)));
  const rows = Math.floor(end / per) + 1;
  const far = by === 'ratio' ? (value: number) => Math.abs(Math.log(value)) : Math.abs;
  const empty = (columns: number): Cells => ({
    ...{ columns, per },
    records: new Int32Array(rows * columns).fill(-1),
    ...{ least: Infinity, most: -Infinity, leastPositive: Infinity },
  });
  let cells: Cells | null = null;
  let [done, edits] = [0, 0];
  return (history) => {
    const { columns, steps, values } = history;
    if (!cells || edits !== history.edits) {
      cells = empty(columns);
      [done, edits] = [0, history.edits];
    }
    for (; done < steps.length; done++) {
      const row = Math.floor(steps[done]! / per);
      if (row >= rows) break;
      for (let c = 0; c < columns; c++) {
        const value = values[done * columns + c]!;
        if (Number.isNaN(value)) continue;
        const at = row * columns + c;
        const known = cells.records[at]!;
        if (known >= 0 && far(value) <= far(values[known * columns + c]!)) continue;
        cells.records[at] = done;
        if (!Number.isFinite(value)) continue;
        cells.least = Math.min(cells.least, value);
        cells.most = Math.max(cells.most, value);
        if (value > 0) cells.leastPositive = Math.min(cells.leastPositive, value);
      }
    }
    return cells;
  };
}
