import { valueLabel } from '../../config/naming';
import { field, type Value } from '../../config/fields';
import type { Axis } from '../../plot/axis';
import { fitted, reach } from '../../plot/domain';
import type { HeatGrid } from '../../plot/heat';
import type { HeatSide } from '../../plot/HeatPlot';
import type { Axis as SettingAxis } from '../../sweeps/axis';
import type { HeldSweep, MadeRun } from '../../sweeps/desk/held';
import { runKey, type Sweep } from '../../sweeps/sweep';

/** The mean over the seeds of each cell, or how far they are apart. */
export type Shows = 'mean' | 'spread';

/** Decades from which on results are shown on a logarithmic scale. */
const DECADES = 1.3;

/** A value of a setting as it is written beside a map: a number in at most three digits. */
export function placeText({ key }: SettingAxis, value: Value): string {
  if (typeof value !== 'number') return valueLabel(key, value);
  const short = Number(value.toPrecision(3));
  return short !== 0 && (Math.abs(short) < 1e-3 || Math.abs(short) >= 1e5)
    ? short.toExponential()
    : String(short);
}

export const sideOf = (axis: SettingAxis): HeatSide => ({
  name: field(axis.key).label,
  texts: axis.values.map((value) => placeText(axis, value)),
  numbers: axis.values.every((value) => typeof value === 'number')
    ? (axis.values as number[])
    : null,
});

/** Rows go upwards: the last value of the second axis is on top. */
export const downOf = (axis: SettingAxis): HeatSide => {
  const { name, texts, numbers } = sideOf(axis);
  return { name, texts: texts.toReversed(), numbers: numbers?.toReversed() ?? null };
};

/** The place of a drawn cell on the axes of its sweep. */
export function placeOf({ axes }: Pick<Sweep, 'axes'>, cell: { row: number; column: number }) {
  const down = axes[1];
  return down ? [cell.column, down.values.length - 1 - cell.row] : [cell.column];
}

export const drawnPlace = (
  { axes }: Pick<Sweep, 'axes'>,
  [column = 0, up = 0]: readonly number[],
) => ({
  row: axes[1] ? axes[1].values.length - 1 - up : 0,
  column,
});

/** A number of a run as a map has it: without an alarm, its end. */
export const numberOf = ({ result, typed }: Sweep, run: Pick<MadeRun, 'result'>): number =>
  run.result ?? (result.of === 'alarm' ? typed.steps : NaN);

/** The runs of a cell that are made, by their seeds. */
export const runsAt = (
  { sweep, made }: Pick<HeldSweep, 'sweep' | 'made'>,
  cell: readonly number[],
): MadeRun[] =>
  Array.from({ length: sweep.typed.seeds }, (_, seed) => made.get(runKey({ cell, seed }))).filter(
    (run) => run !== undefined,
  );

/** The reasons why runs of a cell could not be made, by their seeds. */
export const failuresAt = (
  { sweep, made, failed }: Pick<HeldSweep, 'sweep' | 'made' | 'failed'>,
  cell: readonly number[],
): { seed: number; reason: string }[] =>
  Array.from({ length: sweep.typed.seeds }, (_, seed) => seed).flatMap((seed) => {
    const key = runKey({ cell, seed });
    const reason = made.has(key) ? undefined : failed[key];
    return reason === undefined ? [] : [{ seed, reason }];
  });

const finiteOf = ({ sweep, made }: Pick<HeldSweep, 'sweep' | 'made'>): number[] =>
  [...made.values()].map((run) => numberOf(sweep, run)).filter(Number.isFinite);

/** Logarithmic where results span decades, for all sweeps that are compared. */
export function kindOf(all: readonly Pick<HeldSweep, 'sweep' | 'made'>[]): Axis['kind'] {
  if (all.some(({ sweep }) => sweep.result.of === 'alarm')) return 'linear';
  const values = all.flatMap(finiteOf);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && Math.log10(high / low) >= DECADES ? 'log' : 'linear';
}

const meanOf = (kind: Axis['kind'], values: readonly number[]): number => {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return kind === 'log'
    ? Math.exp(sum(values.map(Math.log)) / values.length)
    : sum(values) / values.length;
};

/** The spread of a cell's seeds: by a factor on a logarithmic scale, else by a difference. */
const spreadOf = (kind: Axis['kind'], values: readonly number[]): number => {
  if (values.length < 2) return NaN;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return kind === 'log' ? high / low : high - low;
};

export interface DrawnSweep {
  grid: HeatGrid;
  /** The step of a cell’s first alarm, or a sign that its runs could not be made. */
  signs: (string | null)[];
  /** All numbers of each column, of a sweep over one setting. */
  seeds: number[][];
}

/** A sweep as it is drawn. */
export function drawn(
  one: Pick<HeldSweep, 'sweep' | 'made' | 'failed'>,
  shows: Shows,
  kind: Axis['kind'],
): DrawnSweep {
  const { sweep } = one;
  const [across, down] = sweep.axes;
  const columns = across!.values.length;
  const rows = down?.values.length ?? 1;
  const cells = Array.from({ length: rows * columns }, (_, i) => {
    const cell = placeOf(sweep, { row: Math.floor(i / columns), column: i % columns });
    const runs = runsAt(one, cell);
    const numbers = runs.map((run) => numberOf(sweep, run));
    const finite = numbers.filter(Number.isFinite);
    const lost = numbers.length ? 1 - finite.length / numbers.length : 0;
    const shown = shows === 'mean' ? meanOf(kind, finite) : spreadOf(kind, finite);
    const value = finite.length ? shown : numbers.length ? Infinity : NaN;
    const steps = runs.flatMap(({ alarm }) => (alarm ? [alarm.step] : []));
    const alarm = steps.length && sweep.result.of !== 'alarm' ? `▲${Math.min(...steps)}` : null;
    const hasFailed = runs.length === 0 && failuresAt(one, cell).length > 0;
    return { value, lost, hasFailed, sign: hasFailed ? '✕' : alarm, numbers };
  });
  return {
    grid: {
      ...{ rows, columns },
      values: cells.map(({ value }) => value),
      lost: cells.map(({ lost }) => lost),
      empty: cells.map(({ hasFailed }) => hasFailed),
    },
    signs: cells.map(({ sign }) => sign),
    seeds: cells.map(({ numbers }) => numbers),
  };
}

/** The one scale of all grids that are compared. */
export function scaleOf(grids: readonly DrawnSweep[], kind: Axis['kind']): Axis {
  const isCurve = grids.every(({ grid }) => grid.rows === 1);
  const values = grids.flatMap(({ grid, seeds }) =>
    isCurve ? [...grid.values, ...seeds.flat()] : grid.values,
  );
  return { kind, domain: fitted({ kind, data: reach(kind, values.filter(Number.isFinite)) }) };
}
