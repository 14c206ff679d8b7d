import type { LanePrediction, Prediction } from '../../../inspect/readings';
import { percent } from '../../../lib/percent';
import { formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { symbolText } from '../symbols';
import { inLanes } from './clauses';

/** A rank is whole; the median of an even number of them may lie between two. */
export const formatRank = (rank: number): string =>
  Number.isInteger(rank) ? String(rank) : formatSignificant(rank);

/** The curves by depth: their axes, and how a number of them is told. */
export const CURVES = {
  crossEntropy: {
    ...{ label: 'cross-entropy', title: 'Mean over the counted tokens, in nats' },
    ...{ unit: 'nats', kind: 'linear', better: 'lower', say: formatSignificant },
  },
  entropy: {
    ...{ label: 'entropy', title: 'Of the predicted distribution, in nats' },
    ...{ unit: 'nats', kind: 'linear', better: null, say: formatSignificant },
  },
  accuracy: {
    ...{ label: 'accuracy', title: 'Share of counted tokens whose likeliest symbol is right' },
    ...{ unit: '', kind: 'linear', better: 'higher', say: percent },
  },
  rank: {
    ...{ label: 'rank', title: 'Median rank of the target, 1 for the likeliest' },
    ...{ unit: '', kind: 'log', better: 'lower', say: formatSignificant },
  },
} as const satisfies Record<
  string,
  {
    label: string;
    title: string;
    unit: string;
    kind: 'log' | 'linear';
    better: 'lower' | 'higher' | null;
    say(value: number): string;
  }
>;
export type Curve = keyof typeof CURVES;
export const CURVE_IDS = Object.keys(CURVES) as Curve[];

/** “the embedding”, “layer 3”: the place after which the stream is read. */
export const afterName = (l: number): string => (l === 0 ? 'the embedding' : `layer ${l - 1}`);

function tellCurve(values: readonly number[], curve: Curve): string {
  const { say, better } = CURVES[curve];
  const [first, last] = [values[0]!, values.at(-1)!];
  const lost = values.findIndex((value) => !Number.isFinite(value));
  if (lost >= 0) {
    return values.some((value) => Number.isFinite(value))
      ? `not finite at ${afterName(lost)}`
      : 'nothing is finite';
  }
  if (values.length < 2) return say(first);
  const steps = values.slice(1).map((value, l) => value - values[l]!);
  const total = last - first;
  const [from, to] = [say(first), say(last)];
  if (from === to) return `${from} at the embedding and at the end`;
  const most = steps.reduce((a, step, l) => (step * total > steps[a]! * total ? l : a), 0);
  const verb = total < 0 ? 'falls' : 'rises';
  const best =
    better === 'lower' ? Math.min(...values) : better === 'higher' ? Math.max(...values) : last;
  const isPast = say(best) !== to;
  const dip = isPast ? `, best ${say(best)} after ${afterName(values.indexOf(best))}` : '';
  return `${verb} from ${from} at the embedding to ${to}, most in layer ${most}${dip}`;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** One curve of all lanes in words. */
export function tellByDepth(
  reading: Prediction,
  lanes: readonly InspectedLane[],
  curve: Curve,
): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return 'No lane predicts symbols.';
  return inLanes(
    capitalized(CURVES[curve].label),
    there.map(({ lane, of }) => [lane.name, tellCurve(of[curve], curve)]),
  );
}

/** The share by which bins are too sure, in words. */
function tellBins({ calibration, ece }: LanePrediction): string {
  if (!Number.isFinite(ece)) return 'calibration error not finite';
  const counted = calibration.filter(({ count }) => count > 0);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const excess =
    counted.reduce(
      (sum, { count, confidence, accuracy }) => sum + count * (confidence - accuracy),
      0,
    ) / Math.max(1, total);
  const told = `calibration error ${percent(ece)}`;
  if (Math.abs(excess) < ece / 2) return told;
  return `${told}, ${excess > 0 ? 'too sure' : 'not sure enough'} by ${percent(Math.abs(excess))} on average`;
}

export function tellCalibration(reading: Prediction, lanes: readonly InspectedLane[]): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return 'No lane predicts symbols.';
  return inLanes(
    'The output',
    there.map(({ lane, of }) => [lane.name, tellBins(of)]),
  );
}

export const tellPrediction = (reading: Prediction, lanes: readonly InspectedLane[]): string =>
  present(reading.lanes, lanes).length
    ? `${tellByDepth(reading, lanes, 'crossEntropy')} ${tellCalibration(reading, lanes)}`
    : tellByDepth(reading, lanes, 'crossEntropy');

/** The depth from which the target stays the likeliest symbol, and what is likeliest at the end. */
export function tellToken(lane: InspectedLane, of: LanePrediction, token: string): string {
  const name = (symbol: number) => `“${symbolText(lane.vocabulary, symbol) ?? symbol}”`;
  const last = of.tops.length - 1;
  const top = of.tops[last]?.[0];
  const end = top ? `${name(top.symbol)} is likeliest at the end, ${percent(top.p)}` : '';
  if (of.target < 0) {
    return `After ${token} in ${lane.name} no target is counted${end && `; ${end}`}.`;
  }
  const ranks = of.targetRank;
  const lost = ranks.findLastIndex((rank) => rank !== 1);
  const stays =
    lost === ranks.length - 1
      ? `${end && `; ${end}`}; the target’s rank there is ${formatRank(ranks.at(-1) ?? NaN)}`
      : `; it is the likeliest ${lost < 0 ? 'at every depth' : `from ${lost + 1 === ranks.length - 1 ? 'the last layer' : afterName(lost + 1)} on`}, ${percent(of.targetP.at(-1)!)} at the end`;
  return `After ${token} in ${lane.name} the target is ${name(of.target)}${stays}.`;
}

/** The range of the logits. */
export function tellLogits(reading: Prediction, lanes: readonly InspectedLane[]): string {
  const { edges, counts } = reading.logits;
  const told = lanes.flatMap(({ name }, i): [string, string][] => {
    const row = counts[i];
    if (!row) return [];
    const first = row.findIndex((count) => count > 0);
    if (first < 0) return [[name, 'none is finite']];
    const last = row.findLastIndex((count) => count > 0);
    const [low, high] = [edges[first]!, edges[last + 1]!].map((edge) => formatSignificant(edge));
    return [[name, `from ${low} to ${high}`]];
  });
  return told.length ? inLanes('Logits', told) : 'No lane has logits.';
}
