import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { append, emptySeries } from '../../src/lib/timeSeries';
import type { Measurement } from '../../src/protocol/frame';
import { passageOf } from '../../src/runs/alarms/passage';
import { stuckOf } from '../../src/runs/alarms/stuck';
import { createWatch } from '../../src/runs/alarms/watch';
import { alarmSentence } from '../../src/runs/alarms/words';
import { measurementOf, smallModel, type Ordinary } from '../support/measurements';

const model = smallModel();
const at = (step: number, given: Ordinary = {}) => measurementOf(model, step, given);

/** The alarms of so many ordinary steps, and of others after them. */
function alarmsAfter(ordinary: number, ...others: (Ordinary | Measurement)[]) {
  const watch = createWatch();
  for (let step = 0; step < ordinary; step++) watch.add(at(step));
  others.forEach((given, i) => watch.add('frame' in given ? given : at(ordinary + i, given)));
  return watch.alarms();
}
const changed = (settings: Partial<Config>) => ({
  ...model,
  config: complete(settings, model.config).config,
});

test('a number that is not finite is found where the page has its divergence', () => {
  const given = { grad_rms: { 'blocks.1.mlp_in': Infinity }, output: { loss_scale: 1024 } };
  expect(alarmsAfter(0, given)).toMatchObject([
    {
      ...{ rule: 'not_finite', step: 0, at: 'blocks.1.mlp_in', layer: 1, direction: 'backward' },
      ...{ value: Infinity, remark: expect.stringContaining('1,024') as string },
    },
  ]);
  const undefinedThere = { rms: { 'blocks.0.attn.scores': NaN } };
  const broken = { rms: { ...undefinedThere.rms, logits: NaN }, loss: NaN };
  expect(alarmsAfter(0, undefinedThere, broken)).toMatchObject([{ step: 1, at: 'logits' }]);
  expect(alarmsAfter(0, { param_grad_rms: { 'blocks.1.mlp.w_in': NaN } })).toMatchObject([
    { at: 'blocks.1.mlp.w_in', layer: 1, statistic: 'param_grad_rms' },
  ]);
  expect(alarmsAfter(0, { loss: -Infinity })).toMatchObject([{ at: 'loss' }]);
});

describe('a site that leaves its band', () => {
  const up = { rms: { 'blocks.1.mlp_add': 11, logits: 40 } };

  test('is the first in the order of computation', () => {
    const [alarm, ...more] = alarmsAfter(20, { ...up, grad_rms: { embed: 1 } });
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({
      ...{ rule: 'leaves_band', step: 20, since: 20, at: 'blocks.1.mlp_add', layer: 1 },
      ...{ direction: 'forward', value: 11, band: { low: 1, high: 1, steps: 20 } },
    });
    expect(alarmSentence(alarm!)).toBe(
      'Step 20: at blocks.1.mlp_add (what the MLP adds to the stream, after any output norm or scale) the RMS is 11.0, above the 1.00 to 1.00 of the 20 steps before.',
    );
  });

  test('is not one that changes by less, or over more steps than a band has', () => {
    expect(alarmsAfter(20, { rms: { logits: 9 } })).toEqual([]);
    // Up by a hundred and back, slowly.
    const slowly = (step: number) => 10 ** (1 - Math.cos(step / 50));
    const watch = createWatch();
    for (let step = 0; step < 400; step++) watch.add(at(step, { rms: { logits: slowly(step) } }));
    expect(watch.alarms()).toEqual([]);
  });

  test('is found going back when its gradient stays outside, not when one batch is hard', () => {
    const hard = { grad_rms: { 'blocks.1.mlp_in': 1, embed: 1 }, output: { grad_norm: 900 } };
    expect(alarmsAfter(20, hard, {}, hard, hard)).toEqual([]);
    expect(alarmsAfter(20, hard, hard, hard)).toMatchObject([
      { rule: 'leaves_band', step: 22, since: 20, at: 'blocks.1.mlp_in', direction: 'backward' },
      { rule: 'grad_norm', step: 22, since: 20, at: 'gradient' },
    ]);
    const fading = { grad_rms: { 'blocks.0.attn.q': 1e-5 } };
    expect(alarmsAfter(20, fading, fading, fading)).toMatchObject([{ at: 'blocks.0.attn.q' }]);
  });

  test('is not one that a whole batch went by', () => {
    const gone = { rms: { 'blocks.1.mlp_add': 0 } };
    expect(alarmsAfter(20, gone)).toHaveLength(1);
    const dropping = changed({ stochastic_depth: 0.5 });
    expect(alarmsAfter(20, measurementOf(dropping, 20, gone))).toEqual([]);
  });
});

describe('an event', () => {
  const shifted = { rms: { logits: 20 }, grad_rms: { embed: 1 } };

  test('of the training, or an intervention, blinds nothing and is named', () => {
    const interventions = '1:scale.mlp=0.5@20';
    for (const settings of [{ lr: 1 }, { interventions }] as const) {
      const other = changed(settings);
      expect(alarmsAfter(20, measurementOf(other, 20))).toEqual([]);
      const [alarm] = alarmsAfter(20, measurementOf(other, 20, shifted));
      expect(alarm).toMatchObject({ at: 'logits', step: 20, changed: Object.keys(settings) });
      expect(alarmSentence(alarm!)).toContain(`At this step ${Object.keys(settings)[0]} changed.`);
    }
  });

  test('that makes another model begins other bands, which hold after five steps', () => {
    const other = changed({ norm: 'rmsnorm' });
    const steps = (n: number, last: Ordinary) =>
      Array.from({ length: n + 1 }, (_, i) => measurementOf(other, 20 + i, i < n ? shifted : last));
    expect(alarmsAfter(20, ...steps(5, shifted))).toEqual([]);
    expect(alarmsAfter(20, ...steps(5, { rms: { logits: 300 } }))).toMatchObject([{ step: 25 }]);
  });

  test('at a step that was measured before counts once, and taken back it leaves no alarm', () => {
    const watch = createWatch();
    for (let step = 0; step < 20; step++) watch.add(at(step));
    watch.add(measurementOf(changed({ interventions: '1:scale.mlp=20' }), 20, shifted));
    expect(watch.alarms()).toHaveLength(1);
    watch.add(at(20));
    expect(watch.alarms()).toEqual([]);
    expect(watch.add(at(21, shifted))).toMatchObject([{ at: 'logits' }]);
  });
});

describe('the loss', () => {
  test('raises an alarm when it stays above its band, not at a hard batch', () => {
    expect(alarmsAfter(60, { loss: 9 }, {}, { loss: 9 }, { loss: 9 }, {})).toEqual([]);
    expect(alarmsAfter(60, { loss: 3.4 }, { loss: 3.5 }, { loss: 3.31 })).toMatchObject([
      { rule: 'loss', step: 62, since: 60, band: { high: 3, steps: 50 } },
    ]);
    expect(alarmsAfter(60, { loss: 3.4 }, { loss: 3.5 }, { loss: 3.29 })).toEqual([]);
  });

  test('of another objective is no rise', () => {
    const other = changed({ objective: 'random_projection' });
    const after = [20, 21, 22].map((step) => measurementOf(other, step, { loss: 500 }));
    expect(alarmsAfter(20, ...after)).toEqual([]);
  });
});

test('other rules hold where they should and nowhere else', () => {
  const half = smallModel({ precision: 'fp16' });
  const overflow = { 'blocks.1.mlp_add': 3, logits: 9 };
  expect(alarmsAfter(0, measurementOf(half, 0, { overflow }))).toMatchObject([
    { rule: 'overflow', at: 'blocks.1.mlp_add', value: 3 },
  ]);
  expect(alarmsAfter(0, measurementOf(half, 0))).toEqual([]);

  const sharp = (max_logit: number) => ({ entropy: 0.01, max_logit });
  expect(alarmsAfter(20, sharp(4.1))).toMatchObject([
    { rule: 'collapse', at: 'blocks.0.attn', layer: 0, head: 0, value: Math.fround(4.1) },
  ]);
  expect(alarmsAfter(20, sharp(3.9), { max_logit: 10 })).toEqual([]);

  const still = { output: { changed: 0, grad_norm: 0 } };
  expect(alarmsAfter(1, still)).toMatchObject([{ rule: 'no_update', at: 'update', step: 1 }]);
  expect(alarmsAfter(1, { output: { changed: 0, lr: 0 } })).toEqual([]);

  const faint = { grad_rms: { 'blocks.0.resid_pre': 1e-10 } };
  expect(alarmsAfter(0, faint)).toMatchObject([{ rule: 'vanished', layer: 0 }]);
});

test('a rule that goes on holding is told once, and again after fifty quiet steps', () => {
  const watch = createWatch();
  const broken = (step: number) => (step >= 10 && step < 20 ? Infinity : step === 90 ? NaN : 3);
  for (let step = 0; step < 100; step++) watch.add(at(step, { loss: broken(step) }));
  expect(watch.alarms().map(({ step }) => step)).toEqual([10, 90]);
});

test('a lane is stuck where its mean loss stays and that of another falls', () => {
  const series = (loss: (step: number) => number, steps = 400) =>
    Array.from({ length: steps }, (_, step) => step).reduce(
      (all, step) => append(all, { step, value: loss(step) }),
      emptySeries(),
    );
  // Batches alike in both lanes, and hard now and then.
  const batch = (step: number) => (step % 7 === 0 ? 0.8 : 0.1 * Math.sin(step));
  const level = series((step) => 3 + batch(step));
  const falling = series((step) => 3 - step / 1000 + batch(step));
  expect(stuckOf(level, [falling])).toMatchObject({ rule: 'stuck', step: 399, since: 199 });
  expect(stuckOf(falling, [level])).toBeNull();
  expect(stuckOf(level, [level])).toBeNull();
  expect(
    stuckOf(
      series(() => 3, 250),
      [falling],
    ),
  ).toBeNull();
});

test('a long run costs little, and no more memory as it goes on', () => {
  const deep = smallModel({ n_layers: 24, n_heads: 8 });
  const ordinary = Array.from({ length: 100 }, (_, step) => measurementOf(deep, step));
  const watch = createWatch();
  const add = (steps: number) => {
    const began = process.cpuUsage();
    for (let i = 0; i < steps; i++) {
      const one = ordinary[i % 100]!;
      watch.add({ ...one, frame: { ...one.frame, step: taken++ } });
    }
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000 / steps;
  };
  let taken = 0;
  add(500);
  expect(add(2000)).toBeLessThan(0.3);
});

test('a step is gone through forward, then backward, with what the step before had', () => {
  const stops = passageOf(at(1, { rms: { 'blocks.1.mlp_in': 50 } }), at(0));
  const { sites } = model.layout;
  expect(stops.map((stop) => stop.at)).toEqual([...sites, ...sites.toReversed()]);
  expect(stops.map(({ order }) => order)).toEqual(
    stops.map(({ order }) => order).toSorted((a, b) => a - b),
  );
  const here = stops.filter((stop) => stop.at === 'blocks.1.mlp_in');
  expect(here).toMatchObject([
    { direction: 'forward', statistic: 'rms', value: 50, layer: 1 },
    { direction: 'backward', statistic: 'grad_rms', layer: 1 },
  ]);
  expect(here[0]!.before).toBe(at(0).frame.site.rms[sites.indexOf('blocks.1.mlp_in')]);
  expect(passageOf(at(1), null)[0]!.before).toBeNull();
});
