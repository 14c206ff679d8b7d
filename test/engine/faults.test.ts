import { expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import type { Measurement } from '../../src/protocol/frame';
import type { Alarm } from '../../src/runs/alarms/alarm';
import type { Remedy } from '../../src/runs/alarms/alarm';
import { outcomeOf, remediesFor } from '../../src/runs/alarms/remedies';
import { createWatch, isPausing } from '../../src/runs/alarms/watch';
import { configOf, measured, sessionOf } from './support';

const SMALL = { n_layers: 6, d_model: 32, seq_len: 16, task: 'markov' } as const;

/** Runs until the first alarm that pauses, or until a step; from one step on perhaps with other settings. */
async function watched(settings: Partial<Config>, until: number, fork?: Remedy) {
  const session = await sessionOf({ ...SMALL, ...settings });
  const watch = createWatch();
  const history: Measurement[] = [];
  let alarm: Alarm | undefined;
  while (!alarm && session.step <= until) {
    if (fork && session.step === fork.from) {
      session.configure(configOf({ ...SMALL, ...settings, ...fork.changes }), '');
    }
    const { config } = session;
    const { layout } = session.report;
    const now = { config, layout, frame: await measured(session, true) };
    history.push(now);
    alarm = watch.add(now).find(isPausing);
  }
  const { config } = session;
  session.dispose();
  return { alarm, config, history, step: history.at(-1)!.frame.step, alarms: watch.alarms() };
}

/** A stack without norms whose stream outgrows fp16, layer by layer, and not float32. */
const OUTGROWN = {
  ...{ placement: 'none', attention: 'uniform', init_gain: 8, lr: 1e-5, precision: 'fp16' },
} as const satisfies Partial<Config>;
const MLP_ADD = 'blocks.5.mlp_add';

/** Faults, the first sign of each, a remedy that comes past it, and one that does not, where there is such a one. */
test.each<[string, Partial<Config>, Partial<Alarm>, passes: string, fails: string | null]>([
  [
    'an intervention',
    { interventions: '5:scale.mlp=1e6@50', batch_size: 2 },
    { rule: 'leaves_band', step: 50, at: MLP_ADD, layer: 5, direction: 'forward' },
    'without_intervention',
    'half_rate',
  ],
  [
    'fp16, every operation rounded',
    OUTGROWN,
    { rule: 'overflow', step: 0, at: 'blocks.1.attn.q', layer: 1 },
    'float32',
    'autocast',
  ],
  [
    'fp16, under autocast',
    { ...OUTGROWN, precision_policy: 'autocast' },
    { rule: 'overflow', step: 0, at: 'blocks.1.attn.q', layer: 1 },
    'pre_ln',
    null,
  ],
  [
    'a learning rate at which pre-LN breaks, and half of it does not',
    { optimizer: 'sgd', lr: 1.6 },
    { rule: 'leaves_band', step: 7, at: 'blocks.3.attn_out', layer: 3 },
    'half_rate',
    'qk_norm',
  ],
])('%s', async (_, settings, sign, passes, fails) => {
  const { alarm, config, history } = await watched(settings, 60);
  expect(alarm).toMatchObject(sign);
  const outcomes = async (id: string) => {
    const remedy = remediesFor(alarm!, config, history).find((one) => one.id === id)!;
    expect(remedy.from).toBe(Math.max(0, alarm!.since - 10));
    return outcomeOf(alarm!, remedy, await watched(settings, alarm!.step + 20, remedy));
  };
  expect(await outcomes(passes)).toBe('passed');
  if (fails) expect(await outcomes(fails)).toBe('failed');
});
