import type { Attention, LaneAttention, Looking } from '../../../inspect/readings';
import { formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { tokenName } from '../symbols';
import { inLanes } from './clauses';

/** A place in a row of so many, the nearest one past an end. */
export const within = (place: number, count: number): number =>
  Math.max(0, Math.min(place, count - 1));

/** The weights of one head, row by row: NaN where a query may not read, ∞ for what is not finite. */
export function headPattern({ T, causal, pattern }: LaneAttention, head: number): Float32Array {
  return pattern.slice(head * T * T, (head + 1) * T * T).map((weight, i) => {
    if (causal && i % T > Math.floor(i / T)) return NaN;
    return Number.isFinite(weight) ? weight : Infinity;
  });
}

/** The least weight that a logarithmic scale tells from 0: a thousandth, or less where rows are long. */
export const leastDecade = (T: number): number => -Math.max(3, Math.ceil(Math.log10(4 * T)));

export const tokenOf = (
  { vocabulary }: InspectedLane,
  { symbols }: LaneAttention,
  position: number,
) => tokenName(vocabulary, symbols?.[position], position);

/** “the” (12) reads “e” (3): 0.42 */
export function cellText(
  lane: InspectedLane,
  of: LaneAttention,
  query: number,
  key: number,
  weight: number,
): string {
  const [reader, read] = [query, key].map((position) => tokenOf(lane, of, position));
  if (Number.isNaN(weight)) return `${reader} may not read ${read}`;
  return `${reader} reads ${read}: ${Number.isFinite(weight) ? formatSignificant(weight) : 'not finite'}`;
}

/** The head that gives a key most, of those for which that is defined. */
export function mostGiving({ received }: LaneAttention, key: number) {
  let most: { head: number; given: number } | null = null;
  received.forEach((row, head) => {
    const given = row[key] ?? NaN;
    if (Number.isFinite(given) && given > (most?.given ?? -Infinity)) most = { head, given };
  });
  return most as { head: number; given: number } | null;
}

/** Of one lane, which head looks at a token most. */
export function tellGiving(lane: InspectedLane, of: LaneAttention, key: number): string {
  const token = tokenOf(lane, of, key);
  const most = mostGiving(of, key);
  if (!most) {
    const isLast = key === of.T - 1 && (of.causal || of.T === 1);
    return isLast ? `no other query may read ${token}` : `nothing finite is given to ${token}`;
  }
  const { head, given } = most;
  if (of.heads === 1) return `the one head gives ${token} ${formatSignificant(given)} on average`;
  return `of all heads, head ${head} gives ${token} most, ${formatSignificant(given)} on average`;
}

function tellHead(of: LaneAttention, head: number): string {
  if (head >= of.heads) return `has ${of.heads === 1 ? 'one head' : `${of.heads} heads`} alone`;
  const [entropy, sink] = [of.entropy[head]!, of.sink[head]!];
  if (!Number.isFinite(entropy)) {
    return of.T < 2 ? 'one token, which reads itself' : 'not finite';
  }
  return `entropy ${formatSignificant(entropy)} of 1, ${formatSignificant(sink)} on position 0`;
}

export function tellAttention(
  reading: Attention,
  lanes: readonly InspectedLane[],
  { head, token }: Pick<Looking, 'head' | 'token'>,
): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return 'No lane has attention here.';
  return inLanes(
    `Head ${head} of layer ${reading.layer}`,
    there.map(({ lane, of }) => [
      lane.name,
      `${tellHead(of, head)}; ${tellGiving(lane, of, within(token, of.T))}`,
    ]),
  );
}
