import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import type { TapingBackend } from '../../src/kernels/webgpu/backend';
import { asDevice, deviceErrors, openWebGPU } from '../support/dawn';
import { configOf, TEXT, TINY } from './support';
import { closeSessions, framesOf, openSession, stateOf } from './replaySupport';

const SLOW = { timeout: 400_000 };

let backend: TapingBackend;

beforeAll(async () => {
  backend = await openWebGPU();
});
afterEach(() => {
  closeSessions();
  expect(deviceErrors).toEqual([]);
});

describe('a replayed step', () => {
  // A software driver is slow where matrices have up to 128 elements: no smaller model is faster.
  test.each<[string, number, Partial<Config>]>([
    [
      'a schedule, dropout, interventions for some steps',
      20,
      {
        ...{ schedule: 'cosine', warmup_steps: 3, schedule_steps: 16, grad_clip: 1 },
        ...{ dropout: 0.2, stochastic_depth: 0.3 },
        interventions: '0:noise.resid_mid=0.1@4-12,1:freeze.mlp@8-16,0:scale.attn=0.5@14',
      },
    ],
    ['fp16 and a dynamic loss scale', 6, { precision: 'fp16', loss_scale: 0, lr: 0.01 }],
    ['Muon and buffers', 10, { optimizer: 'muon', norm: 'batchnorm' }],
    ['two modalities', 5, { task: 'two_modality', norm: 'adaptive' }],
    ['SeeDNorm', 5, { norm: 'seednorm' }],
    ['PowerNorm', 5, { norm: 'powernorm', placement: 'post' }],
    ['SGD', 5, { optimizer: 'sgd', lr: 0.1 }],
    [
      'RoPE and learned scales',
      5,
      {
        ...{ positions: 'rope', qk_norm: 'l2', residual_scale: 'rezero', inner_norm: 'normformer' },
        dropout: 0.2,
      },
    ],
    [
      'uniform attention of two modalities, a scale for each feature',
      5,
      { attention: 'uniform', task: 'two_modality', residual_scale: 'layerscale' },
    ],
    ['no tokens', 5, { task: 'gaussian', objective: 'random_projection' }],
  ])('has the bits of one that is not (%s, %i steps)', SLOW, async (_name, steps, settings) => {
    const [recorded, plain] = [openSession(settings), openSession(settings, 0)];
    expect(await framesOf(recorded, steps)).toEqual(await framesOf(plain, steps));
    expect(await stateOf(recorded)).toEqual(await stateOf(plain));
  });

  // Sums of the residual stream and norms beside them are one dispatch in a recording, two where there is none. The
  // attention before a sum is the plainest, as it takes a software driver most of the time to compile.
  test.each<[string, Partial<Config>]>([
    ...(['rmsnorm', 'scalenorm', 'dyt'] as const).map((norm): [string, Partial<Config>] => [
      norm,
      { norm, task: 'two_modality' },
    ]),
    ['post', { placement: 'post' }],
    ['peri in parallel', { placement: 'peri', topology: 'parallel' }],
    ['scaled branches', { residual_scale: 'layerscale', norm: 'dyt' }],
    ['interventions', { interventions: '0:silence=1,1:noise.resid_mid=0.5,1:freeze.mlp' }],
  ])('has the bits of one that is not: %s', SLOW, async (_name, settings) => {
    for (const hasBarriers of [true, false]) {
      await asDevice(backend, { hasBarriers }, async () => {
        const all: Partial<Config> = { attention: 'uniform', ...settings };
        const [recorded, plain] = [openSession(all), openSession(all, 0)];
        expect(await framesOf(recorded, 3)).toEqual(await framesOf(plain, 3));
      });
    }
  });

  test('is one submit, and one readback where it is measured', async () => {
    const session = openSession();
    const first = await session.measure(true);
    expect(first.cost.replayed).toBe(true);
    expect(first.cost.compileMs).toBeGreaterThan(0);
    for (let i = 0; i < 5; i++) {
      const { cost } = await session.measure(i % 2 === 0);
      expect(cost).toMatchObject({ submits: 1, compileMs: null, replayed: true });
      expect(cost.dispatches).toBe(first.cost.dispatches);
      expect(cost.readbackBytes).toBe(first.cost.readbackBytes);
    }
    session.update();
    const before = { ...backend.counts };
    session.update();
    expect(backend.counts.submits - before.submits).toBe(1);
    expect(backend.counts.readbackBytes).toBe(before.readbackBytes);
  });

  test('comes out the same when several are on their way', async () => {
    const [one, other] = [openSession(), openSession()];
    const together = await Promise.all(Array.from({ length: 8 }, () => one.measure(true)));
    expect(together.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(together.map(({ packed }) => packed)).toEqual(await framesOf(other, 8));
  });

  test('is the same after probing, and measured or not', async () => {
    const [probing, advancing, plain] = [openSession(), openSession(), openSession()];
    const first = await probing.measure(false);
    expect((await probing.measure(false)).packed).toEqual(first.packed);
    const expected = await framesOf(plain, 4);
    expect(first.packed).toEqual(expected[0]);
    expect(await framesOf(probing, 4)).toEqual(expected);
    for (let i = 0; i < 3; i++) advancing.update();
    expect((await framesOf(advancing, 1))[0]).toEqual(expected[3]);
    expect(await stateOf(advancing)).toEqual(await stateOf(plain));
  });

  test('is timed beside bare ones, which change nothing', SLOW, async () => {
    const [timed, plain] = [openSession(), openSession({}, 0)];
    expect((await timed.measure(true)).cost.statisticsMs).toBe(null);
    let steps = 1;
    // Noise may hide what measuring adds, which is then tried again.
    for (let known = false; !known && steps < 500; steps++) {
      known = (await timed.measure(true)).cost.statisticsMs !== null;
    }
    const { statisticsMs } = (await timed.measure(false)).cost;
    expect(statisticsMs).toBeGreaterThan(0);
    await framesOf(plain, steps);
    expect(await stateOf(timed)).toEqual(await stateOf(plain));
  });
});

/** What of a format is not an MLP is recorded above, and in `model.slow.test.ts` of the kernels. */
const SMALLER: Partial<Record<ChoiceKey, Partial<Config>>> = { precision: { sublayers: 'mlp' } };

describe('every choice', () => {
  test('can be recorded', SLOW, async () => {
    const session = openSession();
    for (const key of Object.keys(CHOICES) as ChoiceKey[]) {
      for (const value of Object.keys(CHOICES[key])) {
        // Singular vectors take a software driver half a minute; `model.slow.test.ts` of the kernels has them.
        if (value === 'sigma') continue;
        // Settings that the choice cannot go with are changed, as for a link.
        const small = { ...TINY, n_layers: 1, ...SMALLER[key] };
        session.configure(complete({ ...small, [key]: value }).config, TEXT);
        const { cost } = await session.measure(false);
        expect([key, value, cost.replayed, deviceErrors]).toEqual([key, value, true, []]);
      }
    }
  });
});

describe('a recording follows the state', () => {
  test('through a reset', async () => {
    const session = openSession({ norm: 'batchnorm' });
    const first = await framesOf(session, 3);
    session.reset();
    expect(await framesOf(session, 3)).toEqual(first);
  });

  test('into loaded weights', async () => {
    const [session, other] = [
      openSession({ norm: 'batchnorm' }),
      openSession({ norm: 'batchnorm' }),
    ];
    await framesOf(session, 2);
    const saved = await session.saveWeights();
    await framesOf(session, 2);
    session.loadWeights(saved);
    other.loadWeights(saved);
    expect(await framesOf(session, 2)).toEqual(await framesOf(other, 2));
    session.reset();
    expect([...(await session.saveWeights())]).toEqual([...saved]);
  });

  test('through another configuration and back, without another recording', async () => {
    const settings: Partial<Config>[] = [{}, { placement: 'post' }, { norm: 'batchnorm' }, {}];
    const [recorded, plain] = [openSession(), openSession({}, 0)];
    for (const change of settings) {
      const config = configOf({ ...TINY, ...change });
      for (const session of [recorded, plain]) session.configure(config, TEXT);
      const frames = await framesOf(recorded, 2);
      expect(frames).toEqual(await framesOf(plain, 2));
      expect(await stateOf(recorded)).toEqual(await stateOf(plain));
    }
    recorded.configure(configOf({ ...TINY, lr: 0.05 }), TEXT);
    const { cost } = await recorded.measure(true);
    expect(cost.compileMs).toBe(null);
  });

  test('and evaluation reads what replays have written', async () => {
    const settings: Partial<Config> = { norm: 'batchnorm', eval_seq_len: 4 };
    const [recorded, plain] = [openSession(settings), openSession(settings, 0)];
    await framesOf(recorded, 3);
    await framesOf(plain, 3);
    expect(await recorded.evaluate()).toEqual(await plain.evaluate());
    expect(await framesOf(recorded, 1)).toEqual(await framesOf(plain, 1));
  });
});
