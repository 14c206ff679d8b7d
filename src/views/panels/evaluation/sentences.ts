import { formatSignificant } from '../../../plot/format';
import { meanBetween, type Point } from '../../../plot/trace';
import { percent } from '../../../lib/percent';
import type { Leak } from '../../../protocol/evaluation';
import { atSteps, layersOf, same, sentence, times, type Told } from '../sentences';
import type { Discrepancy } from './read';

export const NOT_EVALUATED_YET = 'Nothing evaluated yet.';

/** “BatchNorm: RMS in evaluation is farthest from training at layer 11, 3.10 instead of 5.00 (0.62 times).” */
export function comparedSentence(
  /** Of each lane two: training, evaluation. */
  told: readonly Told[],
  quantity: string,
  subject: string,
): string {
  if (!told.length) return NOT_EVALUATED_YET;
  let isNamed = false;
  const stepped = atSteps(told);
  const pairs = stepped.flatMap((training, i) =>
    i % 2 ? [] : [[training, stepped[i + 1]!] as const],
  );
  return sentence(
    pairs.map(([training, evaluation]) => {
      const { name } = training;
      const after = layersOf(evaluation.points);
      const before = layersOf(training.points);
      if (!before.length || !after.length) return `${name} has no ${subject}`;
      const bad = after.find(({ y }) => !Number.isFinite(y));
      if (bad) return `${name}: not finite in evaluation from layer ${bad.x}`;
      const apart = before.flatMap(({ x, y }, i) => {
        const used = after[i]?.y;
        return used === undefined ? [] : [{ x, trained: y, used, far: distance(y, used) }];
      });
      const worst = apart.reduce((a, b) => (b.far > a.far ? b : a));
      if (same(worst.trained, worst.used, 1e-3)) {
        return `${name}: the same in training and evaluation`;
      }
      const [trained, used] = [worst.trained, worst.used].map((y) => formatSignificant(y));
      const ratio =
        worst.trained > 0 && worst.used > 0 ? ` (${times(worst.used / worst.trained)} times)` : '';
      const lead = isNamed
        ? `${name}: at layer ${worst.x}`
        : `${name}: ${quantity} in evaluation is farthest from training at layer ${worst.x}`;
      isNamed = true;
      return `${lead}, ${used} instead of ${trained}${ratio}`;
    }),
  );
}

/** In decades where both are positive, else as they are: either finds the layer that is farthest off. */
const distance = (a: number, b: number) =>
  a > 0 && b > 0 ? Math.abs(Math.log(b / a)) : Math.abs(b - a);

const span = (values: readonly number[], format: (value: number) => string): string => {
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
};
const deviations = (value: number) => formatSignificant(value, 2);

/** “BatchNorm: the running mean is 0.19 to 0.27 standard deviations off the batch’s, most at layer 3; …” */
export function discrepancySentence(
  lanes: readonly (Discrepancy & { name: string })[],
  kind: string,
): string {
  const ys = (points: readonly Point[]) => points.map(({ y }) => y);
  return sentence(
    lanes.map(({ name, mean, variance, final }) => {
      if (!variance.length) return `${name} has no ${kind} over the batch`;
      if ([...mean, ...variance].some(({ y }) => !Number.isFinite(y))) return `${name}: not finite`;
      const deviation = `the running deviation ${span(ys(variance), percent)}`;
      if (!mean.length) {
        const end = final ? `; at the final norm ${percent(final.variance)}` : '';
        return `${name}: ${deviation} off the batch’s, most at layer ${most(variance)}${end}`;
      }
      const end = final
        ? `; at the final norm ${deviations(final.mean)} and ${percent(final.variance)}`
        : '';
      return `${name}: the running mean is ${span(ys(mean), deviations)} standard deviations off the batch’s, most at layer ${most(mean)}, ${deviation}${end}`;
    }),
  );
}

const most = (points: readonly Point[]) => points.reduce((a, b) => (b.y > a.y ? b : a)).x;

/** “changing the last token moves earlier outputs by 27 % (batch statistics), 0 % (running statistics)” */
export const leakClause = ({ training, evaluation }: Leak): string =>
  `changing the last token moves earlier outputs by ${percent(training)} (batch statistics), ${percent(evaluation)} (running statistics)`;

export interface ToldPositions {
  name: string;
  points: readonly Point[];
  /** Tokens of the sequences in training. */
  trained: number;
}

/** “Loss of pre-LN: 3.40 on average at positions 0 to 31, as in training, 5.20 past them.” */
export function positionSentence(lanes: readonly ToldPositions[], quantity: string): string {
  if (!lanes.length) return NOT_EVALUATED_YET;
  let isNamed = false;
  return sentence(
    lanes.map(({ name, points, trained }) => {
      const finite = points.filter(({ y }) => Number.isFinite(y));
      if (!finite.length)
        return points.length ? `${name}: not finite` : `${name} has no ${quantity} by position`;
      const longer = points.length > trained;
      const cut = longer ? trained : Math.ceil(points.length / 2);
      const [early, late] = [
        meanBetween(points, 0, cut),
        meanBetween(points, cut, points.length),
      ].map((mean) => (mean === null ? 'nothing' : formatSignificant(mean)));
      if (points.length < 2) return `${name}: ${quantity} ${early} at the one position`;
      if (isNamed) return `${name}: ${early} and ${late}`;
      isNamed = true;
      const first = cut > 1 ? `positions 0 to ${cut - 1}` : 'position 0';
      return longer
        ? `${quantity} of ${name} is ${early} on average at ${first}, as in training, and ${late} past them`
        : `${quantity} of ${name} is ${early} on average at ${first}, and ${late} after`;
    }),
  );
}

/** “Step 128: BatchNorm has loss 2.57 in training and 2.91 in evaluation.” */
export function numbersSentence(
  rows: readonly { name: string; step: number; loss: readonly [number, number] }[],
): string {
  if (!rows.length) return NOT_EVALUATED_YET;
  const step = Math.max(...rows.map((row) => row.step));
  const isOne = rows.every((row) => row.step === step);
  let isNamed = false;
  const told = atSteps(rows).map(({ name, loss: [trained, used] }) => {
    const [a, b] = [trained, used].map((y) => formatSignificant(y));
    if (same(trained, used, 1e-3)) return `${name} has loss ${a} in training and evaluation`;
    const clause = isNamed
      ? `${name} ${a} and ${b}`
      : `${name} has loss ${a} in training and ${b} in evaluation`;
    isNamed = true;
    return clause;
  });
  return isOne ? `Step ${step}: ${told.join('; ')}.` : sentence(told);
}
