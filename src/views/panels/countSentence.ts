import type { Direction } from '../../config/statistics';
import { EMBED } from '../../plot/depth';
import { formatCount } from '../../plot/format';
import { atSteps, NOTHING_YET, sentence, type Told } from './sentences';

/** “The line: fp16 max 65504.” */
export const rangeSentence = (limits: readonly { label: string }[]): string =>
  limits.length
    ? `${limits.length > 1 ? 'Lines' : 'Line'}: ${limits.map(({ label }) => label).join(', ')}.`
    : '';

const placeName = (x: number) => (x === EMBED ? 'the embedding' : `layer ${x}`);

/** “between layers 11 and 8”, “at layer 3”: first what the pass comes to first. */
function between(places: number[], direction: Direction): string {
  const order = direction === 'forward' ? places : places.toReversed();
  const [first, last] = [order[0]!, order.at(-1)!];
  if (first === last) return `at ${placeName(first)}`;
  return first !== EMBED && last !== EMBED
    ? `between layers ${first} and ${last}`
    : `between ${placeName(first)} and ${placeName(last)}`;
}

/** “Fp16: 312 numbers became 0 on the way back between layers 11 and 8; fp32 is not rounded.” */
export function countSentence(
  lanes: readonly Told[],
  fate: 'became 0' | 'overflowed',
  direction: Direction,
  /** At which site, where it is one alone. */
  site: string | null,
): string {
  if (!lanes.length) return NOTHING_YET;
  const way = direction === 'forward' ? '' : ' on the way back';
  const at = site ? ` at ${site}` : '';
  let range: string | null = null;
  return sentence(
    atSteps(lanes).map(({ name, points }) => {
      if (!points.length) return `${name} is not rounded`;
      const hit = points.filter(({ y }) => y > 0);
      if (!hit.length) return `${name}: no number ${fate}${way}${at}`;
      const total = hit.reduce((sum, { y }) => sum + y, 0);
      const places = hit.map(({ x }) => x);
      const where = between(places, direction);
      // The clause of the lane before holds of this one, too.
      const again = range !== null;
      const same = range === where;
      range = where;
      if (again) return `${name}: ${formatCount(total)}${same ? '' : ` ${where}`}`;
      const what = total === 1 ? '1 number' : `${formatCount(total)} numbers`;
      return `${name}: ${what} ${fate}${way}${at} ${where}`;
    }),
  );
}
