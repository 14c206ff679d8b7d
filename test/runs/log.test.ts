import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { siteStatisticsOf } from '../../src/config/statistics';
import type { DeviceReport } from '../../src/protocol/engine';
import type { Evaluation } from '../../src/protocol/evaluation';
import { frameOffsets, unpack, type Layout, type PackedFrame } from '../../src/protocol/frame';
import { aligner } from '../../src/runs/align';
import { divergenceOf } from '../../src/runs/divergence';
import { createFrameLog } from '../../src/runs/log';
import { stallSentence } from '../../src/runs/stall';
import { recordsOf, stepsOf } from '../support/series';

const { config } = complete({ n_layers: 1 });
const device: DeviceReport = { backend: 'cpu', adapter: 'none', reason: '' };
const layout: Layout = {
  sites: ['embed', 'blocks.0.attn.scores', 'blocks.0.resid_post', 'logits'],
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: ['embed.token', 'unembed'],
  n_layers: 1,
  n_heads: 2,
};
const offsets = frameOffsets(layout);
const BYTES = offsets.size * 4;

function frame(step: number, changes: Record<number, number> = {}): PackedFrame {
  const packed = Float32Array.from({ length: offsets.size }, (_, i) => step + i / 100);
  for (const [i, value] of Object.entries(changes)) packed[Number(i)] = value;
  return { step, batch: null, packed };
}
const model = { config, device, layout };

function recording(limit = Infinity) {
  let told = 0;
  const log = createFrameLog<'a' | 'b'>({ limit, onThinned: () => told++ });
  log.begin('a', model, true);
  const steps = (id: 'a' | 'b') =>
    log.segments(id).map(({ frames }) => frames.map(({ step }) => step));
  return { log, steps, told: () => told };
}

describe('the log of frames', () => {
  test('keeps every frame, and the last of those that measured one step', () => {
    const { log, steps } = recording();
    for (const step of [0, 0, 1, 2, 2]) log.add('a', frame(step));
    expect(steps('a')).toEqual([[0, 1, 2]]);
    expect(stepsOf(log.summary('a').loss)).toEqual([0, 1, 2]);
  });

  test('gives another series of losses when, and only when, it changed', () => {
    const { log } = recording();
    log.add('a', frame(0));
    const { loss } = log.summary('a');
    expect(log.summary('a').loss).toBe(loss);
    log.add('a', frame(0, { [offsets.loss]: 5 }));
    expect(log.summary('a').loss).not.toBe(loss);
    expect(recordsOf(log.summary('a').loss)).toEqual([{ step: 0, value: 5 }]);
  });

  test('begins another segment where a setting changed under training, and anew with a new model', () => {
    const { log, steps } = recording();
    for (const step of [0, 1, 2]) log.add('a', frame(step));
    log.begin('a', model, false);
    log.begin('a', model, false);
    for (const step of [2, 3]) log.add('a', frame(step));
    expect(steps('a')).toEqual([
      [0, 1],
      [2, 3],
    ]);
    log.begin('a', model, true);
    log.add('a', frame(0));
    expect(steps('a')).toEqual([[0]]);
    expect(log.summary('a').loss).toHaveLength(1);
  });

  test('drops every second older frame past its limit, never the newest, and says so', () => {
    const { log, steps, told } = recording(10 * BYTES);
    log.begin('b', model, true);
    for (let step = 0; step < 5; step++) {
      log.add('a', frame(step));
      log.add('b', frame(step));
    }
    expect(told()).toBe(0);
    log.add('a', frame(5));
    expect(told()).toBe(1);
    expect(steps('a')).toEqual([[0, 2, 4, 5]]);
    expect(steps('b')).toEqual([[0, 2, 4]]);
    for (let step = 6; step < 200; step++) log.add('a', frame(step));
    const held = steps('a').flat();
    expect(held.length + steps('b').flat().length).toBeLessThanOrEqual(10);
    expect(held[0]).toBe(0);
    expect(held.at(-1)).toBe(199);
    expect(log.summary('a').loss).toHaveLength(200);
  });

  test('finds the frame of a step, and the steps recorded before and after it', () => {
    const { log } = recording(10 * BYTES);
    const begin = (lr: number) => log.begin('a', { ...model, config: { ...config, lr } }, false);
    const found = (step: number) => {
      const shown = log.at('a', step)?.shown;
      return shown && [shown.frame.step, shown.config.lr];
    };
    expect(log.recorded(3)).toBeNull();
    for (let step = 2; step < 8; step++) log.add('a', frame(step));
    begin(0.5);
    for (let step = 7; step < 14; step++) log.add('a', frame(step));
    // Thinned once: 2 4 6, and 7 9 10 11 12 13.
    expect([1, 2, 3, 6, 7, 8, 13, 14].map(found)).toEqual([
      undefined,
      [2, config.lr],
      [2, config.lr],
      [6, config.lr],
      [7, 0.5],
      [7, 0.5],
      [13, 0.5],
      undefined,
    ]);
    log.begin('b', model, true);
    log.add('b', frame(0));
    const from = (step: number, by?: number) => log.recorded(step, by);
    expect([from(0), from(5), from(5, 1), from(6, 1), from(9, -2)]).toEqual([0, 4, 6, 7, 6]);
    expect([from(0, 1), from(4, -9), from(4, 99), from(Infinity)]).toEqual([2, 0, 13, 13]);

    const { events } = log.summary('a');
    expect(events).toEqual([{ step: 7, changes: { lr: 0.5 } }]);
    expect(log.summary('a').events).toBe(events);
  });

  test('gives the room of a lane back', () => {
    const { log, told } = recording(4 * BYTES);
    for (let round = 0; round < 10; round++) {
      log.begin('b', model, round % 2 === 0);
      log.add('b', frame(0));
      log.add('b', frame(1));
      log.drop('b');
    }
    expect(told()).toBe(0);
  });
});

describe('divergence', () => {
  const rms = (i: number) => offsets.site.rms! + i;
  const scale = offsets.output.loss_scale;
  const grad = (i: number) => offsets.site.grad_rms! + i;
  const found = (changes: Record<number, number>, before: PackedFrame | null = null) =>
    divergenceOf(
      layout,
      unpack(layout, frame(9, { [scale]: 1, ...changes })),
      before && unpack(layout, before),
    );

  test.each<[string, Record<number, number>, unknown]>([
    ['nothing where all is finite', {}, null],
    [
      'the first site that the signal passes',
      { [rms(2)]: Infinity, [rms(3)]: NaN, [offsets.loss]: NaN },
      { step: 9, site: 'blocks.0.resid_post', statistic: 'rms' },
    ],
    [
      'an overflow that a norm mended again',
      { [rms(0)]: Infinity },
      { step: 9, site: 'embed', statistic: 'rms' },
    ],
    ['the loss alone', { [offsets.loss]: -Infinity }, { step: 9, site: 'loss', statistic: 'loss' }],
    [
      'the first site that the gradient passes on its way back',
      { [grad(2)]: Infinity, [grad(1)]: NaN, [grad(0)]: NaN },
      { step: 9, site: 'blocks.0.resid_post', statistic: 'grad_rms' },
    ],
    [
      'with what the loss was multiplied by',
      { [grad(3)]: Infinity, [scale]: 1024 },
      { step: 9, site: 'logits', statistic: 'grad_rms', lossScale: 1024 },
    ],
    [
      'a tensor whose gradient is not finite though that of every site is',
      { [offsets.param.param_grad_rms + 1]: NaN },
      { step: 9, site: 'unembed', statistic: 'param_grad_rms' },
    ],
    [
      'nothing where the loss scaling passed over the gradient',
      { [grad(0)]: NaN, [offsets.param.param_grad_rms]: NaN, [offsets.output.changed]: 0 },
      null,
    ],
    ['nothing where a statistic is not defined', { [rms(1)]: NaN, [grad(1)]: NaN }, null],
  ])('is %s', (_, changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });

  test('is not where the same statistic was not defined before', () => {
    const undefinedThere = { [rms(1)]: NaN };
    const broken = { ...undefinedThere, [rms(3)]: NaN, [offsets.loss]: NaN };
    expect(found(broken, frame(8, undefinedThere))).toMatchObject({ site: 'logits' });
  });

  test('stays at its first step, and goes when that step is measured again and finite', () => {
    const { log } = recording();
    const divergence = () => log.summary('a').divergence;
    log.add('a', frame(0));
    log.add('a', frame(1, { [rms(0)]: Infinity }));
    log.add('a', frame(2, { [offsets.loss]: NaN }));
    expect(divergence()).toMatchObject({ step: 1, site: 'embed' });
    log.begin('a', model, true);
    log.add('a', frame(0, { [rms(0)]: Infinity }));
    expect(divergence()).toMatchObject({ step: 0 });
    log.begin('a', model, false);
    log.add('a', frame(0));
    expect(divergence()).toBeNull();
  });
});

test('updates without effect are counted, and one that is measured again is counted once', () => {
  const { log } = recording();
  const stalled = { [offsets.output.changed]: 0, [offsets.param.update_ratio]: 1e-9 };
  const told = () => {
    const { stall } = log.summary('a');
    return stall && stallSentence(stall);
  };
  log.add('a', frame(0));
  expect(told()).toBeNull();
  log.add('a', frame(1, stalled));
  log.add('a', frame(1, stalled));
  const first = told();
  expect(first).toMatch(/^The update of step 1 changes no weight: .* float32 rounds it away\.$/);
  log.add('a', frame(2));
  expect(told()).toBe(first);
  log.add('a', frame(3, stalled));
  expect(told()).toMatch(/^The update of step 3 .* There were 2 such updates\.$/);
  log.add('a', frame(3));
  expect(told()).toBe(first);
});

describe('evaluations', () => {
  const apart = { ...config, dropout: 0.1 };
  const evaluation = (step: number): Evaluation => ({
    frame: frame(step),
    seq_len: 2,
    sameBatch: true,
    position: { loss: new Float32Array(2), rms: new Float32Array(2), entropy: new Float32Array(2) },
    leak: null,
  });
  const steps = (log: ReturnType<typeof recording>['log']) =>
    log.segments('a').map(({ evaluations }) => [...evaluations.keys()]);

  test('are kept where they differ from training', () => {
    const { log } = recording();
    log.add('a', frame(0));
    log.evaluate('a', evaluation(0));
    log.begin('a', { ...model, config: apart }, false);
    log.add('a', frame(1));
    log.evaluate('a', evaluation(1));
    // The same model measures the step again.
    log.add('a', frame(1));
    expect(steps(log)).toEqual([[], [1]]);
  });

  test('go with the frame that a changed model measured again', () => {
    const { log } = recording();
    log.begin('a', { ...model, config: apart }, true);
    log.add('a', frame(0));
    log.add('a', frame(1));
    log.evaluate('a', evaluation(1));
    log.begin('a', model, false);
    log.add('a', frame(1));
    expect(steps(log)).toEqual([[], []]);
  });

  test('are thinned with their frames', () => {
    const { log, told } = recording(9 * BYTES);
    log.begin('a', { ...model, config: apart }, true);
    for (let step = 0; step < 5; step++) {
      log.add('a', frame(step));
      log.evaluate('a', evaluation(step));
    }
    expect(told()).toBe(1);
    const [segment] = log.segments('a');
    expect([...segment!.evaluations.keys()]).toEqual(segment!.frames.map(({ step }) => step));
  });
});

describe('a frame in another layout', () => {
  const other: Layout = {
    sites: ['embed', 'blocks.0.resid_post', 'final_norm', 'logits'],
    siteStatistics: layout.siteStatistics,
    norms: [],
    params: ['unembed'],
    n_layers: 1,
    n_heads: 2,
  };

  test('is the same frame where nothing differs', () => {
    const packed = frame(3);
    expect(aligner(layout, { ...layout })(packed)).toBe(packed);
  });

  test('of another precision or norm has what both have', () => {
    const plain = unpack(layout, frame(3));
    const to: Layout = {
      ...layout,
      siteStatistics: ['mean', 'rms', 'underflow'],
      norms: ['final_norm'],
    };
    const now = unpack(to, aligner(layout, to)(frame(3)));
    expect([...now.site.rms]).toEqual([...plain.site.rms]);
    expect([...now.site.underflow]).toEqual([NaN, NaN, NaN, NaN]);
    expect([...now.param.param_rms]).toEqual([...plain.param.param_rms]);
    expect([...now.norm.var_tid]).toEqual([NaN]);
    const back = unpack(layout, aligner(to, layout)(aligner(layout, to)(frame(3))));
    expect([...back.head.sink]).toEqual([...plain.head.sink]);
  });

  test('keeps numbers by their names, and has NaN where there were none', () => {
    const old = unpack(layout, frame(3));
    const now = unpack(other, aligner(layout, other)(frame(3)));
    expect(now.loss).toBe(old.loss);
    expect(now.output).toEqual(old.output);
    expect([...now.site.rms]).toEqual([old.site.rms[0], old.site.rms[2], NaN, old.site.rms[3]]);
    expect([...now.param.param_rms]).toEqual([old.param.param_rms[1]]);
    expect([...now.head.sink]).toEqual([...old.head.sink]);
    const split = unpack(
      { ...other, n_heads: 4 },
      aligner(layout, { ...other, n_heads: 4 })(frame(3)),
    );
    expect([...split.head.sink]).toEqual([NaN, NaN, NaN, NaN]);
  });
});
