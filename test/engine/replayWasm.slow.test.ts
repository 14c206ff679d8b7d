import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { randomSettings } from './randomSettings';
import { closeSessions, framesOf, openSession, stateOf } from './replaySupport';
import { configOf, TEXT, TINY } from './support';

beforeAll(async () => {
  await openNodeBackend('wasm');
});
afterEach(closeSessions);

const heapBytes = () =>
  (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
const dataCount = () => tf.backend().numDataIds();

describe('a step replayed on wasm', () => {
  test.each<[string, Partial<Config>]>([
    ['the default', {}],
    [
      'a schedule, dropout, interventions for some steps',
      {
        ...{ schedule: 'cosine', warmup_steps: 2, schedule_steps: 10, grad_clip: 1 },
        ...{ dropout: 0.2, stochastic_depth: 0.3 },
        interventions: '0:noise.resid_mid=0.1@3-6,1:freeze.mlp@5-8,0:scale.attn=0.5@9',
      },
    ],
    ['Muon and buffers', { optimizer: 'muon', weight_reparam: 'sigma', norm: 'batchnorm' }],
    ['fp16 and a dynamic loss scale', { precision: 'fp16', loss_scale: 0 }],
    ['products of bf16', { precision: 'bf16', precision_policy: 'autocast' }],
    ['two modalities', { task: 'two_modality', norm: 'adaptive' }],
    ['SeeDNorm', { norm: 'seednorm' }],
    ['PowerNorm', { norm: 'powernorm', placement: 'post' }],
    [
      'RoPE, learned scales and spectral norms',
      {
        ...{ positions: 'rope', qk_norm: 'l2', residual_scale: 'rezero', inner_norm: 'normformer' },
        ...{ weight_reparam: 'sigma', dropout: 0.2 },
      },
    ],
    [
      'uniform attention of two modalities, a scale for each feature',
      { attention: 'uniform', task: 'two_modality', residual_scale: 'layerscale' },
    ],
    ['no tokens', { task: 'gaussian', objective: 'random_projection' }],
  ])('has the bits of one that is not (%s)', async (_name, settings) => {
    const [recorded, plain] = [openSession(settings), openSession(settings, 0)];
    expect(await framesOf(recorded, 12)).toEqual(await framesOf(plain, 12));
    expect(await stateOf(recorded)).toEqual(await stateOf(plain));
  });

  test.each(Array.from({ length: 40 }, (_, i) => i))(
    'has the bits of one that is not, whatever is chosen (%i)',
    async (index) => {
      const settings = randomSettings(index);
      const [recorded, plain] = [openSession(settings), openSession(settings, 0)];
      expect(await framesOf(recorded, 4)).toEqual(await framesOf(plain, 4));
      expect(await stateOf(recorded)).toEqual(await stateOf(plain));
    },
  );

  test('begins the second time that a graph is asked for', async () => {
    const session = openSession();
    const replayed: boolean[] = [];
    for (let i = 0; i < 3; i++) replayed.push((await session.measure(true)).cost.replayed);
    session.configure(configOf({ ...TINY, placement: 'post' }), TEXT);
    for (let i = 0; i < 3; i++) replayed.push((await session.measure(true)).cost.replayed);
    expect(replayed).toEqual([false, true, true, false, true, true]);
  });

  test('is the same after probing, a reset, loaded weights and another configuration', async () => {
    const [one, other] = [
      openSession({ norm: 'batchnorm' }),
      openSession({ norm: 'batchnorm' }, 0),
    ];
    const both = async <T>(f: (session: typeof one) => Promise<T> | T) => [
      await f(one),
      await f(other),
    ];
    const same = async () => {
      const [a, b] = await both((session) => framesOf(session, 3));
      expect(a).toEqual(b);
    };
    for (let i = 0; i < 3; i++) await both((session) => session.measure(false));
    await same();
    await both((session) => session.reset());
    await same();
    const saved = await one.saveWeights();
    await both((session) => session.loadWeights(saved));
    await same();
    for (const change of [{ placement: 'post' }, {}, { lr: 0.1 }, {}] as Partial<Config>[]) {
      const config = configOf({ ...TINY, norm: 'batchnorm', ...change });
      await both((session) => session.configure(config, TEXT));
      await same();
    }
    expect(await one.evaluate()).toEqual(await other.evaluate());
  });
});

describe('nothing grows on wasm', () => {
  test('over many steps', async () => {
    const session = openSession();
    const census = async () => {
      await framesOf(session, 300);
      return [tf.memory().numTensors, dataCount(), heapBytes()];
    };
    const before = await census();
    expect(await census()).toEqual(before);
    expect(await census()).toEqual(before);
  });

  // A bound of one byte keeps one recording: every change records anew.
  test.each([undefined, 1])('over 200 changes of the configuration (%s bytes)', async (bytes) => {
    const outside = [tf.memory().numTensors, dataCount()];
    const session = openSession({}, bytes);
    const settings: Partial<Config>[] = [2, 1].flatMap((n_layers) => [
      { n_layers },
      { n_layers, placement: 'post' },
      { n_layers, norm: 'batchnorm' },
    ]);
    const round = async () => {
      for (const change of settings) {
        session.configure(configOf({ ...TINY, ...change }), TEXT);
        await framesOf(session, 3);
      }
      return [tf.memory().numTensors, dataCount(), heapBytes()];
    };
    await round();
    const before = await round();
    for (let i = 2 * settings.length; i < 200; i += settings.length) {
      expect(await round()).toEqual(before);
    }
    closeSessions();
    expect([tf.memory().numTensors, dataCount()]).toEqual(outside);
  });
});
