import type { LaneTokens, Looking, Tokens } from '../../../inspect/readings';
import { formatCount, formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { spotName, symbolText } from '../symbols';
import { inLanes } from './clauses';

/** A number by which tokens are coloured. */
interface Coloured {
  label: string;
  unit: string;
  kind: 'log' | 'linear';
  title: string;
}
export const COLOURS = {
  loss: { label: 'loss', unit: 'nats', kind: 'linear', title: '−ln p of the target' },
  gradient: {
    label: 'gradient',
    unit: '',
    kind: 'log',
    title: 'Norm of the gradient of the loss at the place',
  },
  rms: { label: 'RMS', unit: '', kind: 'log', title: 'RMS of the token at the place' },
} as const satisfies Record<string, Coloured>;
export type Colour = keyof typeof COLOURS;
export const COLOUR_IDS = Object.keys(COLOURS) as Colour[];

/** The values of all tokens; null where the lane has none. */
export const valuesOf = (of: LaneTokens, colour: Colour): readonly number[] | null => {
  const values = of[colour];
  return values && values.length > 0 ? values : null;
};

/** The place of a token in the order of the batch. */
const spotAt = ({ T, symbols }: LaneTokens, i: number) => ({
  sequence: Math.floor(i / T),
  position: i % T,
  symbol: symbols?.[i] ?? null,
});

/** “e” (12) of sequence 3: loss 1.23, gradient 0.0141, RMS 0.98; target “t” */
export function tokenText(
  { vocabulary }: Pick<InspectedLane, 'vocabulary'>,
  of: LaneTokens,
  i: number,
): string {
  const numbers = COLOUR_IDS.flatMap((colour) => {
    const value = of[colour]?.[i];
    if (value === undefined) return [];
    if (colour === 'loss' && (of.targets?.[i] ?? 0) < 0) return ['not counted'];
    return [`${COLOURS[colour].label} ${formatSignificant(value)}`];
  });
  const target = symbolText(vocabulary, of.targets?.[i]);
  return `${spotName(vocabulary, spotAt(of, i))}: ${numbers.join(', ')}${target === null ? '' : `; target “${target}”`}`;
}

function tellLane(lane: InspectedLane, of: LaneTokens, colour: Colour): string {
  const values = valuesOf(of, colour);
  if (!values) return `no ${COLOURS[colour].label}`;
  let [sum, count, most] = [0, 0, -1];
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    sum += value;
    count++;
    if (most < 0 || value > values[most]!) most = i;
  });
  if (count === 0) return 'nothing is finite';
  const tokens = count === 1 ? 'one token' : `${formatCount(count)} tokens`;
  const mean = `mean ${formatSignificant(sum / count)} of ${tokens}`;
  if (count === 1) return mean;
  return `${mean}, largest ${formatSignificant(values[most]!)} at ${spotName(lane.vocabulary, spotAt(of, most))}`;
}

const NAMES: Record<Colour, (place: string) => string> = {
  loss: () => 'Loss',
  gradient: (place) => `Norm of the gradient at ${place}`,
  rms: (place) => `RMS at ${place}`,
};

/** The colours in words. */
export function tellColours(
  reading: Tokens,
  lanes: readonly InspectedLane[],
  colour: Colour,
  place: string,
): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return `No lane has tokens at ${place}.`;
  return inLanes(
    NAMES[colour](place),
    there.map(({ lane, of }) => [lane.name, tellLane(lane, of, colour)]),
  );
}

export const tellTokens = (
  reading: Tokens,
  lanes: readonly InspectedLane[],
  { place }: Pick<Looking, 'place'>,
): string => {
  const hasLoss = reading.lanes.some((of) => of && valuesOf(of, 'loss'));
  return tellColours(reading, lanes, hasLoss ? 'loss' : 'rms', place);
};
