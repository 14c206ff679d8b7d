import { afterEach, describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { configOf, MAX_WEIGHTS_BYTES, slug } from '../../src/runs/files';
import { memoryShelf, openScope, pause, type Setup } from './openScope';

let close: () => void = () => undefined;
afterEach(() => close());
const open = (setup?: Setup) => {
  const page = openScope(setup);
  close = () => page.scope.dispose();
  return page;
};
const ready = async (setup?: Setup) => {
  const page = open(setup);
  await page.ready();
  return page;
};
const file = (content: BlobPart, name = 'my.txt') => new File([content], name);
/** A file that claims a size; whoever reads it before looking at that fails. */
const hugeFile = (size: number) =>
  ({
    name: 'huge.bin',
    size,
    arrayBuffer: () => Promise.reject(new Error('was read')),
  }) as unknown as File;
const weights = (config: unknown) =>
  encodeSafetensors([{ name: 'embed.token', shape: [1], data: new Float32Array(1) }], {
    normscope_config: JSON.stringify(config),
  });
const weightsFile = (config: unknown) =>
  new File([new Uint8Array(weights(config))], 'w.safetensors');

describe('the user’s text', () => {
  const textsRead = (page: ReturnType<typeof openScope>) =>
    page.workers.map(
      ({ behaviour }) =>
        (
          behaviour.calls.findLast(({ method }) => method === 'configure')!.args[0] as {
            text: string;
          }
        ).text,
    );

  test('goes to the lanes that read text, starts them anew, and is kept', async () => {
    const page = await ready({ hash: 'b.task=random' });
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    await page.setTextFile(file('\uFEFFone\r\ntwo'));
    await page.ready();
    expect(page.state().text).toEqual({ name: 'my.txt', content: 'one\ntwo' });
    expect(textsRead(page)).toEqual(['one\ntwo', '']);
    expect(page.lane('a').loss).toHaveLength(1);
    expect(page.shelf.kept).toEqual({ name: 'my.txt', content: 'one\ntwo' });

    page.setText(null);
    await page.quiet();
    expect(page.state().text.content).toBeNull();
    expect(textsRead(page)[0]).toBe('to be or not to be');
    expect(page.shelf.kept).toBeNull();
  });

  test('is there again after a reload, without asking for the app’s', async () => {
    const shelf = memoryShelf({ name: 'mine.txt', content: 'abc' });
    const page = await ready({ shelf, fetchText: () => Promise.reject(new Error('offline')) });
    expect(page.state().text.name).toBe('mine.txt');
    expect(textsRead(page)).toEqual(['abc', 'abc']);
    expect(page.state().notices).toEqual([]);
  });

  test('works without a place to keep it', async () => {
    const page = await ready({
      shelf: {
        load: () => Promise.reject(new Error('no storage')),
        save: () => Promise.reject(new Error('no room')),
      },
    });
    expect(page.texts().join()).toContain('no storage');
    page.setText({ name: 'mine', content: 'abc' });
    await page.ready();
    expect(textsRead(page)[0]).toBe('abc');
    expect(page.texts().join()).toContain('no room');
  });

  test('chosen while the kept one is still looked for is not replaced by it', async () => {
    const shelf = memoryShelf();
    shelf.load = () => pause(10).then(() => ({ name: 'old', content: 'old' }));
    const page = open({ shelf });
    page.setText({ name: 'new', content: 'new' });
    await pause(20);
    await page.ready();
    expect(page.state().text.name).toBe('new');
  });

  test.each<[string, File, string]>([
    ['too large', hugeFile(12_300_000), '12.3 MB; a text may have at most 10 MB'],
    ['not UTF-8', file(Uint8Array.from([0xff, 0xfe, 0x61])), 'not a text in UTF-8'],
    ['empty', file(''), 'is empty'],
    ['not to be read', hugeFile(1), 'could not be read'],
  ])('that is %s is refused and changes nothing', async (_, refused, reason) => {
    const page = await ready();
    const before = page.state();
    await page.setTextFile(refused);
    expect(page.state().notices).toMatchObject([{ level: 'error', about: 'page' }]);
    expect(page.texts()[0]).toContain(reason);
    expect(page.texts()[0]).toContain(refused.name);
    expect({ ...page.state(), notices: [] }).toEqual({ ...before, notices: [] });
    expect(page.shelf.kept).toBeNull();
  });

  test('that no lane reads, or that a link cannot hold, is told', async () => {
    const page = await ready({ hash: 'v=1&task=random' });
    page.setText({ name: 'mine', content: 'abc' });
    expect(page.texts().join()).toContain('No lane reads mine');
    expect(page.link()).toBe('https://normscope.test/#v=1&task=random');
    expect(page.state().notices).toHaveLength(1);
    page.setValue('task', 'text');
    expect(page.link()).toBe('https://normscope.test/');
    page.link();
    expect(page.texts().filter((text) => text.includes('does not hold mine'))).toHaveLength(1);
    await page.ready();
  });
});

describe('weights', () => {
  test('that fit start the lane from step 0', async () => {
    const page = await ready();
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    const saved = await page.saveWeights('a');
    expect(saved.name).toBe('normscope-pre-ln-step1.safetensors');
    expect(configOf(saved.bytes)).toEqual(page.lane('a').config);
    await page.loadWeights('a', new File([new Uint8Array(saved.bytes)], saved.name));
    expect(page.lane('a')).toMatchObject({
      engine: { status: 'ready' },
      shown: { frame: { step: 0 } },
    });
    expect(page.lane('a').loss).toHaveLength(1);
    expect(page.lane('b').shown!.frame.step).toBe(1);
  });

  test('that do not fit leave the lane as it is and offer their own settings', async () => {
    const page = await ready();
    const before = page.lane('b');
    await page.loadWeights('b', weightsFile({ n_layers: 3, norm: 'rmsnorm' }));
    expect(page.lane('b')).toEqual(before);
    const [notice] = page.state().notices;
    expect(notice).toMatchObject({ level: 'error', about: 'b' });
    expect(notice!.text).toContain('The file has 3 layers, the model 12.');
    notice!.action!.run();
    await page.until(() => page.lane('b').shown?.frame.head.entropy.length === 12);
    await page.ready();
    expect(page.lane('b').config).toMatchObject({ n_layers: 3, norm: 'rmsnorm', placement: 'pre' });
    expect(page.workers[1]!.behaviour.calls.at(-2)!.method).toBe('loadWeights');
    expect(page.state().notices).toEqual([]);
    expect(page.address.hash()).toContain('b.n_layers=3');
  });

  test.each<[string, File, string]>([
    ['no safetensors file', file('hello', 'w.safetensors'), 'w.safetensors was not loaded.'],
    ['settings that cannot run', weightsFile({ n_layers: -3 }), 'was not loaded'],
    ['no object for settings', weightsFile([1]), 'was not loaded'],
    ['too much', hugeFile(MAX_WEIGHTS_BYTES + 1), 'at most 400 MB'],
    ['nothing to read', hugeFile(1), 'could not be read'],
  ])('with %s are refused without an offer', async (_, refused, reason) => {
    const page = await ready();
    await page.loadWeights('a', refused);
    expect(page.state().notices).toHaveLength(1);
    expect(page.state().notices[0]!.action).toBeUndefined();
    expect(page.texts()[0]).toContain(reason);
    expect(page.lane('a').engine.status).toBe('ready');
  });

  test('into a lane whose worker dies over it, or whose lane is gone, end quietly', async () => {
    const page = await ready();
    page.workers[0]!.behaviour.hangs.add('loadWeights');
    const loading = page.loadWeights('a', weightsFile({}));
    await pause(5);
    page.workers[0]!.die('boom');
    await loading;
    expect(page.lane('a').engine.status).toBe('failed');
    page.workers[1]!.behaviour.hangs.add('loadWeights');
    const other = page.loadWeights('b', weightsFile({}));
    await pause(5);
    page.removeLane('b');
    await other;
    expect(page.state().notices.some(({ about }) => about === 'b')).toBe(false);
  });
});

describe('a record', () => {
  test('holds the configuration and every frame', async () => {
    const page = await ready();
    const { name, bytes } = page.saveRecord('b');
    expect(name).toBe('normscope-post-ln-step0.json');
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
      format: 'normscope-record',
      app: '0.1.0',
      backend: 'cpu',
      config: page.lane('b').config,
      frames: [{ step: 0 }],
    });
  });

  test('is refused in words where nothing was measured', () => {
    const page = open();
    expect(() => page.saveRecord('a')).toThrow('has measured nothing yet');
  });
});

test.each([
  ['pre-LN', 'pre-ln'],
  ['RMSNorm · Norm ε 1e-8', 'rmsnorm-norm-1e-8'],
  ['Gain 0.5', 'gain-0.5'],
  ['../..', ''],
  ['x'.repeat(99), 'x'.repeat(60)],
])('%s becomes part of a file name', (name, part) => {
  expect(slug(name)).toBe(part);
});
