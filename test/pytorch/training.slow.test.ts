import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { obstacles } from '../../src/pytorch/script';
import { readRun } from '../../src/runs/recordings/read';
import { shortest } from '../../src/runs/record';
import { configOf, TEXT, TINY } from '../engine/support';
import { CASES } from '../parity/cases';
import { compare, toleranceOf } from '../parity/compare';
import {
  byEngine,
  byScripts,
  computedIn,
  pythonWithTorch,
  recordIn,
  runScripts,
  tokensIn,
  withFolder,
  writeScript,
} from './support';

/** Every fourth case of parity; all of them are in catalogue.verify.ts. */
const SOME = CASES.filter(({ config }, i) => i % 4 === 0 && obstacles(config).length === 0);

test(`step 0 of ${SOME.length} configurations, weights and batches drawn by the script`, async () => {
  expect(SOME.length).toBeGreaterThanOrEqual(30);
  const records = await byScripts(
    SOME.map(({ config }) => config),
    1,
  );
  for (const [i, one] of SOME.entries()) {
    const engine = await byEngine(one.config, 1);
    expect(tokensIn(records[i]!)).toEqual(tokensIn(engine));
    const apart = compare(computedIn(engine), computedIn(records[i]!), toleranceOf(one));
    expect(apart.length, one.name).toBeGreaterThan(100);
    expect(
      apart.filter(({ distance }) => !(distance <= 1)),
      one.name,
    ).toEqual([]);
  }
});

/** Under Adam they follow the bias of k, whose gradient is rounding alone. */
const ROUNDING = /attn\.(bk|k|scores) /;

const TRAINED: Partial<Config>[] = [
  {},
  {
    ...{ placement: 'post', norm: 'rmsnorm', activation: 'swiglu', positions: 'rope', bias: false },
    ...{ optimizer: 'momentum', lr: 0.01, grad_clip: 1, schedule: 'cosine', warmup_steps: 5 },
    ...{ schedule_steps: 18, task: 'dyck' },
  },
  {
    ...{ placement: 'peri', qk_norm: 'rmsnorm', bias: false, task: 'markov', optimizer: 'muon' },
    ...{ weight_decay: 0.1, schedule: 'linear', schedule_steps: 30 },
  },
  {
    ...{ placement: 'deepnorm', optimizer: 'sgd', lr: 0.1, schedule: 'inv_sqrt', task: 'sort' },
    ...{ dropout: 0.1, stochastic_depth: 0.2, interventions: '0:freeze.mlp@5-9' },
  },
  {
    ...{ placement: 'residual', norm: 'powernorm', bias: false, task: 'two_modality' },
    ...{ optimizer: 'adam', weight_decay: 0.01, adam_eps: 1e-3 },
  },
];

test('twenty steps of training', async () => {
  const configs = TRAINED.map((settings) => configOf({ ...TINY, ...settings }));
  const records = await byScripts(configs, 20);
  for (const [i, config] of configs.entries()) {
    const engine = await byEngine(config, 20);
    expect(tokensIn(records[i]!)).toEqual(tokensIn(engine));
    const apart = compare(computedIn(engine), computedIn(records[i]!), {
      relative: 3e-3,
      absolute: 6e-6,
    });
    const far = apart.filter(({ what, distance }) => !(distance <= 1 || ROUNDING.test(what)));
    expect(far, JSON.stringify(TRAINED[i])).toEqual([]);
  }
});

describe('one script', () => {
  const config = configOf({ ...TINY, task: 'copy', optimizer: 'sgd' });
  /** Runs it with these flags. */
  const ran = <R>(
    argv: string[],
    use: (told: { folder: string; said: string }) => Promise<R> | R,
    prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
  ) =>
    withFolder(async (folder) => {
      const path = writeScript(folder, config);
      await prepare(folder);
      const said = runScripts([[path, '--device', 'cpu', '--out', folder, ...argv]]);
      return use({ folder, said });
    });

  test('its record opens on the page, and its numbers are float32 in the fewest digits', () =>
    ran(['--steps', '3'], async ({ folder, said }) => {
      expect(said.trim().split('\n')).toHaveLength(3);
      const text = readFileSync(join(folder, 'record.json'), 'utf8');
      const run = await readRun('record', new Blob([text]), () => {});
      expect(run).toMatchObject({ settings: config, unknown: [], foreign: [], isCut: false });
      expect(run.layout).toMatchObject({ n_layers: 2, n_heads: 2 });
      expect(run.frames.map(({ step, batch }) => [step, batch?.B, batch?.T])).toEqual([
        [0, 2, 8],
        [1, 2, 8],
        [2, 2, 8],
      ]);
      expect(run.head).toMatchObject({
        format: 'normscope-record',
        recorder: { name: 'normscope-export', device: 'cpu', processes: 1 },
      });
      const { frames } = recordIn(folder);
      for (const value of frames.flatMap(({ site }) => Object.values(site).flat()))
        if (typeof value === 'number') expect(shortest(Math.fround(value))).toBe(value);
    }));

  test('a frame every few steps; the steps between are made all the same', () =>
    ran(['--steps', '5'], ({ folder: all }) =>
      ran(['--steps', '5', '--every', '2'], ({ folder }) => {
        const whole = recordIn(all).frames;
        expect(recordIn(folder).frames).toEqual([0, 2, 4].map((step) => whole[step]));
      }),
    ));

  test('a batch in two passes', () =>
    ran(['--steps', '3'], ({ folder: whole }) =>
      ran(['--steps', '3', '--accumulate', '2'], ({ folder }) => {
        const [wanted, got] = [whole, folder].map((one) => computedIn(recordIn(one)));
        const apart = compare(got!, wanted!, { relative: 1e-5, absolute: 1e-6 });
        expect(apart.filter(({ distance }) => !(distance <= 1))).toEqual([]);
      }),
    ));

  test('begins with the weights beside it', async () => {
    await openNodeBackend('wasm');
    const other = createSession({ ...config, seed: 7 }, TEXT);
    const weights = await other.saveWeights();
    other.dispose();
    const [own, given] = [
      await ran(
        [],
        ({ folder }) => recordIn(folder).frames[0]!,
        () => Promise.resolve(),
      ),
      await ran(
        [],
        ({ folder }) => recordIn(folder).frames[0]!,
        async (folder) => writeFileSync(join(folder, 'weights.safetensors'), weights),
      ),
    ];
    const session = createSession(config, TEXT);
    session.loadWeights(weights);
    session.dispose();
    expect(given.tokens).toEqual(own.tokens);
    expect(given.loss).not.toEqual(own.loss);
  });

  test.each([
    [['--steps', '0'], '--steps is 0; it must be a whole number from 1.'],
    [['--accumulate', '3'], '2 sequences cannot be divided into 3 equal parts.'],
    [['--weights', 'no/such'], 'The weights cannot be read: '],
  ])('%j is refused in one line', (argv, message) =>
    withFolder(async (folder) => {
      const path = writeScript(folder, config);
      const run = spawnSync(pythonWithTorch(), ['-B', path, ...argv], { encoding: 'utf8' });
      expect(run.status).toBe(2);
      expect(run.stderr.trim().split('\n')).toHaveLength(1);
      expect(run.stderr).toContain(message);
      await Promise.resolve();
    }),
  );

  test('weights of another model are refused by the name of a tensor', () =>
    withFolder(async (folder) => {
      const path = writeScript(folder, config);
      const tensor = { name: 'embed.token', shape: [2, 2], data: new Float32Array(4) };
      writeFileSync(join(folder, 'weights.safetensors'), encodeSafetensors([tensor], {}));
      const run = spawnSync(pythonWithTorch(), ['-B', path], { encoding: 'utf8' });
      expect([run.status, run.stderr]).toEqual([2, expect.stringContaining('embed.token')]);
      await Promise.resolve();
    }));

  test('Ctrl-C leaves a whole record of the steps that were made', () =>
    withFolder(async (folder) => {
      const path = writeScript(folder, config);
      const child = spawn(
        pythonWithTorch(),
        ['-B', '-u', path, '--steps', '1000000', '--out', folder],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      child.stdout.once('data', () => child.kill('SIGINT'));
      const code = await new Promise((done) => child.on('close', done));
      expect(code).toBe(0);
      const { frames } = recordIn(folder);
      expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
      expect(frames.length).toBeGreaterThan(0);
    }));
});
