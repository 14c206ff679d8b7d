import type { Comparison } from '../../../config/comparison';
import type { Point } from '../../../plot/trace';
import { formatSignificant } from '../../../plot/format';
import { layersOf } from '../sentences';

/** Layers part into near and far ones where the near are off by at most this share of the most. */
const NEAR = 0.4;
/** Deviations that are told as one, however they are spread. */
const SMALL: Record<Comparison, number> = { ratio: 0.02, difference: 0.02 };
/** From here on a ratio is told in times. */
const TIMES = 2;

const percentage = (share: number): string => {
  const value = 100 * share;
  return `${value >= 10 ? value.toFixed(0) : value >= 0.95 ? Math.round(value) : Number(value.toPrecision(1))}\u00A0%`;
};

interface Deviation {
  x: number;
  /** Of a ratio the larger over the smaller less 1, else the size of the difference. */
  by: number;
  /** Measured is more than predicted. */
  isAbove: boolean;
}

/** By how much every layer that has both is off. */
export function deviations(
  measured: readonly Point[],
  predicted: readonly Point[],
  by: Comparison,
): Deviation[] {
  const theory = new Map(predicted.map(({ x, y }) => [x, y]));
  return layersOf(measured).flatMap(({ x, y }) => {
    const p = theory.get(x);
    if (p === undefined || !Number.isFinite(p)) return [];
    const isAbove = y > p;
    if (by === 'difference') return [{ x, by: Math.abs(y - p), isAbove }];
    if (y === p) return [{ x, by: 0, isAbove }];
    return p > 0 ? [{ x, by: Math.max(y / p, p / y) - 1, isAbove }] : [];
  });
}

/** Nothing is said to be nearer than that. */
const LEAST = 1e-3;

/** Rounded up: what is within it is. */
const within = (deviation: number, kind: Comparison): string => {
  const by = Math.max(LEAST, deviation);
  const digits = 10 ** Math.floor(Math.log10(by));
  const up = Number((Math.ceil(by / digits - 1e-9) * digits).toPrecision(1));
  return kind === 'difference' ? formatSignificant(up, 1) : percentage(up);
};

const amount = ({ by, isAbove }: Deviation, kind: Comparison): string => {
  if (kind === 'difference') return `${formatSignificant(by, 2)} off`;
  if (by + 1 < TIMES) return percentage(by);
  return `${formatSignificant(by + 1, 2)} times too ${isAbove ? 'large' : 'small'}`;
};

/** “Within 3 % up to layer 9, 12 % at the top”; null where nothing can be compared. */
export function residual(
  measured: readonly Point[],
  predicted: readonly Point[],
  kind: Comparison,
): string | null {
  const all = deviations(measured, predicted, kind);
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return null;
  const broken = all.find(({ by }) => !Number.isFinite(by));
  if (broken) return `not finite at layer ${broken.x}`;
  const most = all.reduce((a, b) => (b.by > a.by ? b : a));
  if (most.by <= SMALL[kind] || all.length < 3) return `within ${within(most.by, kind)}`;
  const isNear = ({ by }: Deviation) => by <= NEAR * most.by;
  const at = most === last && all.length > 1 ? 'at the top' : `at layer ${most.x}`;
  const far = `${amount(most, kind)} ${at}`;
  const [from, to] = [
    all.findLastIndex((one) => !isNear(one)) + 1,
    all.findIndex((one) => !isNear(one)),
  ];
  const worst = (part: Deviation[]) =>
    within(Math.max(...part.map(({ by }) => by)) || SMALL[kind], kind);
  // Half of the layers make a rule, to which the rest is the exception.
  if (2 * to >= all.length)
    return `within ${worst(all.slice(0, to))} up to layer ${all[to - 1]!.x}, ${far}`;
  if (2 * (all.length - from) >= all.length)
    return `within ${worst(all.slice(from))} from layer ${all[from]!.x}, ${far}`;
  return most.by + 1 < TIMES || kind === 'difference' ? `within ${within(most.by, kind)}` : far;
}
