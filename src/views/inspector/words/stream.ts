import type { LaneStream, Looking, Part, Stream } from '../../../inspect/readings';
import type { Bar, BarStyle } from '../../../plot/BarPlot';
import { formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { within } from './attention';
import { inLanes } from './clauses';

export const MEASURES = ['ratio', 'cosine', 'share'] as const;
export type Measure = (typeof MEASURES)[number];

/** A token of the batch, or null for the mean of all. */
export type At = Pick<Looking, 'sequence' | 'token'> | null;

/** The looks and names of parts by what they are of. */
export const KINDS: Record<Part['of'], { style: BarStyle; name: string }> = {
  embed: { style: 'full', name: 'embedding' },
  attn: { style: 'full', name: 'attention' },
  mlp: { style: 'faint', name: 'MLP' },
  bias: { style: 'hollow', name: 'norm biases' },
  rest: { style: 'hollow', name: 'rest' },
};

/** “the attention of layer 3”, “the embedding” */
export const partName = ({ of, layer }: Part): string =>
  layer === null ? `the ${KINDS[of].name}` : `the ${KINDS[of].name} of layer ${layer}`;

/** A number for every part. */
export function valuesOf(stream: LaneStream, measure: Measure, at: At, T: number): number[] {
  if (!at) return stream.means[measure];
  return stream[measure].map((tokens) => {
    const sequences = Math.max(1, Math.floor(tokens.length / T));
    return tokens[within(at.sequence, sequences) * T + within(at.token, T)] ?? NaN;
  });
}

/** A rest smaller than this comes from rounding. */
const ROUNDING = 1e-4;
/** A part points against the stream where it takes away more than this share of what the largest adds. */
const AGAINST = 0.01;

/** The parts as bars by depth. */
export const barsOf = (stream: LaneStream, values: readonly number[], n_layers: number): Bar[] =>
  stream.parts.flatMap((part, i) => {
    const value = values[i] ?? NaN;
    // A rest that rounding leaves is no part.
    if (part.of === 'rest' && Math.abs(value) < ROUNDING) return [];
    return [
      {
        label: part.name,
        kind: KINDS[part.of].name,
        style: KINDS[part.of].style,
        at: part.of === 'embed' ? -1 : (part.layer ?? n_layers),
        value,
      },
    ];
  });

const UNITS: Record<Measure, (value: string) => string> = {
  ratio: (value) => `${value} of the final stream’s norm`,
  cosine: (value) => `cosine ${value}`,
  share: (value) => `share ${value}`,
};

function tellLane(stream: LaneStream, values: readonly number[], measure: Measure): string {
  const finite = values.flatMap((value, i) =>
    Number.isFinite(value) && stream.parts[i]!.of !== 'rest' ? [{ value, i }] : [],
  );
  if (!finite.length) return 'nothing is finite';
  const [first, ...rest] = finite as [(typeof finite)[number], ...typeof finite];
  const most = rest.reduce((a, b) => (b.value > a.value ? b : a), first);
  const least = rest.reduce((a, b) => (b.value < a.value ? b : a), first);
  const name = (at: typeof first) => partName(stream.parts[at.i]!);
  const say = (at: typeof first) => UNITS[measure](formatSignificant(at.value));
  if (most.i === least.i) return `${name(most)} is all there is, ${say(most)}`;
  const against =
    least.value < -AGAINST * Math.abs(most.value)
      ? `, ${name(least)} points against it, ${say(least)}`
      : '';
  return `largest is ${name(most)}, ${say(most)}${against}`;
}

/** The parts of the final stream in words. */
export function tellParts(
  reading: Stream,
  lanes: readonly InspectedLane[],
  measure: Measure,
  at: At,
): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return 'No lane has a stream to take apart.';
  const where = at
    ? `At position ${at.token} of sequence ${at.sequence}`
    : 'In the mean over tokens';
  return inLanes(
    `${where},`,
    there.map(({ lane, of }) => [
      lane.name,
      tellLane(of, valuesOf(of, measure, at, lane.config.seq_len), measure),
    ]),
  );
}

export const tellStream = (reading: Stream, lanes: readonly InspectedLane[]): string =>
  tellParts(reading, lanes, 'share', null);

/** “the stream before block 3” of its depth. */
export const depthName = (l: number, last: number): string =>
  l === 0 ? 'the embedding' : l === last ? 'the final stream' : `the stream after layer ${l - 1}`;

/** The block that turns the stream most, and the angle from end to end, in half turns. */
export function tellAngles(name: string, angles: readonly (readonly number[])[]): string {
  const last = angles.length - 1;
  const turns = angles.slice(1).map((row, l) => row[l]!);
  if (last < 1) return `In ${name} there is one depth alone.`;
  if (!turns.every(Number.isFinite)) return `In ${name} not every angle is finite.`;
  const most = turns.indexOf(Math.max(...turns));
  const whole = angles[0]![last]!;
  return `In ${name} the stream turns most in layer ${most}, by ${formatSignificant(turns[most]!)} half turns; from the embedding to the end by ${formatSignificant(whole)}.`;
}

/** The gain that is farthest from 1, as a ratio, and its layer. */
function farthest(gains: readonly number[]): string {
  const finite = gains.flatMap((value, layer) =>
    value > 0 && value < Infinity ? [{ value, layer }] : [],
  );
  if (!finite.length) return 'none that is finite';
  const far = ({ value }: { value: number }) => Math.abs(Math.log(value));
  const { value, layer } = finite.reduce((a, b) => (far(b) > far(a) ? b : a));
  return `${formatSignificant(value)} in layer ${layer}`;
}

/** The block whose gain is farthest from 1, of each lane that has gains. */
export function tellGains(lanes: readonly InspectedLane[]): string {
  const told = lanes.flatMap(({ name, gains }): [string, string][] =>
    gains
      ? [[name, `forward ${farthest(gains.forward)}, backward ${farthest(gains.backward)}`]]
      : [],
  );
  return told.length ? inLanes('Gain farthest from 1', told) : 'No lane has gains.';
}
