import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { read } from '../../src/inspect/read';
import type { Readings } from '../../src/inspect/readings';
import type { Raw } from '../../src/protocol/raw';
import { lookingAt } from './support';

const [B, D] = [2, 8];
const PLACE = 'blocks.0.resid_post';

/** A lane that has these numbers at a site. */
function laneOf(data: Float32Array): Raw {
  const T = data.length / B / D;
  return {
    ...{ step: 0, config: { ...DEFAULTS, batch_size: B, seq_len: T, d_model: D } },
    batch: {
      ...{ B, T },
      inputs: Int32Array.from({ length: B * T }, (_, n) => 10 * (1 + Math.floor(n / T)) + (n % T)),
      targets: new Int32Array(B * T),
    },
    values: { [PLACE]: { shape: [B, T, D], data } },
    ...{ gradients: {}, params: {}, paramGradients: {} },
  };
}
const channelsOf = (data: Float32Array) =>
  (read(lookingAt('channels', { place: PLACE }), [laneOf(data)]) as unknown as Readings['channels'])
    .lanes[0]!;
/** ±0.1 everywhere but at these places. */
const numbers = (changes: Record<number, number> = {}, T = 3) =>
  Float32Array.from({ length: B * T * D }, (_, i) => changes[i] ?? (i % 2 ? 0.1 : -0.1));

test('massive elements are above 100 and above 1000 times the median, with their symbols', () => {
  const { massive, massiveCount, median } = channelsOf(
    numbers({ 5: 101, 36: -300, 7: 99, 8: NaN }),
  );
  expect(median).toBeCloseTo(0.1, 6);
  expect(massiveCount).toBe(2);
  expect(massive).toEqual([
    { sequence: 1, position: 1, symbol: 21, channel: 4, value: -300 },
    { sequence: 0, position: 0, symbol: 10, channel: 5, value: 101 },
  ]);
});

test('beside large numbers large ones are not massive', () => {
  const large = numbers({ 5: 900 }).map((x) => (x === 900 ? x : x * 10));
  expect(channelsOf(large).massiveCount).toBe(0); // the median is 1
});

test('more massive elements than are listed are counted', () => {
  const changes = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, 200 + i]));
  const { massive, massiveCount } = channelsOf(numbers(changes, 6));
  expect(massiveCount).toBe(40);
  expect(massive.map(({ value }) => value)).toEqual(Array.from({ length: 32 }, (_, i) => 239 - i));
});

test('spikes name their tokens, and by how much they are larger than the median token', () => {
  const { spikes, tokenRms } = channelsOf(numbers({ 16: 8 }));
  expect(spikes).toHaveLength(6);
  expect(spikes[0]).toMatchObject({ sequence: 0, position: 2, symbol: 12 });
  expect(spikes[0]!.ratio).toBeCloseTo(tokenRms[2]! / tokenRms[0]!, 5);
});

test('shares are of the sum of squares, and rise with the number of channels', () => {
  const { shares, order } = channelsOf(numbers({ 3: 5, 11: -5 }));
  expect(order[0]).toBe(3);
  expect(shares.map(({ top }) => top)).toEqual([1, 4]); // of 8 channels no 16
  const squares = [50 + 4 * 0.01, ...new Array<number>(7).fill(0.06)];
  const total = squares.reduce((a, b) => a + b);
  expect(shares[0]!.share).toBeCloseTo(squares[0]! / total, 5);
  expect(shares[1]!.share).toBeCloseTo((squares[0]! + 0.18) / total, 5);
});

test('a channel that is not finite stands first', () => {
  const { order, rms, shares } = channelsOf(numbers({ 6: NaN }));
  expect(order[0]).toBe(6);
  expect(rms[0]).toBeNaN();
  expect(shares[0]!.share).toBeNaN();
});
