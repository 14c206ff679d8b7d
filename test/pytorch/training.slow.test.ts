import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { unpack } from '../../src/protocol/frame';
import { obstacles } from '../../src/pytorch/script';
import { readRun } from '../../src/runs/recordings/read';
import { buildRecord, shortest, type RunRecord } from '../../src/runs/record';
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

test('a gradient that is no number leaves no clip factor', async () => {
  // So large a scale of the loss leaves this small format at once.
  const config = configOf({
    ...{ ...TINY, precision: 'fp8_e4m3', precision_policy: 'autocast', loss_scale: 0 },
    ...{ grad_clip: 1, optimizer: 'momentum' },
  });
  const [record] = await byScripts([config], 1);
  const { output } = (await byEngine(config, 1)).frames[0]!;
  expect(output.clip_factor).toBe('NaN');
  expect(record!.frames[0]!.output.clip_factor).toBe('NaN');
});

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

  /** Runs of the script in folders of their own, by their flags. */
  const RUNS = {
    whole: ['--steps', '5'],
    some: ['--steps', '5', '--every', '2'],
    parts: ['--steps', '5', '--accumulate', '2'],
    given: ['--steps', '1'],
  };
  const records: Partial<Record<keyof typeof RUNS, RunRecord>> = {};
  let text = '';
  let said = '';
  let given: RunRecord;

  beforeAll(
    () =>
      withFolder(async (folder) => {
        await openNodeBackend('wasm');
        const session = createSession({ ...config, seed: 7 }, TEXT);
        const weights = await session.saveWeights();
        const { layout } = session.report;
        session.dispose();
        const argvs = Object.entries(RUNS).map(([name, flags]) => {
          const place = join(folder, name);
          return [writeScript(place, config), '--device', 'cpu', '--out', place, ...flags];
        });
        writeFileSync(join(folder, 'given', 'weights.safetensors'), weights);
        said = runScripts(argvs);
        for (const name of Object.keys(RUNS) as (keyof typeof RUNS)[])
          records[name] = recordIn(join(folder, name));
        text = readFileSync(join(folder, 'whole', 'record.json'), 'utf8');

        const engine = createSession(config, TEXT);
        engine.loadWeights(weights);
        const frames = [unpack(layout, await engine.measure(true))];
        engine.dispose();
        const device = await openNodeBackend('wasm');
        given = buildRecord({ config, device, app: 'test', layout, frames });
      }),
    120_000,
  );

  test('its record opens on the page, and its numbers are float32 in the fewest digits', async () => {
    expect(said.trim().split('\n')).toHaveLength(5 + 3 + 5 + 1);
    const run = await readRun('record', new Blob([text]), () => {});
    expect(run).toMatchObject({ settings: config, unknown: [], foreign: [], isCut: false });
    expect(run.layout).toMatchObject({ n_layers: 2, n_heads: 2 });
    expect(run.frames.map(({ step, batch }) => [step, batch?.B, batch?.T])).toEqual(
      [0, 1, 2, 3, 4].map((step) => [step, 2, 8]),
    );
    expect(run.head).toMatchObject({
      recorder: { name: 'normscope-export', device: 'cpu', processes: 1 },
    });
    for (const value of records.whole!.frames.flatMap(({ site }) => Object.values(site).flat()))
      if (typeof value === 'number') expect(shortest(Math.fround(value))).toBe(value);
  });

  test('a frame every few steps; the steps between are made all the same', () => {
    const whole = records.whole!.frames;
    expect(records.some!.frames).toEqual([0, 2, 4].map((step) => whole[step]));
  });

  test('a batch in two passes', () => {
    const apart = compare(computedIn(records.parts!), computedIn(records.whole!), {
      relative: 1e-5,
      absolute: 1e-6,
    });
    expect(apart.filter(({ distance }) => !(distance <= 1))).toEqual([]);
  });

  test('begins with the weights beside it', () => {
    expect(records.given!.frames[0]!.loss).not.toBe(records.whole!.frames[0]!.loss);
    const apart = compare(computedIn(given), computedIn(records.given!), {
      relative: 1e-3,
      absolute: 2e-6,
    });
    expect(apart.filter(({ distance }) => !(distance <= 1))).toEqual([]);
  });

  test.each([
    [['--accumulate', '3'], '2 sequences cannot be divided into 3 equal parts.\n'],
    [[], 'The weights have no unembed.\n'],
  ])('%j is refused in one line', (argv, message) =>
    withFolder(async (folder) => {
      const path = writeScript(folder, config);
      const tensor = { name: 'embed.token', shape: [2, 2], data: new Float32Array(4) };
      writeFileSync(join(folder, 'weights.safetensors'), encodeSafetensors([tensor], {}));
      const run = spawnSync(pythonWithTorch(), ['-B', path, ...argv], { encoding: 'utf8' });
      expect([run.status, run.stderr]).toEqual([2, message]);
      await Promise.resolve();
    }),
  );

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
