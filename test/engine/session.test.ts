import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { layerPlans } from '../../src/config/layers';
import type { PlacementId } from '../../src/config/placements';
import { shapeOf, type SiteName } from '../../src/config/sites';
import { createSession } from '../../src/engine/session';
import type { Context } from '../../src/model/context';
import { listeningTap, untapped } from '../../src/model/tap';
import { transformer } from '../../src/model/transformer';
import { referenceFrame, referenceUpdate, type Weights } from '../reference';
import { configOf, measured, nested, sessionOf, TEXT, TINY, weightsOf } from './support';

const losses = async (session: Awaited<ReturnType<typeof sessionOf>>, steps: number) => {
  const all: number[] = [];
  for (let i = 0; i < steps; i++) all.push((await measured(session, true)).loss);
  return all;
};
const bits = (weights: Awaited<ReturnType<typeof weightsOf>>) =>
  [...weights].map(([name, { data }]) => [name, [...new Uint32Array(data.buffer.slice(0))]]);

describe('a session', () => {
  test('gives the same bits for the same seed, and others for another', async () => {
    const first = await sessionOf(TINY);
    const second = await sessionOf(TINY);
    expect(await losses(first, 4)).toEqual(await losses(second, 4));
    expect(bits(await weightsOf(first))).toEqual(bits(await weightsOf(second)));
    const other = await sessionOf({ ...TINY, seed: 1 });
    expect(await losses(other, 1)).not.toEqual(await losses(await sessionOf(TINY), 1));
  });

  test('trains to the same bits whether it is measured or not', async () => {
    for (const placement of ['pre', 'post'] as const) {
      const watched = await sessionOf({ ...TINY, placement });
      const unwatched = await sessionOf({ ...TINY, placement });
      await losses(watched, 5);
      for (let i = 0; i < 5; i++) unwatched.update();
      expect(bits(await weightsOf(watched))).toEqual(bits(await weightsOf(unwatched)));
    }
  });

  test('probing changes nothing', async () => {
    const session = await sessionOf(TINY);
    const before = bits(await weightsOf(session));
    const first = await session.measure(false);
    const second = await session.measure(false);
    expect({ ...second, cost: first.cost }).toEqual(first);
    expect(session.step).toBe(0);
    expect(bits(await weightsOf(session))).toEqual(before);
  });

  test.each([
    ['wasm', 300],
    // It records nothing: each step is as the one before.
    ['cpu', 60],
  ] as const)('holds as many tensors after steps (%s, %i)', async (backend, steps) => {
    const session = await sessionOf({ ...TINY, n_layers: 1, optimizer: 'momentum' }, backend);
    // Until all is recorded, and a bare step too.
    for (let i = 0; i < 15; i++) await session.measure(true);
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    for (let i = 0; i < steps; i++) await session.measure(true);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    session.dispose();
  });

  test('holds as many tensors after 60 changes of configuration', async () => {
    const session = await sessionOf(TINY);
    await session.measure(true);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 20; i++) {
      session.configure(configOf({ ...TINY, placement: 'post' }), TEXT);
      await session.measure(true);
      session.configure(configOf({ ...TINY, n_layers: 3, norm: 'rmsnorm' }), TEXT);
      await session.measure(false);
      session.configure(configOf(TINY), TEXT);
      await session.measure(false);
    }
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('weights', () => {
  test('are the same in lanes that differ in placement or norm alone', async () => {
    const base = await weightsOf(await sessionOf(TINY));
    for (const settings of [{ placement: 'post' }, { norm: 'rmsnorm' }] as Partial<Config>[]) {
      const other = await weightsOf(await sessionOf({ ...TINY, ...settings }));
      for (const [name, { data }] of other) {
        if (!name.includes('norm')) expect([name, data]).toEqual([name, base.get(name)!.data]);
      }
    }
  });

  test('of the first layers do not change with depth', async () => {
    const shallow = await weightsOf(await sessionOf(TINY));
    const deep = await weightsOf(await sessionOf({ ...TINY, n_layers: 4 }));
    for (const [name, { data }] of shallow)
      expect([name, deep.get(name)!.data]).toEqual([name, data]);
  });

  test.each(Object.entries(CHOICES.init).map(([init]) => init as Config['init']))(
    '%s has the standard deviation that it says',
    async (init) => {
      const session = await sessionOf({ ...TINY, d_model: 64, init, init_gain: 2 });
      const weights = await weightsOf(session);
      const std = (name: string) => {
        const { data } = weights.get(name)!;
        return Math.sqrt(data.reduce((sum, w) => sum + w * w, 0) / data.length);
      };
      const wanted = {
        xavier: [Math.sqrt(2 / 192), 1],
        gpt2: [0.02, 1 / Math.sqrt(4)],
        he: [Math.sqrt(2 / 64), 1],
        lecun: [Math.sqrt(1 / 64), 1],
        normal: [0.02, 1],
        // Rows of length 1 over 128 inputs’ worth of columns: the mean square is 1 over the longer side.
        orthogonal: [Math.sqrt(1 / 128), 1],
      }[init];
      expect(std('blocks.0.mlp.w_in') / (2 * wanted[0]!)).toBeCloseTo(1, 1);
      const isSquare = init === 'xavier' || init === 'orthogonal';
      const square = isSquare ? Math.sqrt(1 / 64) : wanted[0]!;
      expect(std('blocks.1.attn.wo') / (2 * square * wanted[1]!)).toBeCloseTo(1, 1);
    },
  );

  test('α of DyT starts as it is set, in attention and elsewhere', async () => {
    const alphas = async (settings: Partial<Config>) => {
      const given = { norm: 'dyt', placement: 'peri', inner_norm: 'subln', n_layers: 1 } as const;
      const weights = await weightsOf(await sessionOf({ ...TINY, ...given, ...settings }));
      const found = [...weights].filter(([name]) => name.endsWith('.alpha'));
      return Object.fromEntries(found.map(([name, { data }]) => [name.slice(0, -6), data[0]]));
    };
    const of = (attn: number, other: number) => ({
      'embed.norm': other,
      'blocks.0.attn.norm': attn,
      'blocks.0.attn.norm_inner': attn,
      'blocks.0.attn.norm_out': attn,
      'blocks.0.mlp.norm': other,
      'blocks.0.mlp.norm_inner': other,
      'blocks.0.mlp.norm_out': other,
      final_norm: other,
    });
    expect(await alphas({})).toEqual(of(0.5, 0.5));
    expect(await alphas({ dyt_alpha: 0.25 })).toEqual(of(0.25, 0.25));
    expect(await alphas({ dyt_alpha: 0.25, dyt_alpha_attn: 2 })).toEqual(of(2, 0.25));
  });

  test.each([
    ['sgd', 'adamw'],
    ['momentum', 'muon'],
    ['adam', 'momentum'],
  ] as const)('after %s are moved by %s as by one that begins', async (before, optimizer) => {
    const settings = { ...TINY, lr: 0.01, adam_eps: 1e-4 };
    const session = await sessionOf({ ...settings, optimizer: before });
    for (let step = 0; step < 5; step++) session.update();
    session.configure(configOf({ ...settings, optimizer }), TEXT);
    const weights: Weights = await weightsOf(session);
    let state: Parameters<typeof referenceUpdate>[3] = new Map();
    for (let n = 0; n < 2; n++) {
      const now = n === 0 ? weights : await weightsOf(session);
      const frame = await measured(session, true);
      const { grads, param } = referenceFrame(session.config, now, nested(frame));
      const updated = referenceUpdate(session.config, now, grads, state, n);
      state = updated.state;
      const largest = Math.max(...[...param.values()].map((p) => p.param_grad_rms));
      session.report.layout.params.forEach((name, i) => {
        if (param.get(name)!.param_grad_rms < 1e-2 * largest) return;
        const ratio = frame.param.update_ratio[i]! / updated.update_ratio.get(name)!;
        expect(ratio, `${n} ${name}`).toBeCloseTo(1, 2);
      });
    }
  });

  test('survive a change under way that leaves shapes alone, and start anew where it does not', async () => {
    const session = await sessionOf(TINY);
    await losses(session, 3);
    const trained = await weightsOf(session);
    const hot = session.configure(configOf({ ...TINY, placement: 'post', lr: 0.1 }), TEXT);
    expect(hot).toMatchObject({ kept: true, step: 3 });
    for (const [name, { data }] of await weightsOf(session)) {
      expect([name, data]).toEqual([name, trained.get(name)!.data]);
    }
    const back = session.configure(configOf(TINY), TEXT);
    expect(back.kept).toBe(true);
    const anew = session.configure(configOf({ ...TINY, d_model: 32 }), TEXT);
    expect(anew).toMatchObject({ kept: false, step: 0 });
    session.configure(configOf(TINY), TEXT);
    expect(bits(await weightsOf(session))).toEqual(bits(await weightsOf(await sessionOf(TINY))));
  });

  test('at step 0 are as the settings draw them, whatever was set before', async () => {
    const session = await sessionOf({ ...TINY, norm: 'batchnorm' });
    for (const settings of [
      { placement: 'deepnorm' },
      { inner_norm: 'subln', layer_overrides: '1:deepnorm' },
      { weight_reparam: 'sigma', norm: 'powernorm' },
    ] as Partial<Config>[]) {
      session.configure(configOf({ ...TINY, ...settings }), TEXT);
      const fresh = await weightsOf(await sessionOf({ ...TINY, ...settings }));
      const changed = new Map(await weightsOf(session));
      expect([...changed.keys()].sort()).toEqual([...fresh.keys()].sort());
      for (const [name, { data }] of fresh) {
        expect([name, changed.get(name)!.data]).toEqual([name, data]);
      }
    }
  });

  test('come back from their file', async () => {
    const trained = await sessionOf(TINY);
    await losses(trained, 3);
    const file = await trained.saveWeights();
    const loaded = await sessionOf({ ...TINY, seed: 5 });
    expect(loaded.loadWeights(file)).toMatchObject({ step: 0 });
    expect(bits(await weightsOf(loaded))).toEqual(bits(await weightsOf(trained)));
    await losses(loaded, 2);
    loaded.reset();
    expect(bits(await weightsOf(loaded))).toEqual(bits(await weightsOf(trained)));
  });

  test('of another shape are refused by name, and nothing changes', async () => {
    const file = await (await sessionOf({ ...TINY, d_model: 32 })).saveWeights();
    const session = await sessionOf(TINY);
    await losses(session, 2);
    const before = bits(await weightsOf(session));
    expect(() => session.loadWeights(file)).toThrow(
      /is \[.*32.*\] in the file; this model needs \[/,
    );
    expect(() => session.loadWeights(new Uint8Array(20))).toThrow();
    const fewer = await (await sessionOf({ ...TINY, n_layers: 1 })).saveWeights();
    expect(() => session.loadWeights(fewer)).toThrow(/no tensor blocks\.1\./);
    const more = await (await sessionOf({ ...TINY, n_layers: 3 })).saveWeights();
    expect(() => session.loadWeights(more)).toThrow(/holds blocks\.2\./);
    expect(bits(await weightsOf(session))).toEqual(before);
    expect(session.step).toBe(2);
  });
});

test('a vocabulary of one symbol, and a sequence of one token, can be measured', async () => {
  const single = await sessionOf({ ...TINY, seq_len: 4 }, 'wasm', 'aaaa');
  for (const loss of await losses(single, 2)) expect(Math.abs(loss)).toBe(0);
  for (const backend of ['wasm', 'cpu'] as const) {
    const short = await sessionOf(
      { ...TINY, task: 'gaussian', objective: 'random_projection', seq_len: 1 },
      backend,
    );
    const { site } = await measured(short, true);
    expect([...site.token_cosine].every(Number.isNaN)).toBe(true);
  }
});

/** What the model is given outside of training, with every tensor of a weights file. */
function contextOf(
  config: Config,
  weights: Awaited<ReturnType<typeof weightsOf>>,
  tap: Context['tap'],
): Context {
  const tensors = Object.fromEntries(
    [...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
  );
  return {
    config,
    plans: layerPlans(config),
    params: tensors,
    buffers: tensors,
    training: true,
    draw: tf.tensor1d([0]),
    tap,
    renew: () => {},
    observe: () => {},
  };
}

describe('the model', () => {
  /** Logits [T][V] of one sequence. */
  async function logits(settings: Partial<Config>, ids: number[]): Promise<number[][]> {
    const session = await sessionOf({ ...TINY, batch_size: 1, ...settings });
    const weights = await weightsOf(session);
    const result = tf.tidy(() => {
      const inputs = tf.tensor1d(ids, 'int32');
      return transformer(inputs, contextOf(session.config, weights, untapped)).logits!;
    });
    session.dispose();
    return (await result.array())[0]!;
  }

  const sequences = fc.record({
    ids: fc.array(fc.nat(10), { minLength: 8, maxLength: 8 }),
    at: fc.integer({ min: 1, max: 7 }),
    other: fc.nat(10),
  });

  test.each(Object.keys(CHOICES.placement) as PlacementId[])(
    'sees no later token when causal (%s)',
    (placement) =>
      fc.assert(
        fc.asyncProperty(sequences, async ({ ids, at, other }) => {
          const changed = ids.with(at, other);
          const before = await logits({ placement }, ids);
          const after = await logits({ placement }, changed);
          expect(after.slice(0, at)).toEqual(before.slice(0, at));
        }),
        { numRuns: 15 },
      ),
  );

  test('sees later tokens when not causal, and through BatchNorm', async () => {
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const settings of [{ causal: false }, { norm: 'batchnorm' }] as Partial<Config>[]) {
      const before = await logits(settings, ids);
      const after = await logits(settings, ids.with(7, 0));
      expect(after[0]).not.toEqual(before[0]);
    }
  });

  test.each([
    {},
    { topology: 'parallel' },
    { sublayers: 'attn' },
    { sublayers: 'mlp', placement: 'residual' },
  ] as Partial<Config>[])('has the shapes that its sites say (%o)', async (settings) => {
    const session = await sessionOf({ ...TINY, ...settings });
    const { config, report } = session;
    const V = report.vocabulary.length;
    const dimensions = { B: 2, T: 8, D: 16, H: 2, V } as Record<string, number>;
    const weights = await weightsOf(session);
    const seen: string[] = [];
    tf.tidy(() => {
      const inputs = tf.zeros<tf.Rank.R1>([16], 'int32');
      const see = (site: SiteName, x: tf.Tensor) => {
        seen.push(site);
        expect([site, x.shape]).toEqual([site, [...shapeOf(site)].map((d) => dimensions[d])]);
      };
      const tap = listeningTap(see, () => {});
      transformer(inputs, contextOf(config, weights, tap));
    });
    // Of branches in parallel, sites are listed one branch after the other.
    const inOrder = config.topology === 'sequential' ? seen : seen.sort();
    const { sites } = report.layout;
    expect(inOrder).toEqual(config.topology === 'sequential' ? sites : [...sites].sort());
  });

  test('stays finite for any choice, alone', async () => {
    for (const key of Object.keys(CHOICES) as ChoiceKey[]) {
      for (const value of Object.keys(CHOICES[key])) {
        if (value === 'gaussian') continue;
        const session = createSession(configOf({ ...TINY, [key]: value }), TEXT);
        expect((await losses(session, 2)).every(Number.isFinite), `${key}=${value}`).toBe(true);
        session.dispose();
      }
    }
  });
});

describe('a slider over the weights', () => {
  const SETTING = { task: 'gaussian', objective: 'random_projection', init_gain: 1 } as const;
  const moved = (i: number): Partial<Config> => ({
    ...{ ...TINY, ...SETTING, init_gain: 1 + i / 8, token_correlation: i / 8, embed_std: 1 + i },
  });

  test('is followed by replays of one recording, with the bits of a model that begins so', async () => {
    const session = await sessionOf(moved(0));
    const replayed: boolean[] = [];
    for (const i of [0, 1, 2, 3, 4]) {
      session.configure(configOf(moved(i)), TEXT);
      const { packed, cost } = await session.measure(false);
      replayed.push(cost.replayed);
      const fresh = await sessionOf(moved(i));
      expect(packed).toEqual((await fresh.measure(false)).packed);
      expect(await session.saveWeights()).toEqual(await fresh.saveWeights());
      fresh.dispose();
    }
    expect(replayed).toEqual([false, true, true, true, true]);
    session.dispose();
  });

  test('begins at step 0 with moments of 0 after steps were made', async () => {
    const session = await sessionOf(moved(0));
    for (let step = 0; step < 3; step++) await session.measure(true);
    session.configure(configOf(moved(1)), TEXT);
    const fresh = await sessionOf(moved(1));
    for (let step = 0; step < 3; step++) {
      expect((await session.measure(true)).packed).toEqual((await fresh.measure(true)).packed);
    }
    expect(await session.saveCheckpoint()).toEqual(await fresh.saveCheckpoint());
    session.dispose();
    fresh.dispose();
  });
});
