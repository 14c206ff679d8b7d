import { fingerprint } from '../../lib/hash';
import { lineOf, type Maker } from '../lines';
import type { Outcome } from '../outcome';
import { readSweep, runKey, runsOf, sweepPrint, type Sweep, type SweepRun } from '../sweep';
import type { KeptRun, SweepHead } from './shelf';

/** A run that was made, and what it was made on. */
export type MadeRun = Outcome & { maker: Maker };

/** A sweep with the runs that it has by now. */
export interface HeldSweep extends SweepHead {
  sweep: Sweep;
  /** All of its runs, in the order in which they are made. */
  planned: readonly SweepRun[];
  /** By their keys: another object whenever there is another. */
  made: ReadonlyMap<string, MadeRun>;
  /** By their keys, the reasons why runs could not be made when they were last tried. */
  failed: Readonly<Record<string, string>>;
  /** Why no run at all can be made; else null. */
  error: string | null;
}

export const idOf = (sweep: Sweep, text: string | null): string =>
  fingerprint(`${sweepPrint(sweep)} ${text ?? ''}`);

export const isDone = ({ made, planned }: Pick<HeldSweep, 'made' | 'planned'>): boolean =>
  made.size >= planned.length;

/** The runs that it lacks: those to come, and those that could not be made. */
export function lackedBy({
  planned,
  made,
  failed,
}: Pick<HeldSweep, 'planned' | 'made' | 'failed'>) {
  const lacked = planned.filter((run) => !made.has(runKey(run)));
  return {
    toCome: lacked.filter((run) => failed[runKey(run)] === undefined),
    failed: lacked.filter((run) => failed[runKey(run)] !== undefined),
  };
}

/** Tests of a sweep that was begun and left. */
export const isUnfinished = (one: HeldSweep): boolean =>
  one.made.size > 0 && lackedBy(one).toCome.length > 0;

/** The parts of a sweep that are kept besides its runs. */
export const headOf = ({ id, typed, base, text, began, failed }: HeldSweep): SweepHead => ({
  ...{ id, typed, base, text, began, failed },
});

/** `sweep-lr-n_layers-2-72`: the settings, and its name among all. */
export const sweepName = ({ sweep, id }: Pick<HeldSweep, 'sweep' | 'id'>): string =>
  `sweep-${sweep.axes.map(({ key }) => key).join('-')}-${id.split('-').at(-1)}`;

/** A sweep with its runs in the order in which they are made. */
export const heldOf = (head: SweepHead, sweep: Sweep, made: HeldSweep['made']): HeldSweep => ({
  ...head,
  ...{ sweep, made, planned: runsOf(sweep), failed: head.failed ?? {}, error: null },
});

/** A sweep that stands in the database; null where this version cannot read it. */
export function revived(head: SweepHead, runs: readonly KeptRun[]): HeldSweep | null {
  const read = readSweep(head.typed, head.base);
  if ('problems' in read) return null;
  const one = heldOf(head, read.sweep, new Map());
  const byKey = new Map(runs.map((run) => [runKey(run), run]));
  const made = one.planned.flatMap((run): [string, MadeRun][] => {
    const key = runKey(run);
    const found = byKey.get(key);
    return found ? [[key, { ...found, config: run.config }]] : [];
  });
  return { ...one, made: new Map(made) };
}

/** The file of a sweep, a line for each run that it has. */
export const fileOf = (one: HeldSweep): { name: string; content: string } => ({
  name: `${sweepName(one)}.jsonl`,
  content: [...one.made.values()]
    .map((run) => `${lineOf(one.sweep, run, { ...run.maker, text: one.text })}\n`)
    .join(''),
});
