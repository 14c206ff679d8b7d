import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sitesOf } from '../../src/config/sites';
import { readTyped } from '../../src/config/quantity';
import { createFrames } from '../../src/lib/frames';
import type { Lane } from '../../src/runs/state';
import { memoryAddress, openScope, pause, type Setup } from './openScope';
import { recordsOf, stepsOf } from '../support/series';

type Opened = ReturnType<typeof openScope>;
let opened: Opened[] = [];
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeEach(() => {
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  for (const { scope } of opened) scope.dispose();
  opened = [];
  await pause(5);
  process.off('unhandledRejection', onRejection);
  expect(rejections.splice(0)).toEqual([]);
});

const open = (setup?: Setup) => {
  const page = openScope(setup);
  opened.push(page);
  return page;
};
const ready = async (setup?: Setup) => {
  const page = open(setup);
  await page.ready();
  return page;
};
const methods = ({ workers }: Opened, i = 0) =>
  workers[i]!.behaviour.calls.map(({ method }) => method);

/** A frame of its layout, whose sites are those of the configuration it was measured with. */
const belongsTogether = ({ shown }: Lane) => {
  if (!shown) return true;
  const { config, layout, frame } = shown;
  return (
    frame.site.rms.length === layout.sites.length &&
    frame.head.entropy.length === layout.n_layers * layout.n_heads &&
    layout.n_layers === config.n_layers &&
    layout.sites.length >= sitesOf(config).length
  );
};

describe('opening', () => {
  test('comes to rest at step 0 with a frame in both lanes', async () => {
    const page = await ready();
    expect(page.state().lanes.map(({ id, config }) => [id, config.placement])).toEqual([
      ['a', 'pre'],
      ['b', 'post'],
    ]);
    for (const lane of page.state().lanes) {
      expect(lane).toMatchObject({ engine: { status: 'ready', error: null }, divergence: null });
      expect(lane.engine.device?.backend).toBe('cpu');
      expect(lane.shown?.frame.step).toBe(0);
      expect(recordsOf(lane.loss)).toEqual([{ step: 0, value: lane.shown!.frame.loss }]);
    }
    await pause(20);
    expect(methods(page)).toEqual(['open', 'configure', 'probe']);
    expect(page.workers[0]!.behaviour.calls[0]!.args).toEqual([{ backend: null }]);
    expect(page.state()).toMatchObject({ playing: false, stepsPerSecond: 0, notices: [] });
    expect(page.address.hash()).toBe('');
  });

  test('from a link applies what is right and says what is not, where it is seen', async () => {
    const page = await ready({ hash: 'v=1&n_layers=3&lr=-1&b.norm=batch&colour=red' });
    expect(page.lane('a').config).toMatchObject({ n_layers: 3, lr: 1e-3, placement: 'pre' });
    expect(page.lane('b').config).toMatchObject({ n_layers: 3, placement: 'post' });
    expect(page.state().notices.map(({ level, about }) => [level, about])).toEqual([
      ['warning', 'page'],
      ['warning', 'page'],
      ['warning', 'page'],
    ]);
  });

  test.each([
    ['thousands of keys', Array.from({ length: 12_000 }, (_, i) => `x${i}=1`), 6],
    ['thousands of keys of a lane', Array.from({ length: 12_000 }, (_, i) => `b.x${i}=1`), 6],
    ['thousands of keys of the view', Array.from({ length: 12_000 }, (_, i) => `view.x${i}=1`), 6],
    ['thousands of one known key', Array.from({ length: 12_000 }, (_, i) => `lr=-${i + 1}`), 1],
    [
      'a key and values of 100 kB',
      [
        `${'k'.repeat(1e5)}=1`,
        `norm=${'v'.repeat(1e5)}`,
        `lanes=${'9'.repeat(1e5)}`,
        `v=${'9'.repeat(1e5)}`,
        `view.panel=${'p'.repeat(1e5)}`,
      ],
      5,
    ],
  ])('from a link of %s is quick, and says so in a few words', async (_, pairs, count) => {
    const began = performance.now();
    const page = await ready({ hash: pairs.join('&') });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(page.texts()).toHaveLength(count);
    expect(page.texts().join().length).toBeLessThan(3000);
    if (count === 6) expect(page.texts().at(-1)).toMatch(/… and 11,995 more\.$/);
  });

  test('says beside a lane what of it has nothing to show, until there is something', async () => {
    const page = await ready({
      hash: 'v=1&task=gaussian&objective=random_projection&seq_len=1&batch_size=1&b.norm=batchnorm',
    });
    const said = () => page.state().notices.map(({ about, text }) => [about, text.slice(0, 9)]);
    expect(said()).toEqual([['b', 'BatchNorm']]);
    page.setValue('batch_size', 2, ['b']);
    expect(said()).toEqual([]);
    page.setValue('batch_size', 1, ['b']);
    page.dismiss(page.state().notices[0]!.id);
    page.setValue('lr', 0.1, ['b']);
    expect(said()).toEqual([]);
  });

  test('with a backend asks for it', async () => {
    const page = await ready({ backend: 'wasm' });
    expect(page.lane('b').engine.device?.backend).toBe('wasm');
  });

  test('waits for the text only where a lane reads it', async () => {
    const page = open({ hash: 'b.task=random', fetchText: () => new Promise(() => undefined) });
    await page.until(() => page.lane('b').engine.status === 'ready');
    expect(page.lane('a')).toMatchObject({ engine: { status: 'building' }, shown: null });
    expect(page.workers[1]!.behaviour.calls[1]!.args).toMatchObject([{ text: '' }]);
  });

  test('without its text says so, and tries again when asked', async () => {
    let works = false;
    const page = open({
      fetchText: () => (works ? Promise.resolve('x') : Promise.reject(new Error('offline'))),
    });
    await page.until(({ notices }) => notices.length > 0);
    const [notice] = page.state().notices;
    expect(notice).toMatchObject({ level: 'error', about: 'page' });
    expect(notice!.text).toContain('offline');
    page.play();
    await page.until(({ playing }) => !playing);
    works = true;
    notice!.action!.run();
    await page.ready();
  });
});

describe('lock step', () => {
  test('steps all lanes together and shows them in one change', async () => {
    const page = await ready();
    page.play();
    await page.atStep(5);
    page.pause();
    await page.quiet();
    for (const lanes of page.seen) {
      if (lanes.every(({ engine }) => engine.status === 'ready')) {
        expect(new Set(lanes.map(({ shown }) => shown!.frame.step)).size).toBe(1);
      }
    }
  });

  test('waits for the slowest lane, and has never two ticks in flight', async () => {
    const page = await ready({ engines: [{}, { delay: 8 }] });
    page.play();
    await page.atStep(3);
    const count = (i: number) => methods(page, i).filter((m) => m === 'step').length;
    expect(Math.abs(count(0) - count(1))).toBeLessThanOrEqual(1);
    page.pause();
    page.play();
    page.pause();
    page.play();
    await page.atStep(6);
    expect(Math.abs(count(0) - count(1))).toBeLessThanOrEqual(1);
  });

  test('records every step without loss', async () => {
    const page = await ready();
    page.play();
    await page.atStep(20);
    page.pause();
    await page.quiet();
    const { loss, shown } = page.lane('b');
    expect(stepsOf(loss)).toEqual(Array.from({ length: shown!.frame.step + 1 }, (_, i) => i));
    const record = JSON.parse(await page.recordOf('b')) as {
      frames: { step: number }[];
    };
    expect(record.frames.map(({ step }) => step)).toEqual(stepsOf(loss));
  });

  test('shows at most one change per picture however fast it goes', async () => {
    const pictures: (() => void)[] = [];
    const page = await ready({ frames: createFrames((draw) => void pictures.push(draw)) });
    page.seen.length = 0;
    page.play();
    await pause(150);
    expect(page.seen).toEqual([]);
    // The two parts of one picture.
    expect(pictures).toHaveLength(2);
    for (const part of pictures.splice(0)) part();
    expect(page.seen).toHaveLength(1);
    expect(page.lane('a').shown!.frame.step).toBeGreaterThan(1);
    expect(page.lane('a').loss).toHaveLength(page.lane('a').shown!.frame.step + 1);
  });

  test('goes on without a lane that fails', async () => {
    const page = await ready();
    page.workers[0]!.behaviour.fails.set('step', 'lost the device');
    page.play();
    await page.until(() => (page.lane('b').shown?.frame.step ?? 0) > 4);
    expect(page.lane('a').engine.status).toBe('failed');
    expect(page.lane('a').engine.error).toContain('lost the device');
    expect(page.lane('a').shown?.frame.step).toBe(0);
    expect(page.state().playing).toBe(true);
  });

  test('ends when no lane is left', async () => {
    const page = await ready({ hash: 'lanes=1' });
    page.workers[0]!.behaviour.fails.set('step', 'lost the device');
    page.play();
    await page.until(({ playing }) => !playing);
    expect(page.state().stepsPerSecond).toBe(0);
  });

  test('begins with all lanes together, also when one starts slowly', async () => {
    const page = open({ engines: [{}, { delay: 15 }] });
    page.play();
    await page.atStep(2);
    expect(page.lane('a').shown!.frame.step).toBe(page.lane('b').shown!.frame.step);
  });

  test('one step at a time shows where the model then stands', async () => {
    const page = await ready();
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    expect(page.lane('a').shown!.frame.step).toBe(1);
    page.stepOnce();
    page.stepOnce();
    await page.atStep(3);
    await page.quiet();
    expect(page.lane('b').shown!.frame.step).toBe(3);
    expect(page.state().playing).toBe(false);
  });

  test('a single step while playing stops there', async () => {
    const page = await ready();
    page.play();
    await page.atStep(2);
    page.stepOnce();
    expect(page.state().playing).toBe(false);
    await page.quiet();
    const { step } = page.lane('a').shown!.frame;
    await pause(20);
    expect(page.lane('a').shown!.frame.step).toBe(step);
  });

  test('resets at rest and under way', async () => {
    const page = await ready();
    page.play();
    await page.atStep(4);
    page.reset();
    await page.until(({ lanes }) => lanes.every(({ loss }) => loss.length < 4));
    await page.atStep(2);
    expect(page.lane('a').shown!.frame.step).toBe(page.lane('b').shown!.frame.step);
    page.pause();
    await page.quiet();
    page.reset();
    await page.until(({ lanes }) => lanes.every(({ shown }) => shown?.frame.step === 0));
    expect(page.lane('a').loss).toHaveLength(1);
    expect(page.texts()).toEqual([expect.stringMatching(/ended at step \d+ and is kept/)]);
  });

  test('names the first step and site that left the finite range', async () => {
    const site = 'blocks.3.mlp_out';
    const page = await ready({
      engines: [{}, { diverges: { step: 2, site, value: Infinity } }],
      alarmsOnlyMark: () => true,
    });
    page.play();
    await page.atStep(4);
    expect(page.lane('b').divergence).toEqual({ step: 2, site, statistic: 'rms' });
    expect(page.lane('a').divergence).toBeNull();
    expect(page.state().playing).toBe(true);
  });
});

describe('speed', () => {
  test('is kept to, measured, and changed under way', async () => {
    const page = await ready({ hash: 'lanes=1' });
    page.setSpeed(50);
    page.play();
    const began = performance.now();
    await page.until(({ stepsPerSecond }) => stepsPerSecond > 0);
    await page.atStep(25);
    const rate = (25 * 1000) / (performance.now() - began);
    expect(rate).toBeLessThan(60);
    expect(page.state().stepsPerSecond).toBeGreaterThan(20);
    expect(page.state().stepsPerSecond).toBeLessThan(65);
    page.setSpeed(0.1);
    await pause(60);
    const { step } = page.lane('a').shown!.frame;
    await pause(60);
    expect(page.lane('a').shown!.frame.step).toBe(step);
    page.setSpeed(null);
    await page.atStep(step + 10);
    page.pause();
    expect(page.state()).toMatchObject({ playing: false, stepsPerSecond: 0, speed: null });
  });
});

describe('settings', () => {
  test('go to the lanes named, or to all, and the old frame stays until the new one is there', async () => {
    const page = await ready({ engines: [{ delay: 5 }, { delay: 5 }] });
    page.setValue('n_layers', 3, ['b']);
    expect(page.lane('b')).toMatchObject({
      engine: { status: 'building' },
      config: { n_layers: 3 },
    });
    expect(page.lane('b').shown!.frame.head.entropy).toHaveLength(48);
    expect(page.lane('a').engine.status).toBe('ready');
    page.setValue('norm', 'rmsnorm');
    await page.ready();
    expect(page.lane('b').shown!.frame.head.entropy).toHaveLength(12);
    expect(page.state().lanes.map(({ config }) => config.norm)).toEqual(['rmsnorm', 'rmsnorm']);
    expect(page.seen.flat().every(belongsTogether)).toBe(true);
  });

  test('while a slider is dragged only the newest waits, and work is never doubled', async () => {
    const page = await ready({ hash: 'lanes=1', engines: [{ delay: 10 }] });
    const { calls } = page.workers[0]!.behaviour;
    calls.length = 0;
    for (let n = 1; n <= 40; n++) {
      page.setValue('n_layers', n, undefined, false);
      await pause(1);
    }
    await page.ready();
    const asked = calls.map(({ method }) => method);
    expect(asked).toEqual(asked.map((_, i) => (i % 2 ? 'probe' : 'configure')));
    expect(asked.length).toBeLessThan(20);
    expect(calls.at(-2)!.args).toMatchObject([{ config: { n_layers: 40 } }]);
    expect(page.lane('a').shown!.frame.head.entropy).toHaveLength(160);
    expect(page.seen.flat().every(belongsTogether)).toBe(true);
    expect(page.address.entries).toHaveLength(1);
  });

  test('dragged while playing let the steps go on, in lock step', async () => {
    const page = await ready({ engines: [{ delay: 3 }, { delay: 1 }] });
    page.play();
    for (let n = 1; n <= 30; n++) {
      page.setValue('n_layers', 1 + (n % 6), undefined, false);
      await pause(2);
    }
    await page.atStep(3);
    page.pause();
    await page.quiet();
    const [a, b] = page.state().lanes;
    expect(a!.shown!.frame.step).toBe(b!.shown!.frame.step);
    expect(page.seen.flat().every(belongsTogether)).toBe(true);
    const asked = methods(page);
    expect(asked.filter((m) => m === 'step').length).toBeGreaterThan(3);
  });

  test('changed under training keep the model and its losses, and show it where it stands', async () => {
    const page = await ready();
    for (const step of [1, 2, 3]) {
      page.stepOnce();
      await page.atStep(step);
    }
    await pause(10);
    const before = recordsOf(page.lane('a').loss);
    page.setValue('placement', 'post', ['a']);
    await page.ready();
    const { shown, loss, engine } = page.lane('a');
    expect(engine.model!.kept).toBe(true);
    expect(shown!.config.placement).toBe('post');
    expect(shown!.frame.step).toBe(3);
    expect(recordsOf(loss).slice(0, 3)).toEqual(before.slice(0, 3));
    expect(recordsOf(loss)[3]).not.toEqual(before[3]);
    page.stepOnce();
    await page.atStep(4);
    await page.quiet();
    expect(stepsOf(page.lane('a').loss)).toEqual([0, 1, 2, 3, 4]);
    // Post-LN has no final norm: earlier frames are told in the layout of the present one.
    const { blob, name } = (await page.saveRun('a', 'record'))!;
    const record = JSON.parse(await blob.text()) as {
      sites: string[];
      config: { placement: string };
      frames: { site: { rms: unknown[] } }[];
    };
    expect(name).toBe('normscope-post-ln-step4.json');
    expect(record.config.placement).toBe('post');
    expect(record.frames.map(({ site }) => site.rms.length)).toEqual(
      Array(5).fill(record.sites.length),
    );
    expect(page.texts().join()).toContain('Settings were changed at step 3');
  });

  test('that went away and came back start every lane anew, whatever each has seen of it', async () => {
    const page = await ready({ engines: [{ delay: 4 }, {}] });
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    page.setValue('lr', 0.5, undefined, false);
    page.setValue('n_layers', 13, undefined, false);
    await pause(2);
    page.setValue('n_layers', 12, undefined, false);
    await page.ready();
    for (const { loss, shown } of page.state().lanes) {
      expect(shown!.frame.step).toBe(0);
      expect(loss).toHaveLength(1);
    }
    expect(page.texts()).toEqual([expect.stringMatching(/ended at step \d+ and is kept/)]);
  });

  test('that start the model anew start its losses and record anew', async () => {
    const page = await ready();
    page.play();
    await page.atStep(3);
    page.pause();
    await page.quiet();
    page.setValue('seed', 5);
    await page.ready();
    for (const lane of page.state().lanes) {
      expect(stepsOf(lane.loss)).toEqual([0]);
      expect(lane.engine.model!.kept).toBe(false);
    }
    expect(page.texts()).toEqual([expect.stringMatching(/ended at step \d+ and is kept/)]);
  });

  test('that start one lane anew beside others in training say so, with a way out', async () => {
    const page = await ready();
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    page.setValue('seed', 5, ['b']);
    await page.ready();
    const [notice] = page.state().notices;
    expect(notice).toMatchObject({ about: 'b', otherwise: { label: 'Bring it back' } });
    notice!.action!.run();
    await page.until(({ lanes }) => lanes.every(({ shown }) => shown?.frame.step === 0));
    expect(page.texts()).toEqual([expect.stringMatching(/ended at step \d+ and is kept/)]);
  });

  test('that cannot go together give way to the one that changed, with a word about it', async () => {
    const page = await ready();
    page.setValue('n_heads', 5);
    expect(page.lane('a').config).toMatchObject({ n_heads: 5, d_model: 65 });
    expect(page.state().notices).toMatchObject([{ level: 'warning', about: 'd_model' }]);
    page.setValue('n_heads', 1);
    expect(page.state().notices).toEqual([]);
    page.setValue('lr', 1e9);
    expect(page.state().notices).toMatchObject([{ level: 'warning', about: 'lr' }]);
    await page.ready();
  });

  test('that an engine refuses fail the lane until others work', async () => {
    const page = await ready();
    const { fails } = page.workers[1]!.behaviour;
    fails.set('configure', 'out of memory');
    page.setValue('n_layers', 30, ['b']);
    await page.until(() => page.lane('b').engine.status === 'failed');
    expect(page.lane('b').engine.error).toContain('out of memory');
    expect(page.lane('b').shown!.frame.head.entropy).toHaveLength(48);
    page.reset();
    fails.clear();
    page.setValue('n_layers', 2, ['b']);
    await page.ready();
    expect(page.lane('b')).toMatchObject({
      engine: { error: null },
      shown: { frame: { step: 0 } },
    });
    expect(page.seen.flat().every(belongsTogether)).toBe(true);
  });

  test('whose model came but not its frame show neither', async () => {
    const page = await ready();
    const { fails } = page.workers[0]!.behaviour;
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    fails.set('probe', 'lost');
    page.setValue('seed', 9, ['a']);
    await page.until(() => page.lane('a').engine.status === 'failed');
    expect(page.lane('a').shown!.config.seed).toBe(0);
    fails.clear();
    page.setValue('lr', 0.5, ['a']);
    await page.ready();
    // The engine kept the weights of seed 9; of what is shown nothing is left.
    expect(stepsOf(page.lane('a').loss)).toEqual([0]);
  });
});

describe('back and forward', () => {
  test('undo and redo settled changes, lanes and the view, and nothing dragged', async () => {
    const page = await ready();
    page.setValue('n_layers', 6);
    page.setValue('lr', 0.1, undefined, false);
    page.setValue('lr', 0.2, undefined, false);
    page.setValue('lr', 0.2);
    page.setValue('lr', 0.2);
    page.addLane();
    page.setView({ attention: readTyped('token_cosine@resid_mid')! });
    expect(page.address.entries.map(({ hash }) => hash)).toEqual([
      '',
      'v=1&n_layers=6',
      'v=1&n_layers=6&lr=0.2',
      'v=1&n_layers=6&lr=0.2&c.placement=none',
      'v=1&n_layers=6&lr=0.2&c.placement=none&view.attention=token_cosine@resid_mid',
    ]);
    page.address.back();
    expect(page.state().view.attention).toMatchObject({ of: 'head' });
    page.address.back();
    expect(page.state().lanes).toHaveLength(2);
    expect(page.workers[2]!.terminated).toBe(true);
    page.address.back();
    expect(page.lane('a').config).toMatchObject({ n_layers: 6, lr: 1e-3 });
    page.address.back();
    expect(page.lane('b').config.n_layers).toBe(12);
    page.address.forward();
    await page.ready();
    expect(page.lane('b').shown!.frame.head.entropy).toHaveLength(24);
    expect(page.address.entries).toHaveLength(5);
  });

  test('leave lanes alone that do not change, and give letters back', async () => {
    const page = await ready();
    page.addLane();
    await page.ready();
    page.removeLane('a');
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(page.address.hash()).toBe('v=1&placement=post&b.placement=none');
    const asked = page.workers.map(({ behaviour }) => behaviour.calls.length);
    page.address.back();
    expect(page.state().lanes.map(({ id, config }) => [id, config.placement])).toEqual([
      ['a', 'pre'],
      ['b', 'post'],
      ['c', 'none'],
    ]);
    await page.ready();
    expect(page.workers).toHaveLength(4);
    expect(page.workers.slice(1, 3).map(({ behaviour }) => behaviour.calls.length)).toEqual(
      asked.slice(1),
    );
  });

  test('a page loaded again keeps the letters of its lanes', async () => {
    const address = memoryAddress('v=1&placement=post&b.placement=none');
    const page = await ready({
      address: { ...address, read: () => ({ ...address.read(), lanes: ['b', 'c'] }) },
    });
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('the baseline is the same lane under whatever letter a link has for it', async () => {
    const page = await ready({ hash: 'v=1&c.placement=none&view.baseline=c' });
    page.removeLane('a');
    expect(page.state().view.baseline).toBe('c');
    expect(page.address.hash()).toContain('view.baseline=b');
    page.removeLane('c');
    expect(page.address.hash()).not.toContain('baseline');
    page.address.back();
    expect(page.state().view.baseline).toBe('c');
  });

  test('an address edited by hand is followed', async () => {
    const page = await ready();
    page.address.edit('v=1&n_layers=2&nonsense=1');
    expect(page.lane('a').config.n_layers).toBe(2);
    expect(page.texts().join()).toContain('nonsense');
    await page.ready();
  });
});

describe('lanes', () => {
  test('are added with the next placement, up to four, and removed down to one', async () => {
    const page = await ready({ hash: 'v=1&n_layers=2' });
    for (let i = 0; i < 4; i++) page.addLane();
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    await page.ready();
    expect(page.lane('c').config).toMatchObject({ n_layers: 2, placement: 'none' });
    for (const id of ['a', 'b', 'c', 'd'] as const) page.removeLane(id);
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['d']);
    page.removeLane('a');
    expect(page.state().lanes).toHaveLength(1);
    expect(page.workers.map(({ terminated }) => terminated)).toEqual([true, true, true, false]);
    page.addLane();
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'd']);
    await page.ready();
  });

  test('added under way join when they are ready, and may be removed in the middle of a step', async () => {
    const page = await ready({ engines: [{}, {}, { delay: 4 }] });
    page.play();
    await page.atStep(5);
    page.addLane();
    await page.until(() => (page.lane('c').shown?.frame.step ?? 0) > 1);
    expect(page.lane('a').shown!.frame.step).toBeGreaterThan(5);
    page.workers[2]!.behaviour.hangs.add('step');
    await pause(20);
    page.removeLane('c');
    const { step } = page.lane('a').shown!.frame;
    await page.atStep(step + 3);
    expect(page.texts()).toEqual([expect.stringMatching(/ended at step \d+ and is kept/)]);
  });
});

describe('a worker that dies', () => {
  test('fails its lane alone, and a new one takes its place', async () => {
    const page = await ready();
    page.play();
    await page.atStep(3);
    page.workers[1]!.die('RuntimeError: unreachable');
    // A first time another takes its place by itself.
    await page.until(() => page.workers.length === 3 && page.lane('b').engine.status === 'ready');
    page.workers[2]!.die('RuntimeError: unreachable');
    await page.until(() => page.lane('b').engine.status === 'failed');
    expect(page.lane('b').engine.error).toContain('RuntimeError: unreachable');
    expect(page.lane('b').shown).not.toBeNull();
    const { step } = page.lane('a').shown!.frame;
    await page.until(() => page.lane('a').shown!.frame.step > step + 3);
    page.pause();
    await page.quiet();
    page.setValue('lr', 0.5);
    expect(page.lane('b')).toMatchObject({ engine: { status: 'failed' }, config: { lr: 0.5 } });

    page.restart('b');
    expect(page.lane('b')).toMatchObject({ engine: { status: 'starting', error: null } });
    expect(page.lane('b').shown).not.toBeNull();
    await page.ready();
    await page.until(() => page.lane('b').shown?.config.lr === 0.5);
    expect(page.lane('b').shown!.frame.step).toBeGreaterThan(2);
    expect(page.workers).toHaveLength(4);
    expect(page.seen.flat().every(belongsTogether)).toBe(true);
  });

  test('in the middle of anything leaves nothing hanging', async () => {
    const page = await ready({ engines: [{}, { delay: 5 }] });
    page.play();
    await page.atStep(1);
    page.setValue('n_layers', 4, ['b'], false);
    page.setValue('n_layers', 5, ['b'], false);
    page.reset();
    const saving = expect(page.saveWeights('b')).rejects.toThrow('boom');
    page.workers[1]!.die('boom');
    await saving;
    await page.until(() => page.lane('a').shown!.frame.step > 5);
    page.restart('b');
    page.restart('b');
    await page.ready();
    expect(page.workers.map(({ terminated }) => terminated)).toEqual([false, true, true, false]);
  });

  test('or that cannot even be made, is a failed lane', async () => {
    const page = open({
      spawn() {
        throw new Error('workers are forbidden');
      },
    });
    await page.until(({ lanes }) => lanes.every(({ engine }) => engine.status === 'failed'));
    expect(page.lane('a').engine.error).toContain('workers are forbidden');
    page.play();
    await page.until(({ playing }) => !playing);
    page.setValue('lr', 0.5);
    page.reset();
    await pause(10);
    expect(page.lane('a').engine.status).toBe('failed');
  });

  test('another backend gives every lane a new one', async () => {
    const page = await ready();
    page.useBackend('wasm');
    await page.ready();
    expect(page.workers.map(({ terminated }) => terminated)).toEqual([true, true, false, false]);
    expect(page.state().lanes.map(({ engine }) => engine.device?.backend)).toEqual([
      'wasm',
      'wasm',
    ]);
    page.addLane();
    await page.ready();
    expect(page.lane('c').engine.device?.backend).toBe('wasm');
  });

  test('another backend under training does not end it', async () => {
    const page = await ready();
    page.play();
    await page.until(() => page.lane('a').shown!.frame.step > 2);
    page.useBackend('wasm');
    await page.until(() => page.lane('b').engine.device?.backend === 'wasm');
    await page.until(() => page.lane('b').shown!.frame.step > 2);
    expect(page.state().playing).toBe(true);
  });
});

describe('a lane that hangs', () => {
  afterEach(() => vi.useRealTimers());

  test('is named after a while, with a way to go on', async () => {
    const page = await ready();
    vi.useFakeTimers();
    page.workers[0]!.behaviour.hangs.add('step');
    page.play();
    await vi.advanceTimersByTimeAsync(15_001);
    const [notice] = page.state().notices;
    expect(notice).toMatchObject({ level: 'warning', about: 'a' });
    notice!.action!.run();
    await vi.advanceTimersByTimeAsync(50);
    expect(page.lane('a').engine.status).toBe('ready');
    await vi.advanceTimersByTimeAsync(500);
    expect(page.lane('a').shown!.frame.step).toBeGreaterThan(2);
    expect(page.state().notices.every(({ text }) => !text.includes('at work'))).toBe(true);
    page.pause();
    await vi.advanceTimersByTimeAsync(50);
  });
});
