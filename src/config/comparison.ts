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
