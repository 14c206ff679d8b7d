import { formatSignificant } from '../lib/significant';
import type { Claim, Measures, Outcome, Run, Spread } from './claim';

type Spreads<M> = { [Name in keyof M]: Spread };

/** A claim whose predicate and sentence know the names that its measure gives, and whose measure knows its lanes. */
interface Definition<Lanes extends readonly string[], M extends Measures> extends Omit<
  Claim,
  'lanes' | 'measure' | 'predicate' | 'says'
> {
  lanes: Lanes;
  measure(runs: { readonly [Lane in keyof Lanes]: Run }): M;
  predicate(measured: Spreads<M>): Outcome;
  says(measured: Spreads<M>): string;
}

export const defineClaim = <const Lanes extends readonly string[], M extends Measures>(
  definition: Definition<Lanes, M>,
): Claim => definition as unknown as Claim;

/** The mean of a measure as a sentence has it. */
export const said = ({ mean }: Spread, digits = 3): string => formatSignificant(mean, digits);

/** A share as a whole percentage. */
export const saidPercent = ({ mean }: Spread): string => `${(100 * mean).toFixed(0)} %`;
