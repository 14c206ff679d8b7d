import { shapeOf } from '../config/sites';
import { quantile } from '../lib/quartiles';
import type { Raw, RawTensor } from '../protocol/raw';
import { fallingOrder, float64, largestOf, rowLengths, sortedFinite } from './numbers';
import type { LaneChannels, MassiveElement, Spot } from './readings';
import { ofLanes, siteAt, type View } from './view';

const TOPS = [1, 4, 16] as const;
const MOST_MASSIVE = 32;
const MOST_SPIKES = 16;
/** An activation is massive above this size, and above this many times the median size (Sun et al. 2024, section 2). */
const MASSIVE = { size: 100, ratio: 1000 };

/** The tensor at a place that has a row for every token, or null. [B, T, D] */
export function tokensAt(place: string, raw: Raw): RawTensor | null {
  const site = siteAt(place, raw.config);
  return (site && shapeOf(site) !== 'BHTT' && raw.values[place]) || null;
}

const medianOf = (sorted: Float32Array): number => (sorted.length ? quantile(sorted, 0.5) : NaN);

/** Mean square of every channel over tokens. x: [N, D] → [D] */
function channelSquares(x: Float32Array, D: number): Float64Array {
  const squares = new Float64Array(D);
  for (let i = 0; i < x.length; i++) squares[i % D]! += x[i]! ** 2;
  const N = x.length / D;
  return squares.map((total) => total / N);
}

/** Elements that are massive beside this median, by their places, the largest first. */
function massiveIn(x: Float32Array, median: number): { places: number[]; count: number } {
  const bound = Math.max(MASSIVE.size, MASSIVE.ratio * median);
  const places: number[] = [];
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]!) > bound) places.push(i);
  const largest = largestOf(places.length, (i) => Math.abs(x[places[i]!]!), MOST_MASSIVE);
  return { places: largest.map((i) => places[i]!), count: places.length };
}

/** Channels and tokens of a site. tensor: [B, T, D] */
function channelsOf({ shape, data }: RawTensor, { batch }: Raw): LaneChannels {
  const [, T, D] = shape as [number, number, number];
  const spot = (n: number): Spot => ({
    sequence: Math.floor(n / T),
    position: n % T,
    symbol: batch?.inputs[n] ?? null,
  });

  const squares = channelSquares(data, D);
  const order = fallingOrder(squares);
  const total = squares.reduce((sum, square) => sum + square, 0);
  const share = (top: number) =>
    order.slice(0, top).reduce((sum, j) => sum + squares[j]!, 0) / total;

  const median = medianOf(sortedFinite(data.map(Math.abs)));
  const { places, count } = massiveIn(data, median);

  const tokenRms = rowLengths(float64(data), D).map((length) => length / Math.sqrt(D));
  const typical = medianOf(sortedFinite(Float32Array.from(tokenRms)));
  const spikes = largestOf(tokenRms.length, (n) => tokenRms[n]!, MOST_SPIKES);
  return {
    order,
    rms: order.map((j) => Math.sqrt(squares[j]!)),
    shares: TOPS.filter((top) => top <= D).map((top) => ({ top, share: share(top) })),
    median,
    massive: places.map((i): MassiveElement => ({
      ...spot(Math.floor(i / D)),
      ...{ channel: i % D, value: data[i]! },
    })),
    massiveCount: count,
    tokenRms: Array.from(tokenRms),
    spikes: spikes.map((n) => ({
      ...spot(n),
      ...{ rms: tokenRms[n]!, ratio: tokenRms[n]! / typical },
    })),
  };
}

/** Channels and tokens of what flows at a site. */
export const channels: View<'channels'> = {
  by: ['place'],
  wanted({ place }, config) {
    const site = siteAt(place, config);
    return site ? { values: [site] } : {};
  },
  read: ({ place }, lanes) => ({
    lanes: ofLanes(lanes, (raw) => {
      const tensor = tokensAt(place, raw);
      return tensor && channelsOf(tensor, raw);
    }),
  }),
};
