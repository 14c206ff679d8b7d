import { expect, test } from 'vitest';
import { depthLines } from './depth';
import { median, quantile } from './numbers';
import type { Row } from './row';
import { isMet, targetsOf } from './targets';

const row = (part: Partial<Row>): Row => ({
  engine: 'replayed',
  host: 'browser',
  backend: 'webgpu',
  adapter: 'some card',
  n_layers: 12,
  d_model: 64,
  seq_len: 32,
  batch_size: 4,
  statistics: false,
  step_ms: 10,
  compile_ms: 0,
  ...part,
});

test('quantiles are between the nearest values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
});

test('a layer’s cost is a line through depths from 4 on, of powers of two', () => {
  const times = { 2: 99, 4: 14, 8: 18, 12: 99, 16: 28 };
  const rows = Object.entries(times).map(([L, step_ms]) => row({ n_layers: Number(L), step_ms }));
  const [line] = depthLines(rows, 'step_ms');
  expect(line).toMatchObject({ engine: 'replayed', segments: [1, 1.25] });
  // Least squares of (4, 14), (8, 18), (16, 28): 88/74.67.
  expect(line!.slope).toBeCloseTo(1.1786, 3);
  expect(line!.spread).toBeCloseTo(1 - 1 / 1.1786, 3);
  expect(depthLines(rows.slice(0, 3), 'step_ms')).toEqual([]);
});

test('on WebGPU: JavaScript beside plain TensorFlow.js, dispatches and submits at depth 12', () => {
  const targets = targetsOf([
    row({ js_ms: 0.3 }),
    row({ statistics: true, step_ms: 12, dispatches: 390, submits: 1 }),
    row({ engine: 'plain_tfjs', step_ms: 100, js_ms: 60 }),
  ]);
  expect(targets.map((target) => [target.what, target.measured, isMet(target)])).toEqual([
    ['L=12 d=64 T=32 B=4: statistics on/off', 1.2, false],
    ['L=12 d=64 T=32 B=4: JavaScript, replayed/plain_tfjs', 0.005, true],
    ['L=12 d=64 T=32 B=4: dispatches with statistics', 390, true],
    ['L=12 d=64 T=32 B=4: submits with statistics', 1, true],
  ]);
});

test('on wasm: shares of the other engines’ time, where both were measured', () => {
  const targets = targetsOf([
    row({ engine: 'unrecorded', backend: 'wasm', step_ms: 10 }),
    row({ engine: 'plain_tfjs', backend: 'wasm', step_ms: 80 }),
    row({ engine: 'jax_js', backend: 'wasm', step_ms: 20 }),
  ]);
  expect(targets.map(({ what, measured, most }) => [what, measured, most])).toEqual([
    ['L=12 d=64 T=32 B=4: step, unrecorded/plain_tfjs', 0.125, 0.125],
    ['L=12 d=64 T=32 B=4: step, unrecorded/jax_js', 0.5, 0.4],
  ]);
});
