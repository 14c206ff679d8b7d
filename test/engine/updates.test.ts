import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { stallOf } from '../../src/runs/stall';
import { measured, sessionOf, TINY, weightsOf } from './support';

/** The statistics of some updates, what is said of them, and how far each moved all weights together. */
async function updates(settings: Partial<Config>, backend: 'wasm' | 'cpu' = 'wasm', steps = 1) {
  const session = await sessionOf({ ...TINY, ...settings }, backend);
  const { config, report } = session;
  const { layout } = report;
  const results = [];
  for (let step = 0; step < steps; step++) {
    const before = await weightsOf(session);
    const frame = await measured(session, true);
    let squares = 0;
    for (const [name, { data }] of await weightsOf(session)) {
      data.forEach((w, i) => (squares += (w - before.get(name)!.data[i]!) ** 2));
    }
    const what = stallOf({ config, layout, frame })?.what;
    results.push({ ...frame.output, what, moved: Math.sqrt(squares) });
  }
  session.dispose();
  return results;
}

const HUGE = {
  ...{ placement: 'none', n_layers: 4, init_gain: 100, activation: 'relu' },
  ...{ attention: 'uniform', optimizer: 'sgd', grad_clip: 1, lr: 0.1 },
} as const satisfies Partial<Config>;

test('a gradient whose square is no float32 is measured, and clipped to what was asked for', async () => {
  // The third step on wasm is replayed from a tape.
  const [wasm, cpu] = [await updates(HUGE, 'wasm', 3), await updates(HUGE, 'cpu', 3)];
  wasm.forEach(({ grad_norm, clip_factor, moved, changed, what }, step) => {
    expect(grad_norm).toBeGreaterThan(1e25);
    expect(grad_norm / cpu[step]!.grad_norm).toBeCloseTo(1, 2);
    expect(clip_factor * grad_norm).toBeCloseTo(1, 5);
    for (const length of [moved, cpu[step]!.moved]) expect(length).toBeCloseTo(0.1, 4);
    expect([changed, what]).toEqual([1, undefined]);
  });
});

test('rate, factor and scale are those of the update that follows', async () => {
  const settings = { warmup_steps: 2, lr: 0.01, precision: 'bf16', loss_scale: 1024 } as const;
  const [first, second] = await updates(settings, 'cpu', 2);
  expect(first).toMatchObject({ lr: Math.fround(0.005), loss_scale: 1024, clip_factor: 1 });
  expect(second).toMatchObject({ lr: Math.fround(0.01), loss_scale: 1024 });
  const [fp32] = await updates({ loss_scale: 1024 });
  expect(fp32!.loss_scale).toBe(1);
  // R is of unit size, and the first scale is more than fp16 holds.
  const dynamic = { precision: 'fp16', loss_scale: 0, objective: 'random_projection' } as const;
  const scales = (await updates(dynamic, 'wasm', 2)).map(({ loss_scale }) => loss_scale);
  expect(scales).toEqual([65536, 32768]);
});

describe('an update that leaves weights as they are says why', () => {
  const NO_BIAS = { bias: false, norm: 'rmsnorm' } as const;
  test.each<[Partial<Config>, RegExp | undefined]>([
    [{}, undefined],
    [{ lr: 0 }, undefined],
    [{ optimizer: 'sgd', lr: 1e-30, ...NO_BIAS }, /^changes no weight: .*rounds it away/],
    [{ grad_clip: 1e-30, optimizer: 'sgd', ...NO_BIAS }, /^changes no weight: .*rounds it away/],
    [
      { precision: 'fp16', loss_scale: 0, objective: 'random_projection' },
      /^changes no weight: a gradient is not finite in fp16/,
    ],
    [
      { precision: 'fp16', loss_scale: 1e-30 },
      /^changes no weight: the gradient is 0 .* smallest number of fp16/,
    ],
    [
      { ...HUGE, grad_clip: 0, optimizer: 'adamw' },
      /^leaves \d+ of \d+ tensors as they are, first blocks.*: Adam’s second moment/,
    ],
  ])('%o', async (settings, expected) => {
    for (const backend of ['wasm', 'cpu'] as const) {
      const [{ what, moved } = { what: undefined, moved: NaN }] = await updates(settings, backend);
      if (expected) expect(what).toMatch(expected);
      else expect(what).toBeUndefined();
      if (what?.startsWith('changes no weight')) expect(moved).toBe(0);
    }
  });
});
