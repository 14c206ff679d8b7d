import type { AboutSite, AboutStatistic } from './statistics';

/** One lane held against another: what is computed, and its words. */
interface Kind {
  of(value: number, base: number): number;
  /** The result where both are the same. */
  same: number;
  /** Tests of a base that a value can be held against. */
  holds(base: number): boolean;
  /** Between the names of the two, in a menu and in a sentence. */
  sign: string;
  word: string;
}

export const COMPARISONS = {
  ratio: {
    of: (value, base) => value / base,
    same: 1,
    holds: (base) => Number.isFinite(base) && base !== 0,
    sign: '÷',
    word: 'over',
  },
  difference: {
    of: (value, base) => value - base,
    same: 0,
    holds: Number.isFinite,
    sign: '−',
    word: 'minus',
  },
} satisfies Record<string, Kind>;

export type Comparison = keyof typeof COMPARISONS;

/**
 * The comparison of a statistic with that of another lane. On a logarithmic axis it is larger or smaller so many
 * times. Cosines, shares, losses and counts may be 0, or next to it, where a ratio says nothing: by how much
 * they differ does.
 */
export const comparedBy = ({
  log,
  counts,
}: Pick<AboutStatistic, 'log'> & Pick<Partial<AboutSite>, 'counts'>): Comparison =>
  log && !counts ? 'ratio' : 'difference';

/** A value held against a base; null where the base has none to hold it against. What is not finite stays what it is. */
export function compared(kind: Comparison, value: number, base: number | undefined): number | null {
  if (!Number.isFinite(value)) return value;
  const { of, holds } = COMPARISONS[kind];
  return base !== undefined && holds(base) ? of(value, base) : null;
}

/** Numbers of layers of a lane and of its baseline, which stand over one another by fraction of depth. */
export interface Depths {
  own: number;
  base: number;
}

/**
 * The value of a baseline at the depth of a layer of another model: between the middles of two of its layers linear, or
 * geometric where values are told as ratios; before its first middle and after its last that layer's value.
 *
 * @param layer of the other model, from 0
 */
export function atDepth<Value extends number | undefined>(
  kind: Comparison,
  valueAt: (layer: number) => Value,
  layer: number,
  { own, base }: Depths,
): Value | number {
  const place = Math.min(Math.max(((layer + 0.5) * base) / own - 0.5, 0), base - 1);
  const share = place % 1;
  const low = valueAt(Math.floor(place));
  const high = valueAt(Math.ceil(place));
  if (low === undefined || high === undefined || !share) return low;
  const mixed = (a: number, b: number) => a * (1 - share) + b * share;
  return kind === 'ratio' ? Math.exp(mixed(Math.log(low), Math.log(high))) : mixed(low, high);
}
