import { least, sum } from 'd3-array';
import type { Checkpoint } from './run';

type Rows = readonly (readonly Checkpoint[])[];

/** Bytes of all, those that several rows have once. */
export const bytesOf = (rows: Rows): number =>
  sum(new Set(rows.flat().map(({ bytes }) => bytes)), ({ byteLength }) => byteLength);

/** The gap that a checkpoint would leave, beside its age: gaps may grow with the way back from the newest. */
const gapWithout = (row: readonly Checkpoint[], i: number): number =>
  (row[i + 1]!.step - row[i - 1]!.step) / (row.at(-1)!.step - row[i]!.step);

/**
 * As many checkpoints as fit, those given up first that are missed least. The first and the newest of a row go last,
 * and where `keepsEnds` they stay.
 *
 * @param limit bytes that all may take
 */
export function thinned(rows: Rows, limit: number, keepsEnds: boolean): Checkpoint[][] {
  let kept = rows.map((row) => [...row]);
  const without = (row: number, i: number) =>
    kept.map((one, at) => (at === row ? one.filter((_, j) => j !== i) : one));
  const inner = () =>
    kept.flatMap((row, at) => row.slice(1, -1).map((_, i) => ({ row: at, i: i + 1 })));
  /** Step 0 before the newest, which is what a lane comes back to. */
  const ends = () => {
    const longest = kept.map((row, at) => ({ row: at, i: 0, length: row.length }));
    return keepsEnds ? [] : longest.filter(({ length }) => length > 0);
  };
  while (bytesOf(kept) > limit) {
    const given =
      least(inner(), ({ row, i }) => gapWithout(kept[row]!, i)) ??
      least(ends(), ({ length }) => -length);
    if (!given) break;
    kept = without(given.row, given.i);
  }
  return kept;
}

/**
 * The checkpoints of lanes, and of runs that were set aside, within a budget.
 *
 * @param limit bytes that all may take
 * @param makeRoom gives up a run that was set aside, where there is one
 */
export function createCheckpoints<Key>(limit: number, makeRoom: () => boolean) {
  const rows = new Map<Key, readonly Checkpoint[]>();
  const thin = (keepsEnds: boolean) => {
    const keys = [...rows.keys()];
    thinned([...rows.values()], limit, keepsEnds).forEach((row, i) => rows.set(keys[i]!, row));
  };
  const isFull = () => bytesOf([...rows.values()]) > limit;
  const fit = () => {
    if (isFull()) thin(true);
    while (isFull() && makeRoom());
    if (isFull()) thin(false);
  };
  const of = (key: Key): readonly Checkpoint[] => rows.get(key) ?? [];

  return {
    of,
    put(key: Key, row: readonly Checkpoint[]): void {
      rows.set(key, row);
      fit();
    },
    /** Takes the place of one of the same step. */
    add(key: Key, checkpoint: Checkpoint): void {
      rows.set(key, [...of(key).filter(({ step }) => step < checkpoint.step), checkpoint]);
      fit();
    },
    drop: (key: Key): void => void rows.delete(key),
  };
}

export type Checkpoints<Key> = ReturnType<typeof createCheckpoints<Key>>;
