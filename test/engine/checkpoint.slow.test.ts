import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession, restoreSession, type Session } from '../../src/engine/session';
import { deviceErrors, openWebGPU } from '../support/dawn';
import { randomSettings } from './randomSettings';
import { framesOf, printOf } from './replaySupport';
import { configOf, TEXT, TINY } from './support';

const OWN_TEXT = 'They are not rays of light alone, but of a text of one’s own.';

const OPEN: Record<string, () => Promise<unknown>> = {
  wasm: () => openNodeBackend('wasm'),
  cpu: () => openNodeBackend('cpu'),
  webgpu: openWebGPU,
};

const sessions: Session[] = [];
const kept = (session: Session) => {
  sessions.push(session);
  return session;
};
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});
afterAll(() => expect(deviceErrors).toEqual([]));

const endOf = async (session: Session) => printOf(await session.saveCheckpoint());

interface Run {
  settings: Partial<Config>;
  /** Settings changed under way. */
  events?: { step: number; settings: Partial<Config> }[];
  text?: string;
  /** Starts from the weights of another run. */
  isLoaded?: boolean;
}

/** Frames of a run up to a step, its settings changed as they are due. */
async function runTo(session: Session, end: number, { settings, events, text = TEXT }: Run) {
  const frames: Float32Array[] = [];
  while (session.step < end) {
    const due = (events ?? []).filter(({ step }) => step <= session.step);
    const wanted = Object.assign({ ...TINY, ...settings }, ...due.map((event) => event.settings));
    if (due.at(-1)?.step === session.step) session.configure(configOf(wanted), text);
    frames.push(...(await framesOf(session, 1)));
  }
  return frames;
}

async function begin({ settings, text = TEXT, isLoaded }: Run): Promise<Session> {
  const config = configOf({ ...TINY, ...settings });
  const session = kept(createSession(config, text));
  if (isLoaded) {
    const other = kept(createSession({ ...config, seed: config.seed + 1 }, text));
    await framesOf(other, 2);
    session.loadWeights(await other.saveWeights());
  }
  return session;
}

/** What a checkpoint holds that a weights file does not, each once; the rest of the settings is drawn. */
const HELD: Run[] = [
  { settings: { dropout: 0.1, stochastic_depth: 0.2 } },
  { settings: { norm: 'batchnorm', optimizer: 'muon' } },
  { settings: { weight_reparam: 'sigma', optimizer: 'momentum' } },
  { settings: { precision: 'fp16', precision_policy: 'every_op', loss_scale: 0, lr: 0.03 } },
  { settings: {}, text: OWN_TEXT },
  { settings: { activation: 'swiglu' }, isLoaded: true },
  {
    settings: {
      interventions: '0:noise.resid_mid=0.1@10-25,1:freeze.mlp@18-22',
      ...{ n_layers: 2, topology: 'sequential', sublayers: 'both' },
    },
  },
  {
    settings: { norm: 'powernorm' },
    events: [
      { step: 7, settings: { optimizer: 'momentum', weight_reparam: 'sigma' } },
      { step: 20, settings: { placement: 'peri' } },
      { step: 25, settings: { optimizer: 'adamw', lr: 3e-4 } },
    ],
  },
  { settings: { task: 'gaussian', objective: 'random_projection', schedule: 'cosine' } },
  { settings: { task: 'two_modality', norm: 'adaptive', weight_decay: 0.1 } },
];
const drawn = HELD.map(({ settings, ...rest }, seed): Run => {
  const { task, objective, seq_len, ...others } = randomSettings(100 + seed);
  return { ...rest, settings: { ...others, ...settings } };
});

async function expectSameBits(run: Run, steps: number, half: number) {
  const whole = await begin(run);
  const frames = await runTo(whole, steps, run);
  const first = await begin(run);
  await runTo(first, half, run);
  const restored = kept(restoreSession(await first.saveCheckpoint(), run.text ?? TEXT));
  expect(await runTo(restored, steps, run)).toEqual(frames.slice(half));
  expect(await endOf(restored)).toBe(await endOf(whole));
}

describe('steps before a checkpoint and steps after it have the bits of as many in one', () => {
  test.each(drawn)('wasm: $settings', async (run) => {
    await OPEN['wasm']!();
    await expectSameBits(run, 30, 20);
  });
  test.each(drawn.slice(1, 3))('cpu: $settings', async (run) => {
    await OPEN['cpu']!();
    await expectSameBits(run, 12, 8);
  });
  // On a software driver a graph takes seconds to record: two of them, and few steps.
  test.each<[Partial<Config>, number, number]>([
    [{ dropout: 0.1, precision: 'fp16', loss_scale: 0, lr: 0.01 }, 6, 4],
    [{ norm: 'batchnorm', optimizer: 'muon', n_layers: 2 }, 5, 3],
  ])('webgpu: %o', async (settings, steps, half) => {
    await OPEN['webgpu']!();
    await expectSameBits({ settings }, steps, half);
  });
});

test.each([
  ['wasm', 200],
  ['cpu', 60],
  ['webgpu', 40],
])('two sessions of the same settings are equal to the bit: %s, %i steps', async (id, steps) => {
  await OPEN[id]!();
  const settings = { dropout: 0.1, norm: 'batchnorm', lr: 0.01, n_layers: 1, d_model: 8 } as const;
  const [measured, other, advanced] = await Promise.all([1, 2, 3].map(() => begin({ settings })));
  for (let step = 0; step < steps; step += 20) {
    expect(await framesOf(other!, 20)).toEqual(await framesOf(measured!, 20));
  }
  await advanced!.advance({ until: steps, ms: Infinity });
  expect(await endOf(other!)).toBe(await endOf(measured!));
  expect(await endOf(advanced!)).toBe(await endOf(measured!));
});
