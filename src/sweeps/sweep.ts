import { encode } from '../config/codec';
import { difference, reconcile } from '../config/check';
import { DEFAULTS, readsText, type Config, type Value } from '../config/fields';
import { fingerprint } from '../lib/hash';
import { counted } from '../lib/words';
import { seeded } from '../runs/seeds/samples';
import { readAxis, type Axis } from './axis';
import { readResult, resultProblem, type Result } from './result';

/** A sweep as people write it: axes, a result, and how much is run for each of its numbers. */
export interface TypedSweep {
  /** One or two axes: `lr=1e-4..1e-1:7log`. */
  grid: readonly string[];
  /** Seeds of each cell: that of the configuration and those that follow. */
  seeds: number;
  steps: number;
  /** `loss@last`. */
  result: string;
}

/** A configuration, one or two settings that are varied in it, and the number that each run gives. */
export interface Sweep {
  typed: TypedSweep;
  base: Config;
  axes: readonly Axis[];
  result: Result;
}

/** One run of a sweep. */
export interface SweepRun {
  /** Where it stands on each axis. */
  cell: readonly number[];
  /** Which of the cell’s seeds, from 0. */
  seed: number;
  config: Config;
}

export const MOST_RUNS = 10_000;
export const MOST_SEEDS = 64;
export const MOST_STEPS = 100_000;

/** The place of a run among all of its sweep, as a name: `3,0#1`. */
export const runKey = ({ cell, seed }: Pick<SweepRun, 'cell' | 'seed'>): string =>
  `${cell.join(',')}#${seed}`;

/** The number of halvings after which a place on an axis of so many is reached; 0 at its ends. */
function fineness(count: number): number[] {
  const levels = new Array<number>(count).fill(0);
  let spans: [number, number][] = [[0, count - 1]];
  for (let level = 1; spans.length; level++) {
    spans = spans.flatMap(([from, to]): [number, number][] => {
      if (to - from < 2) return [];
      const middle = Math.round((from + to) / 2);
      levels[middle] = level;
      return [
        [from, middle],
        [middle, to],
      ];
    });
  }
  return levels;
}

/** All places of a grid, the last axis fastest. */
const cellsOf = (axes: readonly Axis[]): number[][] =>
  axes.reduce<number[][]>(
    (cells, { values }) => cells.flatMap((cell) => values.map((_, i) => [...cell, i])),
    [[]],
  );

/** The configuration of a cell, under the first of its seeds. */
export const configAt = ({ base, axes }: Pick<Sweep, 'base' | 'axes'>, cell: readonly number[]) =>
  ({
    ...base,
    ...Object.fromEntries(
      axes.map(({ key, values }, i): [string, Value] => [key, values[cell[i]!]!]),
    ),
  }) as Config;

/** Every run: all cells under the first seed, coarse to fine, then under the next one. */
export function runsOf(sweep: Sweep): SweepRun[] {
  const levels = sweep.axes.map(({ values }) => fineness(values.length));
  const level = (cell: readonly number[]) => Math.max(...cell.map((at, i) => levels[i]![at]!));
  const cells = cellsOf(sweep.axes).sort((a, b) => level(a) - level(b));
  return Array.from({ length: sweep.typed.seeds }, (_, seed) => seed).flatMap((seed) =>
    cells.map((cell) => ({ cell, seed, config: seeded(configAt(sweep, cell), seed) })),
  );
}

const count = (name: string, value: number, most: number): string[] =>
  Number.isInteger(value) && value >= 1 && value <= most
    ? []
    : [`${name} is ${value}; it must be a whole number from 1 to ${counted(most)}.`];

/** The first cell whose settings cannot go together, or that lacks the result. */
function cellProblem(sweep: Sweep): string | null {
  for (const cell of cellsOf(sweep.axes)) {
    const config = configAt(sweep, cell);
    const [conflict] = reconcile(config).problems;
    const problem = conflict?.message ?? resultProblem(sweep.result, config, sweep.typed.steps);
    if (problem) return `${cellWords(sweep, cell)}: ${problem}`;
  }
  return null;
}

/** “lr 0.001, n_layers 8”. */
export const cellWords = ({ axes }: Pick<Sweep, 'axes'>, cell: readonly number[]): string =>
  axes.map(({ key, values }, i) => `${key} ${String(values[cell[i]!])}`).join(', ');

/** A sweep of a configuration as it is typed, or all that is wrong with it, a sentence each. */
export function readSweep(
  typed: TypedSweep,
  base: Config,
): { sweep: Sweep } | { problems: string[] } {
  const problems: string[] = [];
  if (typed.grid.length < 1 || typed.grid.length > 2)
    problems.push(`A sweep has one or two axes; these are ${typed.grid.length}.`);
  problems.push(
    ...count('seeds', typed.seeds, MOST_SEEDS),
    ...count('steps', typed.steps, MOST_STEPS),
  );
  const axes = typed.grid.flatMap((text) => {
    const read = readAxis(text);
    if ('axis' in read) return [read.axis];
    problems.push(read.problem);
    return [];
  });
  if (axes.length === 2 && axes[0]!.key === axes[1]!.key)
    problems.push(`Both axes are ${axes[0]!.key}; they must be two settings.`);
  if (axes.some(({ key }) => key === 'seed') && typed.seeds > 1)
    problems.push('seed is an axis, so each cell has one seed; seeds must be 1.');
  const read = readResult(typed.result);
  if ('problem' in read) problems.push(read.problem);
  const runs = axes.reduce((product, { values }) => product * values.length, typed.seeds);
  if (runs > MOST_RUNS)
    problems.push(`These are ${counted(runs)} runs; at most ${counted(MOST_RUNS)} make a sweep.`);
  if (problems.length || 'problem' in read) return { problems };
  const grid = axes.map((axis) => axis.typed);
  const sweep: Sweep = {
    typed: { ...typed, grid, result: read.result.typed },
    base,
    axes,
    result: read.result,
  };
  const problem = cellProblem(sweep);
  return problem ? { problems: [problem] } : { sweep };
}

/** The text that a sweep’s task reads, by its fingerprint; null where it reads none. */
export const textOf = (
  { base, axes }: Pick<Sweep, 'base' | 'axes'>,
  text: string,
): string | null =>
  readsText(base) || axes.some(({ key, values }) => key === 'task' && values.includes('text'))
    ? fingerprint(text)
    : null;

/**
 * All that the numbers of a sweep depend on but the text, as one text: two sweeps of one print are one. The values of
 * the axes’ own settings in the base do not count.
 */
export function sweepPrint({ typed, base, axes }: Sweep): string {
  const own = Object.fromEntries(axes.map(({ key }) => [key, DEFAULTS[key]]));
  return JSON.stringify([
    typed.grid,
    typed.seeds,
    typed.steps,
    typed.result,
    encode({ ...base, ...own } as Config),
  ]);
}

/** The settings of the base that are not the defaults and no axis. */
export const otherSettings = ({ base, axes }: Sweep): Partial<Config> =>
  Object.fromEntries(
    Object.entries(difference(DEFAULTS, base)).filter(
      ([key]) => !axes.some((axis) => axis.key === key),
    ),
  );
