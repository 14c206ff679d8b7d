import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { MAX_WEIGHTS_BYTES, settingsIn, slug } from '../../src/runs/files';
import { WeightsMisfit } from '../../src/protocol/engine';
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

    await page.setText(null);
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

  test('that is a record, kept or pasted, is said to be one, with the way back', async () => {
    const content = '{"format":"normscope-record","config":{}';
    const page = await ready({ shelf: memoryShelf({ name: 'run.json', content }) });
    const back = () => page.state().notices[0]!.action!.run();
    expect(page.texts()).toEqual([
      expect.stringMatching(/learn from run\.json, as before\. It is a record/),
    ]);
    back();
    await page.until(({ text }) => text.content === null);
    await page.setText({ name: 'pasted text', content });
    await page.ready();
    expect(page.texts()).toEqual([expect.stringMatching(/pasted text now\. It is a record/)]);
    back();
    await page.until(({ text }) => text.content === null);
    await page.ready();
  });

  test('works without a place to keep it', async () => {
    const page = await ready({
      shelf: {
        load: () => Promise.reject(new Error('no storage')),
        save: () => Promise.reject(new Error('no room')),
      },
    });
    expect(page.texts().join()).toContain('no storage');
    await page.setText({ name: 'mine', content: 'abc' });
    await page.ready();
    expect(textsRead(page)[0]).toBe('abc');
    expect(page.texts().join()).toContain('no room');
  });

  test('chosen while the kept one is still looked for is not replaced by it', async () => {
    const shelf = memoryShelf();
    shelf.load = () => pause(10).then(() => ({ name: 'old', content: 'old' }));
    const page = open({ shelf });
    await page.setText({ name: 'new', content: 'new' });
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
    await page.setText({ name: 'mine', content: 'abc' });
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

describe('a dropped file', () => {
  const RECORD = `{"format":"normscope-record","version":1,"config":{"n_layers":3},"frames":[${'1,'.repeat(99)}`;
  const trained = async (setup?: Setup) => {
    const page = await ready(setup);
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    return page;
  };
  const press = (page: ReturnType<typeof openScope>, label: string) => {
    const ways = page.state().notices.flatMap(({ action, otherwise }) => [action, otherwise]);
    const way = ways.find((way) => way?.label.startsWith(label));
    expect(way, label).toBeDefined();
    way!.run();
  };

  test.each<[string, File, RegExp]>([
    ['a record', file(RECORD, 'run.json'), /run\.json was not opened\. It is a record/],
    ['a table', file('step,loss', 'run.csv'), /It is a table.*has no rows/],
    ['settings', file('{"norm":"rmsnorm"}', 'a.json'), /It holds settings/],
    ['a picture', file(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]), 'a.txt'), /a picture/],
    [
      'PyTorch weights',
      file(Uint8Array.from([0x80, 2, 0x7d, 0xff]), 'a.pt'),
      /pickle.*safetensors/,
    ],
    ['nothing', file('', 'a.txt'), /is empty/],
    ['a folder', hugeFile(1), /huge\.bin could not be read.*folder/],
    ['broken weights', file('hello', 'w.safetensors'), /w\.safetensors was not loaded/],
  ])('that is %s leaves run and text alone', async (_, dropped, words) => {
    const page = await trained();
    const before = page.state();
    await page.openFile(dropped);
    await page.quiet();
    expect({ ...page.state(), notices: [] }).toEqual({ ...before, notices: [] });
    expect(page.texts()).toEqual([expect.stringMatching(words)]);
    expect(page.shelf.kept).toBeNull();
  });

  test('that is a record gives its settings to the first lane when asked', async () => {
    const page = await ready();
    await page.openFile(file(RECORD, 'run.json'));
    press(page, 'Use its settings for lane A');
    await page.ready();
    expect(page.lane('a').config.n_layers).toBe(3);
    expect(page.lane('b').config.n_layers).toBe(12);
    expect(page.state().notices).toEqual([]);
  });

  test('that holds settings is asked about where they would end a run, and taken back with its weights', async () => {
    const page = await trained();
    const { config } = page.lane('a');
    await page.openFile(file(RECORD, 'run.json'));
    expect(page.texts().join()).toMatch(/With its settings lane A.*its run ends at step 1/);
    press(page, 'Use its settings for lane A');
    await page.until(() => page.lane('a').shown?.frame.step === 0);
    await page.quiet();
    expect(page.texts().join()).toMatch(/ended at step 1, as it has the settings of run\.json now/);
    press(page, 'Bring it back');
    await page.until(() => page.lane('a').shown?.frame.step === 1);
    await page.quiet();
    expect(page.lane('a').config).toEqual(config);
    expect(page.texts().join()).not.toMatch(/ended at step/);
  });

  test('whose settings cannot be read does not offer them', async () => {
    const page = await ready();
    await page.openFile(file('{"format":"normscope-record","config":null}', 'run.json'));
    expect(page.texts().join()).toMatch(/It is a record.*No settings can be read from it/);
    expect(page.state().notices[0]!.action!.label).toBe('Learn from it as a text');
  });

  test('that is a text is asked about where it would end a run, and taken back with its weights', async () => {
    const page = await trained();
    await page.openFile(file('one two', 'mine.txt'));
    expect(page.texts().join()).toMatch(/mine\.txt is a text.*their run ends at step 1/);
    expect(page.state().text.content).toBeNull();
    expect(page.lane('a').shown!.frame.step).toBe(1);

    press(page, 'Learn from it');
    await page.until(({ text }) => text.name === 'mine.txt');
    await page.quiet();
    expect(page.texts()).toEqual(['The lanes learn from mine.txt now. Their run ended at step 1.']);
    press(page, 'Bring it back');
    await page.until(({ lanes }) => lanes.every(({ shown }) => shown?.frame.step === 1));
    await page.quiet();
    expect(page.state().text.content).toBeNull();
    expect(page.shelf.kept).toBeNull();
  });

  test('that is a weights file is asked about where it would end a run', async () => {
    const page = await trained();
    const { blob } = await page.saveWeights('a');
    await page.openFile(file(blob, 'no-name'));
    expect(page.texts().join()).toMatch(/no-name is a weights file.*run ends at step 1/);
    press(page, 'Start lane A from it');
    await page.until(() => page.lane('a').shown?.frame.step === 0);
    await page.quiet();
    expect(page.texts().join()).toMatch(/The run of this lane ended at step 1/);
    press(page, 'Bring it back');
    await page.until(() => page.lane('a').shown?.frame.step === 1);
    await page.quiet();
    expect(page.lane('a').engine.status).toBe('ready');
    expect(page.texts().join()).not.toMatch(/The run of this lane ended/);
  });
});

describe('a file picked for something else', () => {
  test('as a text may be learned from all the same', async () => {
    const page = await ready();
    await page.setTextFile(file('{"lr":1}', 'a.json'));
    expect(page.texts()).toEqual([expect.stringMatching(/not taken as a text.*settings/)]);
    page.state().notices[0]!.otherwise!.run();
    await page.until(({ text }) => text.content === '{"lr":1}');
    await page.ready();
  });

  test('as weights gives its settings', async () => {
    const page = await ready();
    await page.loadWeights('b', file('{"format":"normscope-record","config":{"norm":"dyt"},', 'r'));
    expect(page.texts()).toEqual([expect.stringMatching(/r was not loaded\. It is a record/)]);
    page.state().notices[0]!.action!.run();
    await page.ready();
    expect(page.lane('b').config.norm).toBe('dyt');
  });

  test('and every message about texts takes the place of the one before', async () => {
    const page = await ready();
    for (const name of ['a', 'b', 'c']) await page.setTextFile(file('', name));
    await page.setText({ name: 'd', content: ' ' });
    expect(page.texts()).toEqual(['d is empty: there is nothing to learn from.']);
    await page.setTextFile(file('some text', 'e'));
    expect(page.texts()).toEqual(['The lanes learn from e now.']);
    await page.ready();
  });
});

describe('storage or a server that never answers', () => {
  const never = () => new Promise<never>(() => undefined);
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each<[string, Setup, RegExp]>([
    ['the shelf', { shelf: { load: never, save: never } }, /no access to the text.*no answer/],
    ['the server', { fetchText: never }, /could not be loaded: the server gives no answer/],
  ])('%s is not waited for for ever, with a word', async (_, setup, words) => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const page = open(setup);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(page.texts().join()).toMatch(words);
    await page.setText({ name: 'own', content: 'abc' });
    await vi.advanceTimersByTimeAsync(30_000);
    await page.ready();
    if (setup.shelf) expect(page.texts().join()).toMatch(/did not keep it.*no answer/);
  });
});

describe('weights', () => {
  test('saved with other settings are loaded with a word, and their settings offered', async () => {
    const page = await ready();
    const settings = {
      n_layers: 12,
      activation: 'relu',
      norm_eps: 1e-6,
      causal: false,
      attn_softcap: 30,
    };
    await page.loadWeights('a', weightsFile(settings));
    const [notice] = page.state().notices;
    expect(notice!.text).toBe(
      'w.safetensors is loaded. It was saved with other settings than it has here: norm_eps 0.000001 → 0.00001, attn_softcap 30 → 0, activation relu → gelu, causal false → true.',
    );
    notice!.action!.run();
    await page.ready();
    await page.quiet();
    expect(page.lane('a').config).toMatchObject(settings);
    expect(page.state().notices).toEqual([]);
  });

  test('whose settings cannot all be read say so', async () => {
    const page = await ready();
    await page.loadWeights('a', weightsFile({ n_layers: 12, colour: 'red' }));
    expect(page.texts()).toEqual([expect.stringMatching(/is loaded\. Not all.*“colour”/)]);
    expect(page.state().notices[0]!.action).toBeUndefined();
  });

  test('that may lie transposed are asked about, and how they were read is told', async () => {
    const page = await ready();
    const { behaviour } = page.workers[0]!;
    behaviour.reads = (transpose) => {
      if (!transpose) throw new WeightsMisfit('It fits only transposed.', ['all', 'fitting']);
      return { remarks: ['Transposed: unembed.'], mayLieTransposed: transpose === 'fitting' };
    };
    const given = weightsFile({ n_layers: 12 });
    await page.loadWeights('a', given);
    const { action, otherwise } = page.state().notices[0]!;
    expect([action!.label, otherwise!.label]).toEqual([
      'Transpose the square ones too',
      'Transpose those that fit no other way',
    ]);
    otherwise!.run();
    await page.until(({ notices }) => notices.length === 2);
    expect(page.texts().join()).toMatch(/all square.*Transposed: unembed\./);
    page.state().notices[0]!.action!.run();
    await page.until(({ notices }) => notices.length === 1);
    expect(
      behaviour.calls.filter(({ method }) => method === 'loadWeights').map(({ args }) => args[1]),
    ).toEqual([undefined, 'fitting', 'all']);
    await page.quiet();
  });

  test('with numbers that are not finite are loaded with a warning', async () => {
    const page = await ready();
    page.workers[0]!.behaviour.reads = () => ({ warnings: ['wq holds NaN.'] });
    await page.loadWeights('a', weightsFile({ n_layers: 12 }));
    expect(page.state().notices).toMatchObject([
      { level: 'warning', about: 'a', text: 'w.safetensors is loaded. wq holds NaN.' },
    ]);
  });

  test('that fit start the lane from step 0', async () => {
    const page = await ready();
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    const saved = await page.saveWeights('a');
    expect(saved.name).toBe('normscope-pre-ln-step1.safetensors');
    const bytes = new Uint8Array(await saved.blob.arrayBuffer());
    expect(settingsIn(bytes)!.config).toEqual(page.lane('a').config);
    await page.loadWeights('a', new File([saved.blob], saved.name));
    expect(page.lane('a')).toMatchObject({
      engine: { status: 'ready' },
      shown: { frame: { step: 0 } },
    });
    expect(page.lane('a').loss).toHaveLength(1);
    expect(page.lane('b').shown!.frame.step).toBe(1);
  });

  test('whose settings are taken after they ended a run still have the way back', async () => {
    const page = await ready();
    page.stepOnce();
    await page.atStep(1);
    await page.quiet();
    const { config } = page.lane('a');
    await page.loadWeights('a', weightsFile({ n_layers: 12, norm: 'rmsnorm' }));
    const press = (label: string) =>
      page
        .state()
        .notices.find(({ action }) => action?.label === label)!
        .action!.run();
    press('Use the file’s settings');
    await page.until(() => page.texts().some((text) => /ended at step 1/.test(text)));
    await page.quiet();
    expect(page.lane('a').config.norm).toBe('rmsnorm');
    press('Bring it back');
    await page.until(() => page.lane('a').shown?.frame.step === 1);
    await page.quiet();
    expect(page.lane('a').config).toEqual(config);
    expect(page.texts().join()).not.toMatch(/ended at step/);
  });

  test('that do not fit leave the lane as it is and offer their own settings', async () => {
    const page = await ready();
    const before = page.lane('b');
    await page.loadWeights('b', weightsFile({ n_layers: 3, norm: 'rmsnorm' }));
    expect(page.lane('b')).toEqual(before);
    const [notice] = page.state().notices;
    expect(notice).toMatchObject({ level: 'error', about: 'b' });
    expect(notice!.text).toContain('The file has 3 layers, the model 12. It was saved with other');
    expect(notice!.text).toContain('norm rmsnorm → layernorm, n_layers 3 → 12.');
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
    const { name, blob } = (await page.saveRun('b', 'record'))!;
    expect(name).toBe('normscope-post-ln-step0.json');
    expect(JSON.parse(await blob.text())).toMatchObject({
      format: 'normscope-record',
      app: '0.1.0',
      backend: 'cpu',
      config: page.lane('b').config,
      frames: [{ step: 0 }],
    });
  });

  test('is refused in words where nothing was measured', async () => {
    const page = open();
    await expect(page.saveRun('a', 'record')).rejects.toThrow('has measured nothing yet');
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
