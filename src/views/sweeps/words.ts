import { changesLabel } from '../../config/naming';
import { field, KEYS, type Config } from '../../config/fields';
import { counted } from '../../lib/words';
import { formatExact, formatSignificant } from '../../plot/format';
import { lackedBy, type HeldSweep, type MadeRun } from '../../sweeps/desk/held';
import { otherSettings, runKey, type Sweep } from '../../sweeps/sweep';
import { failuresAt, placeText, runsAt } from './grid';
import { resultLabel } from './defaults';

/** “Learning rate 0.01, Layers 8”. */
export const cellName = ({ axes }: Pick<Sweep, 'axes'>, cell: readonly number[]): string =>
  axes
    .map((axis, i) => `${field(axis.key).label} ${placeText(axis, axis.values[cell[i]!]!)}`)
    .join(', ');

/** A result of one run. */
export const resultText = ({ result, typed }: Sweep, run: Pick<MadeRun, 'result'>): string => {
  if (run.result === null) return `none in ${counted(typed.steps)} steps`;
  return result.of === 'alarm' ? `step ${counted(run.result)}` : formatSignificant(run.result, 4);
};
export const exactResult = (run: Pick<MadeRun, 'result'>): string =>
  run.result === null ? 'none' : formatExact(run.result);

export const alarmText = ({ alarm }: Pick<MadeRun, 'alarm'>): string =>
  alarm ? `alarm at step ${counted(alarm.step)} (${alarm.rule} at ${alarm.at})` : 'no alarm';

/** A cell in one line. */
export function cellLine(
  one: Pick<HeldSweep, 'sweep' | 'made' | 'failed'>,
  cell: readonly number[],
): string {
  const { sweep } = one;
  const runs = runsAt(one, cell);
  const name = cellName(sweep, cell);
  const [failure] = failuresAt(one, cell);
  const failed = failure ? [`could not be made: ${failure.reason}`] : [];
  if (!runs.length) return `${name}: ${failed[0] ?? 'not there yet'}`;
  const first = runs.find(({ alarm }) => alarm)?.alarm;
  return [
    `${name}: ${runs.map((run) => resultText(sweep, run)).join(', ')}`,
    ...(first && sweep.result.of !== 'alarm' ? [`alarm at step ${counted(first.step)}`] : []),
    ...(failed.length ? [`another seed ${failed[0]!}`] : []),
  ].join('; ');
}

/** “Learning rate × Layers”. */
export const axesName = ({ axes }: Pick<Sweep, 'axes'>): string =>
  axes.map(({ key }) => field(key).label).join(' × ');

/** “7 × 4 cells, 2 seeds, 50 steps”. */
export function sizeText({ axes, typed: { seeds, steps } }: Sweep): string {
  const cells = axes.map(({ values }) => values.length).join(' × ');
  return `${cells} cells, ${seeds === 1 ? 'one seed' : `${counted(seeds)} seeds`}, ${counted(steps)} steps`;
}

/** The settings that a sweep has in all of its runs, where they are not the defaults. */
export const settingsText = (sweep: Sweep): string =>
  changesLabel(otherSettings(sweep) as Partial<Config>) || 'All other settings at their defaults';

/** The settings in which a sweep differs from one beside it; its size where it has the same. */
export function apartText(sweep: Sweep, other: Sweep): string {
  const own = otherSettings({ ...sweep, axes: [...sweep.axes, ...other.axes] });
  const theirs = otherSettings({ ...other, axes: [...sweep.axes, ...other.axes] });
  const keys = KEYS.filter((key) => own[key] !== theirs[key]);
  const apart = Object.fromEntries(keys.map((key) => [key, sweep.base[key]])) as Partial<Config>;
  return changesLabel(apart) || sizeText(sweep);
}

/** Runs that could not be made, a sentence for each reason. */
export function failuresText(one: HeldSweep): string[] {
  const cells = new Map<string, (readonly number[])[]>();
  for (const run of lackedBy(one).failed) {
    const reason = one.failed[runKey(run)]!;
    cells.set(reason, [...(cells.get(reason) ?? []), run.cell]);
  }
  return [...cells].map(([reason, [first, ...others]]) => {
    const rest = others.length ? ` and ${counted(others.length)} more` : '';
    return `${cellName(one.sweep, first!)}${rest}: ${reason}`;
  });
}

/** A map in a sentence. */
export function sentence(one: HeldSweep): string {
  const { sweep, made, planned } = one;
  const numbers = [...made.values()].map(({ result }) => result);
  const lost = numbers.filter((result) => result !== null && !Number.isFinite(result)).length;
  const alarms = [...made.values()].filter(({ alarm }) => alarm).length;
  const finite = numbers.filter(
    (result): result is number => result !== null && Number.isFinite(result),
  );
  const range = finite.length
    ? `${resultLabel(sweep.typed.result)} from ${formatSignificant(Math.min(...finite))} to ${formatSignificant(Math.max(...finite))}`
    : `No ${resultLabel(sweep.typed.result).toLowerCase()} yet`;
  const failures = lackedBy(one).failed.length;
  if (made.size + failures === 0) return `${counted(planned.length)} runs. ${settingsText(sweep)}.`;
  return [
    `${range} in ${made.size < planned.length ? `${counted(made.size)} of ${counted(planned.length)}` : counted(planned.length)} runs.`,
    lost ? `${counted(lost)} diverged.` : '',
    failures ? `${counted(failures)} could not be made.` : '',
    alarms && sweep.result.of !== 'alarm' ? `${counted(alarms)} raised an alarm.` : '',
    `${settingsText(sweep)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
