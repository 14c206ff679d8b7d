import type { Outcome, Result, Spread } from '../../src/claims/claim';
import { spreadOf } from '../../src/claims/judge';
import { stream } from '../../src/lib/random';

/** Values that are planted for a stored mean: itself, more, less, of the other sign, and the plain numbers that thresholds are near. */
const PLANTS: ((mean: number) => number)[] = [
  (mean) => mean,
  (mean) => 300 * mean,
  (mean) => 3 * mean,
  (mean) => 1.3 * mean,
  (mean) => 1.05 * mean,
  (mean) => 0.8 * mean,
  (mean) => mean / 3,
  (mean) => mean / 100,
  (mean) => -mean,
  () => 0,
  () => 0.03,
  () => 0.3,
  () => 1,
  () => 10,
  () => 1000,
];
const TRIES = 4000;

/** Planted measures beside the stored ones of a claim: every seed alike, all numbers by one plant first, then each by its own. */
export function* planted({ measured, seeds }: Result): Generator<Record<string, Spread>> {
  yield measured;
  const { integer } = stream(1, 'planted measures');
  const draw = () => PLANTS[integer(PLANTS.length)]!;
  for (let i = 0; i < TRIES; i++) {
    const common = i < PLANTS.length ? PLANTS[i] : undefined;
    yield Object.fromEntries(
      Object.entries(measured).map(([name, { mean }]) => {
        const plant = common ?? draw();
        return [name, spreadOf(Array.from({ length: seeds }, () => plant(mean)))];
      }),
    );
  }
}

/** The outcomes that a predicate comes to over planted measures, in no order. */
export function outcomesOf(
  predicate: (measured: Record<string, Spread>) => Outcome,
  result: Result,
): Set<Outcome> {
  const found = new Set<Outcome>();
  for (const measured of planted(result)) {
    found.add(predicate(measured));
    if (found.size === 3) break;
  }
  return found;
}
