import { describe, expect, test } from 'vitest';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { SITE_STATISTICS, STATISTIC_IDS } from '../../src/config/statistics';
import {
  compareTotals,
  learningRate,
  referenceFrame,
  referenceUpdate,
  seeded,
  type Weights,
} from '../reference';
import type { SiteStatistics } from '../reference/statistics';
import { perturb } from '../parity/cases';
import { drawnChoices, randomSettings } from './randomSettings';
import { measured, nested, sessionOf, TINY, weightsOf } from './support';

/** float32 against float64: relative, and absolute for what is 0 but for rounding. */
const RELATIVE = 1e-3;
const ids = <K extends ChoiceKey>(key: K) => Object.keys(CHOICES[key]) as Config[K][];

/** What the reference measures too; the rest has tests of its own. */
const SITE_IDS = STATISTIC_IDS.site.filter((id) => !SITE_STATISTICS[id].needs);

/** How far apart two numbers are, in units of what is tolerated; at most 1 is right. */
function distance(got: number, wanted: number, scale: number): number {
  if (Object.is(got, wanted) || (got === 0 && wanted === 0)) return 0;
  if (!Number.isFinite(wanted)) return Infinity;
  const tolerated = RELATIVE * Math.abs(wanted) + 2e-6 * scale;
  return Math.abs(got - wanted) / tolerated;
}

/** Everything in a session's frame that differs from the reference, in words. */
async function disagreements(settings: Partial<Config>, steps = 1): Promise<string[]> {
  const session = await sessionOf(settings);
  await perturb(session);
  const { config } = session;
  const { layout } = session.report;
  const wrong: string[] = [];
  const compare = (what: string, got: number, wanted: number, scale: number) => {
    if (!(distance(got, wanted, scale) <= 1)) wrong.push(`${what}: ${got}, not ${wanted}`);
  };

  let weights: Weights = await weightsOf(session);
  let state: Parameters<typeof referenceUpdate>[3] = new Map();
  for (let step = 0; step < steps; step++) {
    const frame = await measured(session, true);
    const wanted = referenceFrame(config, weights, nested(frame));
    const updated = referenceUpdate(config, weights, wanted.grads, state, step);
    compare(`${step} loss`, frame.loss, wanted.loss, 1);

    const sizes = [...wanted.site.values()];
    const largestGradient = Math.max(...sizes.map((s) => s.grad_rms || 0));
    expect(layout.sites).toEqual([...wanted.site.keys()]);
    layout.sites.forEach((site, i) => {
      const statistics = wanted.site.get(site)!;
      for (const id of SITE_IDS) {
        const value = statistics[id as keyof SiteStatistics] ?? NaN;
        const scale = id === 'grad_rms' ? largestGradient : id === 'mean' ? statistics.rms : 1;
        compare(`${step} ${site} ${id}`, frame.site[id][i]!, value, scale);
      }
    });
    for (const id of STATISTIC_IDS.head) {
      wanted.head[id].flat().forEach((value, i) => {
        compare(`${step} head ${i} ${id}`, frame.head[id][i]!, value, 1);
      });
    }
    const output = { ...wanted.output, ...updated.output };
    for (const id of STATISTIC_IDS.output) {
      compare(`${step} ${id}`, frame.output[id], output[id], id === 'grad_norm' ? output[id] : 1);
    }
    expect(new Set(layout.params)).toEqual(new Set(wanted.param.keys()));
    const largest = Math.max(...[...wanted.param.values()].map((p) => p.param_grad_rms));
    layout.params.forEach((name, i) => {
      const { param_rms, param_grad_rms } = wanted.param.get(name)!;
      compare(`${step} ${name} rms`, frame.param.param_rms[i]!, param_rms, 1e-3);
      compare(`${step} ${name} gradient`, frame.param.param_grad_rms[i]!, param_grad_rms, largest);
      // Adam turns a gradient that is mostly rounding (of key biases, of saturated heads) into a step of
      // its sign.
      if (param_grad_rms > 1e-3 * largest) {
        const ratio = updated.update_ratio.get(name)!;
        compare(`${step} ${name} update`, frame.param.update_ratio[i]!, ratio, ratio);
      }
    });
    weights = await weightsOf(session);
    for (const [name, wantedBuffer] of wanted.buffers) {
      const { data } = weights.get(name)!;
      wantedBuffer.forEach((value, i) => compare(`${step} ${name}[${i}]`, data[i]!, value, 1));
    }
    state = updated.state;
  }
  session.dispose();
  return wrong;
}

const check = async (settings: Partial<Config>, steps?: number) =>
  expect(await disagreements({ ...TINY, ...settings }, steps)).toEqual([]);

describe('the engine agrees with the float64 reference', () => {
  const activations = ids('activation');
  const combinations = ids('norm').flatMap((norm, i) =>
    ids('placement').map((placement, j) => ({
      norm,
      placement,
      activation: activations[(i + j) % activations.length]!,
    })),
  );
  test.each(combinations)('$norm $placement $activation', (settings) => check(settings));

  const inits = ids('activation').flatMap((activation) =>
    ids('init').map((init) => ({ activation, init })),
  );
  test.each(inits)('$activation $init', (settings) => check(settings));

  const alone = drawnChoices
    .filter((key) => !['norm', 'placement', 'activation', 'init'].includes(key))
    .flatMap((key) => ids(key).map((value) => ({ key, value })));
  test.each(alone)('$key $value', ({ key, value }) =>
    check({ [key]: value, ...(value === 'gaussian' ? { objective: 'random_projection' } : {}) }),
  );

  test.each([
    { causal: false },
    { bias: false },
    { bias: false, norm: 'batchnorm', placement: 'post' },
    { tie_embeddings: true },
    { norm_eps: 0.1 },
    { norm: 'scalenorm', norm_eps: 1 },
    { norm_eps: 1e-8, embed_std: 0.01 },
    // Below ε the norm is linear with slope 1/ε: more layers would pass the range of float32.
    { norm: 'scalenorm', placement: 'post', embed_std: 0, n_layers: 1 },
    { norm: 'scalenorm', placement: 'pre', embed_std: 0, n_layers: 1 },
    { init_gain: 3 },
    { embed_std: 30, placement: 'none' },
    { n_heads: 1, mlp_ratio: 0.5 },
    { positions: 'alibi_authors', d_model: 15, n_heads: 5, qk_norm: 'rmsnorm_all' },
    { layer_overrides: '0:/batchnorm, 1:/dyt', placement: 'peri' },
    { seq_len: 4, batch_size: 5, n_layers: 3 },
    { task: 'gaussian', objective: 'random_projection', attention: 'uniform', embed_std: 2 },
    { objective: 'random_projection', placement: 'post' },
    { final_norm: 'on', placement: 'post', causal: false, positions: 'sinusoidal' },
  ] as Partial<Config>[])('%o', (settings) => check(settings));
});

describe('two hundred random combinations over all settings', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  test.each(seeds)('%i', async (seed) => {
    const settings = randomSettings(seed);
    const wrong = await disagreements(settings, 2);
    expect(wrong, JSON.stringify(settings)).toEqual([]);
  });

  test.each(seeds)('%i: the reference’s own gradient, by finite differences', async (seed) => {
    const session = await sessionOf(randomSettings(seed));
    await perturb(session);
    const weights: Weights = await weightsOf(session);
    const batch = nested(await measured(session));
    // Where a ReLU's kink lies between the points of a difference, it does at one step and not at another.
    let best: number[] = [];
    const isNear = () => best.length > 0 && Math.max(...best) < 1e-4;
    for (const h of [1e-6, 1e-5, 1e-7]) {
      if (isNear()) break;
      const errors = compareTotals(session.config, weights, batch, seeded(seed), h).map(
        ({ tape, difference, scale }) =>
          Math.abs(tape - difference) / Math.max(scale, Math.abs(tape), 1e-3),
      );
      best = errors.map((error, i) => Math.min(error, best[i] ?? Infinity));
    }
    expect(best.length).toBeGreaterThan(0);
    expect(Math.max(...best)).toBeLessThan(1e-4);
    session.dispose();
  });
});

describe('updates agree with the float64 reference', () => {
  const schedules = ids('schedule').flatMap((schedule) => [
    { schedule, warmup_steps: 2, schedule_steps: 4 },
    { schedule, warmup_steps: 3, schedule_steps: 3 },
  ]);
  const optimizers = ids('optimizer').flatMap((optimizer) => [
    { optimizer, lr: 0.01 },
    {
      optimizer,
      lr: 0.01,
      weight_decay: 0.3,
      grad_clip: 0.5,
      beta1: 0.5,
      beta2: 0.9,
      adam_eps: 1e-3,
    },
  ]);
  test.each<Partial<Config>>([...schedules, ...optimizers])('%o', async (settings) => {
    const session = await sessionOf({ ...TINY, ...settings });
    const { config } = session;
    let state: Parameters<typeof referenceUpdate>[3] = new Map();
    for (let step = 0; step < 5; step++) {
      const before: Weights = await weightsOf(session);
      const wanted = referenceFrame(config, before, nested(await measured(session, true)));
      const updated = referenceUpdate(config, before, wanted.grads, state, step);
      state = updated.state;
      const after = await weightsOf(session);
      const rate = learningRate(config, step);
      for (const [name, { data }] of after) {
        const expected = updated.weights.get(name)!.data;
        if (name.endsWith('.bk')) continue; // 0 but for rounding
        const errors = data.map((value, i) => Math.abs(value - expected[i]!));
        expect(errors.every(Number.isFinite), `step ${step} ${name}`).toBe(true);
        expect(Math.max(...errors), `step ${step} ${name}`).toBeLessThanOrEqual(0.02 * rate + 1e-6);
      }
    }
    session.dispose();
  });
});
