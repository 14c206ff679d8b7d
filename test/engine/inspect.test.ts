import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { shapeOf, type SiteName } from '../../src/config/sites';
import type { Session } from '../../src/engine/session';
import { buffersOf, type RawRequest } from '../../src/protocol/raw';
import { measured, sessionOf, TINY } from './support';

const NOTHING: RawRequest = {
  values: [],
  gradients: [],
  params: [],
  paramGradients: [],
  sequence: 0,
};
const NO_TENSORS = { values: {}, gradients: {}, params: {}, paramGradients: {} };
const everything = ({ report: { layout } }: Session): RawRequest => ({
  ...{ values: layout.sites, gradients: layout.sites },
  ...{ params: layout.params, paramGradients: layout.params, sequence: 1 },
});
const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
const perToken = (sites: readonly SiteName[]) => sites.filter((site) => shapeOf(site) !== 'BHTT');

/** Settings under which a pass draws, rounds, scales or is changed. */
const SETTINGS: Partial<Config>[] = [
  {},
  { placement: 'post', norm: 'batchnorm' },
  { dropout: 0.3, stochastic_depth: 0.2 },
  { precision: 'bf16' },
  { precision: 'fp16', precision_policy: 'autocast', loss_scale: 1024 },
  { interventions: '1:scale.attn=0.5, 0:noise.resid_post=0.3' },
  { weight_reparam: 'sigma', qk_norm: 'l2', positions: 'alibi' },
  { task: 'gaussian', objective: 'random_projection' },
];

describe('the tensors of a step', () => {
  test.each(SETTINGS)('are those that its frame was measured on: %o', async (settings) => {
    const session = await sessionOf({ ...TINY, ...settings });
    await session.measure(true);
    const held = tf.memory().numTensors;
    const raw = await session.inspect(everything(session));
    expect(tf.memory().numTensors).toBe(held);
    const frame = await measured(session);
    const { sites, params } = session.report.layout;
    expect(raw.step).toBe(1);
    expect(raw.batch).toEqual(frame.batch);
    for (const site of perToken(sites)) {
      const i = sites.indexOf(site);
      const near = (got: number, wanted: number) =>
        expect(Math.abs(got - wanted), site).toBeLessThanOrEqual(1e-4 * wanted + 1e-12);
      near(rms(raw.values[site]!.data), frame.site.rms[i]!);
      near(rms(raw.gradients[site]!.data), frame.site.grad_rms[i]!);
    }
    params.forEach((name, i) => {
      expect(rms(raw.params[name]!.data)).toBeCloseTo(frame.param.param_rms[i]!, 4);
      const wanted = frame.param.param_grad_rms[i]!;
      expect(Math.abs(rms(raw.paramGradients[name]!.data) - wanted)).toBeLessThanOrEqual(
        1e-4 * wanted + 1e-12,
      );
    });
    session.dispose();
  });

  test('leave the run as it was', async () => {
    const [a, b] = [await sessionOf(TINY), await sessionOf(TINY)];
    for (let step = 0; step < 3; step++) {
      await a.inspect(everything(a));
      const [x, y] = [await a.measure(true), await b.measure(true)];
      expect(x.packed).toEqual(y.packed);
    }
    a.dispose();
    b.dispose();
  });

  test('of attention are of one sequence, whose rows sum to 1', async () => {
    const session = await sessionOf(TINY);
    const site = 'blocks.1.attn.pattern';
    const of = async (sequence: number) =>
      (await session.inspect({ ...NOTHING, values: [site], sequence })).values[site]!;
    const { n_heads: H, seq_len: T } = session.config;
    const [first, second] = [await of(0), await of(1)];
    expect(first.shape).toEqual([H, T, T]);
    expect(first.data).not.toEqual(second.data);
    for (let row = 0; row < H * T; row++) {
      const sum = second.data.subarray(row * T, (row + 1) * T).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    session.dispose();
  });

  test.each(['cpu', 'wasm'] as const)(
    'are handed over without the model’s own memory, one alone too: %s',
    async (backend) => {
      const session = await sessionOf(
        { ...TINY, task: 'gaussian', objective: 'random_projection' },
        backend,
      );
      const before = await session.measure(false);
      const { values } = await session.inspect({ ...NOTHING, values: ['embed'] });
      structuredClone(values, { transfer: buffersOf({ ...NO_TENSORS, values }) });
      expect((await session.measure(false)).packed).toEqual(before.packed);
      session.dispose();
    },
  );

  test('that cannot be computed leave nothing on the device', async () => {
    const session = await sessionOf(TINY, 'cpu');
    const held = tf.memory().numTensors;
    const { sites } = session.report.layout;
    // Some tensors are kept by then: scores come after the embedding.
    const failing = session.inspect({ ...NOTHING, values: sites, sequence: NaN });
    await expect(failing).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
  });

  test('that the model has not are left out', async () => {
    const session = await sessionOf(TINY);
    const raw = await session.inspect({
      ...NOTHING,
      values: ['blocks.9.mlp_out', 'embed'],
      params: ['blocks.0.attn.q_norm.gain'],
    });
    expect(Object.keys(raw.values)).toEqual(['embed']);
    expect(raw.params).toEqual({});
    session.dispose();
  });
});
