import type { Comparison } from '../../../config/comparison';
import type { Point } from '../../../plot/trace';
import { formatSignificant } from '../../../plot/format';
import { EMBED } from '../../../plot/depth';
import { placesWhere } from '../sentences';

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

interface Pair {
  x: number;
  /** Measured. */
  y: number;
  /** Predicted. */
  p: number;
}

/** The layers, and the embedding before them, that were measured and are predicted. */
function pairs(measured: readonly Point[], predicted: readonly Point[]): Pair[] {
  const theory = new Map(predicted.map(({ x, y }) => [x, y]));
  return measured.flatMap(({ x, y }) => {
    const p = theory.get(x);
    return p !== undefined && Number.isFinite(p) ? [{ x, y, p }] : [];
  });
}

const NOT_FINITE = {
  is: ({ y }: Pair) => !Number.isFinite(y),
  tell: (where: string) => `not finite ${where}`,
};
/** Layers of which no deviation can be told, and what is told instead. */
const BROKEN: Record<Comparison, (typeof NOT_FINITE)[]> = {
  difference: [NOT_FINITE],
  ratio: [
    NOT_FINITE,
    { is: ({ y, p }) => y === 0 && p > 0, tell: (where) => `0 ${where}, where more is predicted` },
    {
      is: ({ y, p }) => y > 0 && p === 0,
      tell: (where) => `more than 0 ${where}, where 0 is predicted`,
    },
  ],
};

interface Deviation {
  x: number;
  /** Of a ratio the larger over the smaller less 1, else the size of the difference. */
  by: number;
  /** Measured is more than predicted. */
  isAbove: boolean;
}

/** The size of the deviation of a layer of which one can be told. */
const sizeOf = ({ y, p }: Pair, kind: Comparison): number => {
  if (kind === 'difference') return Math.abs(y - p);
  return y === p ? 0 : Math.max(y / p, p / y) - 1;
};

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
  const layers = pairs(measured, predicted);
  for (const { is, tell } of BROKEN[kind]) {
    const where = placesWhere(layers, is);
    if (where) return tell(where);
  }
  const all = layers.map((pair): Deviation => {
    const { x, y, p } = pair;
    return { x, by: sizeOf(pair, kind), isAbove: y > p };
  });
  const last = all.at(-1);
  if (!last) return null;
  const most = all.reduce((a, b) => (b.by > a.by ? b : a));
  if (most.by <= SMALL[kind] || all.length < 3) return `within ${within(most.by, kind)}`;
  const isNear = ({ by }: Deviation) => by <= NEAR * most.by;
  const place = most.x === EMBED ? 'at embed' : `at layer ${most.x}`;
  const at = most === last && all.length > 1 ? 'at the top' : place;
  const far = `${amount(most, kind)} ${at}`;
  const [from, to] = [
    all.findLastIndex((one) => !isNear(one)) + 1,
    all.findIndex((one) => !isNear(one)),
  ];
  const worst = (part: Deviation[]) => Math.max(...part.map(({ by }) => by)) || SMALL[kind];
  // Half of the layers make a rule, to which the rest is the exception; what is told as a factor is no rule.
  const isRule = (part: Deviation[]) =>
    part.length < all.length &&
    2 * part.length >= all.length &&
    (kind === 'difference' || worst(part) + 1 < TIMES);
  const [below, above] = [all.slice(0, Math.max(0, to)), all.slice(from)];
  if (isRule(below))
    return `within ${within(worst(below), kind)} up to layer ${below.at(-1)!.x}, ${far}`;
  if (isRule(above))
    return `within ${within(worst(above), kind)} from layer ${above[0]!.x}, ${far}`;
  return most.by + 1 < TIMES || kind === 'difference' ? `within ${within(most.by, kind)}` : far;
}
