import type { Asks } from './lab';
import { decadesApart, mean } from './language/numbers';

/** A prediction held against what was measured. */
export interface Score {
  isRight: boolean;
  /** Distance from the measurement; null of a choice, and where no distance is defined. */
  distance: number | null;
  /** Powers of ten, or of numbers that may be 0 the difference. */
  unit: 'decades' | 'difference' | null;
}

/** The answer to a choice, from 0 on; a number; or a value by layer, from the first on. */
export type Given = number | readonly number[];

const scored = (distance: number, most: number, unit: Score['unit']): Score => ({
  isRight: distance <= most,
  distance: Number.isFinite(distance) ? distance : null,
  unit,
});

/**
 * Mean distance of two curves by layer, in decades; NaN where they share no layer. A layer without a number in the measured
 * curve, such as one at which a quantity is not defined, is left out.
 */
export function curveDistance(given: readonly number[], measured: readonly number[]): number {
  const pairs = measured.flatMap((value, layer) =>
    Number.isFinite(value) ? [[given[layer] ?? NaN, value] as const] : [],
  );
  return mean(pairs.map(([a, b]) => decadesApart(a, b)));
}

/**
 * The score of a prediction.
 *
 * @param measured the number or the curve of the student’s own run; of a choice it is not asked for
 */
export function scoreOf(asks: Asks, given: Given, measured: Given | null): Score | null {
  if (asks.kind === 'choice') return { isRight: given === asks.answer, distance: null, unit: null };
  if (measured === null) return null;
  if (asks.kind === 'curve')
    return typeof given === 'number' || typeof measured === 'number'
      ? null
      : scored(curveDistance(given, measured), asks.decades, 'decades');
  if (typeof given !== 'number' || typeof measured !== 'number') return null;
  return asks.within === null
    ? scored(decadesApart(given, measured), asks.decades, 'decades')
    : scored(Math.abs(given - measured), asks.within, 'difference');
}
