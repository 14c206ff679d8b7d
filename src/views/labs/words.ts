import { describe } from '../../config/describe';
import type { Asks, Predict } from '../../labs/lab';
import type { Answer, Task } from '../../labs/progress';
import { formatSignificant } from '../../plot/format';
import type { Recorded } from '../../runs/record';
import { laneLetter } from '../ui/LaneMark';

type Curve = Extract<Asks, { kind: 'curve' }>;
type Numeric = Extract<Asks, { kind: 'number' }>;

/** “RMS at resid_post of lane B at step 0” */
export const curveName = ({ quantity, lane, step }: Curve): string =>
  `${describe(quantity).name} of lane ${laneLetter(lane)} at step ${step}`;

/** A number with its unit: “3.31 times”. */
export const withUnit = (value: Recorded, { unit }: Pick<Numeric, 'unit'>): string =>
  [typeof value === 'number' ? formatSignificant(value) : value, unit].filter(Boolean).join(' ');

const decades = (distance: number) => `${formatSignificant(distance, 2)} decades`;

/** The same as what a decade is made of, for who has not met it. */
const factor = (distance: number) =>
  `${decades(distance)}, a factor of ${formatSignificant(10 ** distance, 2)}`;

/** The comparison of a prediction with what was measured. */
export function comparedSentence({ asks }: Predict, answer: Answer): string {
  const { measured, distance } = answer;
  if (measured === null || asks.kind === 'choice') return '';
  if (asks.kind === 'number') {
    const within =
      asks.within === null ? factor(asks.decades) : withUnit(asks.within, { unit: asks.unit });
    const off =
      distance === null
        ? ''
        : `, ${asks.within === null ? decades(distance) : withUnit(distance, { unit: asks.unit })} from your prediction`;
    return `Measured: ${withUnit(measured as Recorded, asks)}${off}. It is right within ${within}.`;
  }
  if (distance === null)
    return 'What was measured cannot be compared with your curve: it has other layers, or no finite values.';
  return `Your curve is ${decades(distance)} from the measured one, on average over layers. It is right within ${factor(asks.decades)}.`;
}

const DOING: Record<Task['kind'], string> = {
  predict: 'recorded your prediction',
  do: 'done what is asked',
  check: 'passed the check',
  figure: 'made the figure',
  reflect: 'written your answer',
};

/** The way to a text that is not shown yet. */
export const lockedSentence = (kind: Task['kind'] | undefined): string =>
  `More is shown here once you have ${kind ? DOING[kind] : 'gone on'}.`;

/** The names of the kinds of tasks, and of one that is done. */
export const KINDS: Record<Task['kind'], { name: string; done: string }> = {
  predict: { name: 'Predict', done: 'recorded' },
  do: { name: 'Do', done: 'done' },
  check: { name: 'Check', done: 'passed' },
  figure: { name: 'Figure', done: 'in your report' },
  reflect: { name: 'Write', done: 'written' },
};

export const minutesOf = (minutes: number): string => `${minutes} min`;

export const percentDone = (share: number): string => `${Math.round(100 * share)} % done`;
