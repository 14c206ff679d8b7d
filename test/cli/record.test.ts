import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BadInput, oneLine, readConfig } from '../../src/cli/input';
import { record } from '../../src/cli/run';
import { DEFAULTS } from '../../src/config/fields';
import { decodeSafetensors, encodeSafetensors } from '../../src/lib/safetensors';
import type { RunRecord } from '../../src/runs/record';

const TINY = 'n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2';
const root = new URL('../../', import.meta.url);

let folder = '';
const path = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'normscope-'));
  writeFileSync(path('latin1.txt'), Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
  writeFileSync(path('empty.txt'), '');
  writeFileSync(path('own.txt'), '\ufeffabcdefghijklmnop');
  writeFileSync(path('bad.safetensors'), 'these are no weights at all');
  writeFileSync(
    path('other.safetensors'),
    encodeSafetensors([{ name: 'w', shape: [1], data: new Float32Array(1) }], {}),
  );
  writeFileSync(path('file'), '');
  writeFileSync(
    path('record.json'),
    JSON.stringify({ format: 'normscope-record', config: { seed: 5 } }),
  );
  writeFileSync(path('picture'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff));
  mkdirSync(path('taken/record.json'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program as it is run, in a process of its own. */
const program = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/record.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

const readRecord = (out: string) =>
  JSON.parse(readFileSync(join(out, 'record.json'), 'utf8')) as RunRecord;
const readWeights = (out: string) => readFileSync(join(out, 'weights.safetensors'));

describe('bad input', () => {
  const out = () => ['--out', path('out')];
  const tiny = () => [...out(), '--config', TINY];
  const cases: [string, () => string[], RegExp][] = [
    ['no folder', () => [], /--out is missing/],
    ['an empty folder name', () => ['--out', ''], /--out is missing/],
    ['an unknown option', () => [...out(), '--colour', 'red'], /--colour/],
    ['an option without its value', () => [...out(), '--steps'], /--steps/],
    ['an option in place of a value', () => ['--out', '--steps', '1'], /--out/],
    ['an argument too many', () => [...out(), 'more'], /more/],
    ['an unknown setting', () => [...out(), '--config', 'placment=post'], /placment/],
    ['a value that is none', () => [...out(), '--config', 'norm=batchnrm'], /norm is “batchnrm”/],
    ['a value out of range', () => [...out(), '--config', 'n_layers=0'], /n_layers is 0/],
    [
      'an option with a letter too many',
      () => [...out(), '--wieghts', 'x'],
      /--wieghts.*Did you mean --weights\?/,
    ],
    ['an option of 100 kB', () => [...out(), `--${'x'.repeat(1e5)}`], /^.{1,200}$/],
    [
      'an option of a file that is missing',
      () => [...out(), '--weights-settings'],
      /--weights is missing/,
    ],
    [
      'a way of transposing that is none',
      () => [...out(), '--weights', 'x', '--transpose', 'yes'],
      /fitting or all/,
    ],
    ['a word for a number', () => [...out(), '--config', 'lr=fast'], /lr is “fast”/],
    ['a key that others use', () => [...out(), '--config', 'learning_rate=1'], /Did you mean lr\?/],
    ['a decimal comma', () => [...out(), '--config', 'lr=0,003'], /with a point: 0\.003/],
    [
      'layers that count backward',
      () => [...out(), '--config', 'interventions=10-5:freeze.mlp'],
      /5-10/,
    ],
    [
      'thousands of unknown settings',
      () => [...out(), '--config', Array.from({ length: 9000 }, (_, i) => `x${i}=1`).join('&')],
      /^.{1,400}… and 8,995 more\.$/,
    ],
    ['a value of 100 kB', () => [...out(), '--config', `norm=${'x'.repeat(1e5)}`], /^.{1,400}$/],
    ['two bad values', () => [...out(), '--config', 'lr=-1&seed=x'], /lr is -1.*seed is “x”/],
    ['a list in place of settings', () => [...out(), '--config', '[1,2]'], /not an object/],
    ['an infinity', () => [...out(), '--config', 'lr=1e999'], /lr is Infinity; it must be/],
    [
      'layers that are not there',
      () => [...out(), '--config', 'layer_overrides=3-20:post'],
      /layer_overrides names layer 3-20, but the model has layers 0 to 11/,
    ],
    ['a value over two lines', () => [...out(), '--config', 'task=a%0Ab'], /task is “a b”/],
    [
      'settings that do not go together',
      () => [...out(), '--config', 'd_model=10&n_heads=4'],
      /d_model 10 cannot be divided/,
    ],
    ['a link of another version', () => [...out(), '--config', 'v=2&seed=1'], /v is “2”/],
    ['broken JSON', () => [...out(), '--config', '{"seed":'], /not valid JSON/],
    ['JSON with a bad value', () => [...out(), '--config', '{"seed":"1"}'], /seed is “1”/],
    ['no steps', () => [...out(), '--steps', '0'], /--steps is “0”/],
    ['negative steps', () => [...out(), '--steps=-1'], /--steps is “-1”/],
    ['half a step', () => [...out(), '--steps', '1.5'], /--steps is “1.5”/],
    ['steps in words', () => [...out(), '--steps', 'ten'], /--steps is “ten”/],
    ['more steps than can be counted', () => [...out(), '--steps', '9'.repeat(20)], /--steps/],
    ['a backend that needs a browser', () => [...out(), '--backend', 'webgpu'], /“webgpu”.*wasm/],
    ['a text that is not there', () => [...out(), '--text', path('none.txt')], /--text.*none\.txt/],
    ['a folder for a text', () => [...out(), '--text', folder], /--text/],
    [
      'a text that is not UTF-8',
      () => [...out(), '--text', path('latin1.txt')],
      /not a text in UTF-8/,
    ],
    ['an empty text', () => [...tiny(), '--text', path('empty.txt')], /empty/],
    ['a record for a text', () => [...tiny(), '--text', path('record.json')], /no text.*a record/],
    [
      'a record for weights',
      () => [...tiny(), '--weights', path('record.json')],
      /no weights file.*a record.*--config/,
    ],
    [
      'a picture for weights',
      () => [...tiny(), '--weights', path('picture')],
      /no weights file.*picture/,
    ],
    [
      'settings of a file that names none',
      () => [...out(), '--weights', path('other.safetensors'), '--weights-settings'],
      /names no settings/,
    ],
    ['weights that are not there', () => [...tiny(), '--weights', path('none')], /--weights.*none/],
    ['weights that are none', () => [...tiny(), '--weights', path('bad.safetensors')], /--weights/],
    [
      'weights of another model',
      () => [...tiny(), '--weights', path('other.safetensors')],
      /--weights .*other\.safetensors/,
    ],
    ['an event that is none', () => [...tiny(), '--events', 'lr=1'], /“lr=1”.*40:lr=3e-4/],
    ['an event without settings', () => [...tiny(), '--events', '0:lr=1;1: '], /“1:”/],
    [
      'an event after the last step',
      () => [...tiny(), '--steps', '3', '--events', '3:lr=0.1'],
      /step 3 is after the last, 2/,
    ],
    [
      'an event with a key that is none',
      () => [...tiny(), '--events', '0:placment=post'],
      /at step 0:.*“placment”\. Did you mean placement\?/,
    ],
    [
      'an event that does not go with the settings then',
      () => [
        ...tiny(),
        '--steps',
        '3',
        '--events',
        '1:placement=residual;2:layer_overrides=0:post',
      ],
      /at step 2:.*layer_overrides/,
    ],
    [
      'an event that would start the model anew',
      () => [...tiny(), '--events', '0:d_model=16&lr=0.1&seed=2'],
      /at step 0: d_model, seed cannot be changed under way/,
    ],
    ['a step of no checkpoint', () => [...tiny(), '--at', '0'], /--save-checkpoint is missing/],
    [
      'a step that is not reached',
      () => [...tiny(), '--save-checkpoint', path('no'), '--at', '2'],
      /--at is 2; this run goes from step 0 to step 1/,
    ],
    [
      'a table of another form',
      () => [...tiny(), '--history', path('h.txt')],
      /--history is “.*h\.txt”.*\.parquet or \.csv/,
    ],
    [
      'a table that is a folder',
      () => [...tiny(), '--history', path('taken/record.json')],
      /--history/,
    ],
    ['a checkpoint without a name', () => [...tiny(), '--save-checkpoint', ''], /is empty/],
    [
      'a folder for a checkpoint',
      () => ['--out', path('made'), '--config', TINY, '--save-checkpoint', folder],
      /is a folder/,
    ],
    [
      'two beginnings',
      () => [...tiny(), '--from', path('file'), '--weights', path('file')],
      /two beginnings/,
    ],
    [
      'weights for a checkpoint',
      () => [...out(), '--from', path('other.safetensors')],
      /no checkpoint\. It is a weights file\. --weights/,
    ],
    [
      'a checkpoint that is not there',
      () => [...out(), '--from', path('none')],
      /--from cannot be read.*none/,
    ],
    [
      'nothing for a checkpoint',
      () => [...out(), '--from', path('file')],
      /--from .*no checkpoint/,
    ],
    ['a file for a folder', () => [...tiny().slice(2), '--out', path('file')], /--out/],
    ['a folder inside a file', () => [...tiny().slice(2), '--out', path('file/x')], /--out/],
    ['a folder in the record’s place', () => [...tiny().slice(2), '--out', path('taken')], /--out/],
  ];

  test.each(cases)('%s is refused in one line', async (_, args, message) => {
    const error = await record(args()).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BadInput);
    expect(oneLine((error as BadInput).message)).toMatch(message);
    expect(existsSync(path('out'))).toBe(false);
  });

  test.each(cases.slice(4, 8))(
    '%s: exit code 2 and one line on standard error',
    (_, args, message) => {
      const { status, stdout, stderr } = program(args());
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^[^\n]+\n$/);
    },
  );
});

describe('a configuration', () => {
  test.each([
    ['nothing', ''],
    ['pairs', 'placement=post&n_layers=6'],
    ['pairs with a version', 'v=1&placement=post&n_layers=6'],
    ['JSON', ' {"placement":"post","n_layers":6}'],
    ['JSON with a version', '{"v":1,"placement":"post","n_layers":6}'],
    ['a link', 'https://example.org/normscope/?x#v=1&placement=post&n_layers=6'],
    ['what follows a link’s #', '#placement=post&n_layers=6'],
    [
      'a link of several lanes',
      'http://localhost:4173/#v=1&placement=post&n_layers=6&b.norm=rmsnorm&lanes=3',
    ],
  ])('from %s', (_, typed) => {
    const changed = typed === '' ? {} : { placement: 'post', n_layers: 6 };
    expect(readConfig(typed)).toEqual({ ...DEFAULTS, ...changed });
  });

  test('from a record’s config, and from a whole record', () => {
    const config = { ...DEFAULTS, seed: 5 };
    expect(readConfig(JSON.stringify(config))).toEqual(config);
    expect(readConfig(JSON.stringify({ format: 'normscope-record', config }))).toEqual(config);
  });
});

describe('a run', () => {
  test('says in one line what of a model has nothing to show, and goes on', () => {
    const alone = 'task=gaussian&objective=random_projection&seq_len=1&batch_size=1&n_layers=1';
    const out = path('run/alone');
    const ran = program(['--config', `${alone}&norm=batchnorm`, '--out', out]);
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toMatch(/^BatchNorm [^\n]+\n$/);
  });

  test('writes a record of N frames and the first weights, and prints nothing', () => {
    const out = path('run/deep');
    const ran = program(['--config', `${TINY}&placement=post`, '--steps', '3', '--out', out]);
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });

    const { frames, config, backend, build, app, tokens, sites, adapter } = readRecord(out);
    expect(config).toEqual(readConfig(`${TINY}&placement=post`));
    expect([backend, build]).toEqual(['wasm', 'relaxed']);
    expect(frames.map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(adapter.length).toBeGreaterThan(0);
    expect(`"version": "${app}"`).toBe(
      /"version": "[^"]+"/.exec(readFileSync(new URL('package.json', root), 'utf8'))![0],
    );
    expect(tokens).toEqual(frames[0]!.tokens);
    expect(frames[0]!.tokens).not.toEqual(frames[1]!.tokens);
    expect(frames[0]!.site.rms).toHaveLength(sites.length);
    expect(frames[0]!.head.entropy.map((heads) => heads.length)).toEqual([2, 2]);

    const { tensors, metadata } = decodeSafetensors(readWeights(out));
    expect([...tensors.keys()].sort()).toEqual(Object.keys(frames[0]!.param).sort());
    expect(JSON.parse(metadata['normscope_config']!)).toEqual(config);
    // The weights are those that frame 0 was measured on.
    const wq = tensors.get('blocks.1.attn.wq')!.data;
    const rms = Math.sqrt(wq.reduce((sum, x) => sum + x * x, 0) / wq.length);
    expect(frames[0]!.param['blocks.1.attn.wq']!.param_rms).toBeCloseTo(rms, 5);
    expect(frames[1]!.param['blocks.1.attn.wq']!.param_rms).not.toBeCloseTo(rms, 5);
  });

  test('tells a terminal how far it is, and leaves nothing of that', async () => {
    let at = 0;
    // Any two looks at the clock are far enough apart.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (at += 200));
    let written = '';
    const write = (text: string | Uint8Array) => (written += String(text)) !== '';
    const args = ['--config', TINY, '--steps', '4', '--out', path('run/line')];
    await record(args, { isTTY: true, write });
    clock.mockRestore();
    const lines = written.split('\r\x1b[K');
    expect(lines).toEqual(expect.arrayContaining(['building · weights 100 %', 'step 3 of 4']));
    expect(
      lines.filter((line) => /^step 1 of 4 · first step \d+ %$/.test(line)).length,
    ).toBeGreaterThan(9);
    expect(lines).toEqual(
      expect.arrayContaining([expect.stringMatching(/^step 4 of 4 · \d s left$/)]),
    );
    expect(lines.at(-1)).toBe('');
  });

  test('says on standard error what the page says of its numbers', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const run = (settings: string) =>
      record(['--config', `${TINY}&${settings}`, '--steps', '2', '--out', path('run/told')]);
    await run('optimizer=sgd&lr=1e-30&bias=false&norm=rmsnorm');
    await run('precision=fp16&embed_std=1000&init_gain=100&placement=none');
    await run('precision=fp16&loss_scale=1099511627776');
    spy.mockRestore();
    expect(written).toEqual([
      expect.stringMatching(/^The update of step 1 changes no weight: .* 2 such updates\.\n$/),
      expect.stringMatching(/^Not finite since step 0, first at blocks\.\S+\.\n$/),
      expect.stringMatching(
        /^The gradient is not finite since step 0, first at logits\. .*loss scale, 1,099,511,627,776, /,
      ),
    ]);
  });

  test('is the same to the last bit when it is run again, and when its weights are given back', async () => {
    const args = ['--config', TINY, '--steps', '2'];
    await record([...args, '--out', path('a')]);
    await record([...args, '--out', path('b')]);
    const weights = join(path('a'), 'weights.safetensors');
    await record([...args, '--weights', weights, '--out', path('c')]);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => [
      readRecord(path(name)),
      readWeights(path(name)),
    ]);
    expect(b).toEqual(a);
    expect(c).toEqual(a);
  });

  test('starts from the weights that are given', async () => {
    await record(['--config', `${TINY}&seed=77`, '--out', path('seed77')]);
    const weights = join(path('seed77'), 'weights.safetensors');
    await record(['--config', TINY, '--weights', weights, '--out', path('from77')]);
    const given = decodeSafetensors(readWeights(path('seed77'))).tensors;
    expect(decodeSafetensors(readWeights(path('from77'))).tensors).toEqual(given);
  });

  test('says where weights were saved with other settings, and takes these when asked', async () => {
    await record(['--config', `${TINY}&activation=relu&lr=0.01`, '--out', path('relu')]);
    const weights = ['--weights', join(path('relu'), 'weights.safetensors')];
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await record(['--config', TINY, ...weights, '--out', path('gelu')]);
    expect(said.mock.calls.join()).toMatch(
      /other settings.*: activation relu → gelu, lr 0\.01 → 0\.001\. --weights-settings takes/,
    );
    said.mockClear();
    await record(['--config', 'lr=0.01', ...weights, '--weights-settings', '--out', path('as')]);
    expect(said).not.toHaveBeenCalled();
    const both = ['--config', 'lr=0.02', ...weights, '--weights-settings', '--out', path('both')];
    await record(both);
    expect(said.mock.calls.join()).toMatch(/lr 0\.01 → 0\.02\.\n$/);
    said.mockClear();
    const { tensors } = decodeSafetensors(readWeights(path('relu')));
    const broken = path('broken.safetensors');
    const named = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
    const settings = JSON.stringify({ d_model: 16, n_heads: 3 });
    writeFileSync(broken, encodeSafetensors(named, { normscope_config: settings }));
    await record(['--config', TINY, '--weights', broken, '--out', path('unread')]);
    expect(said.mock.calls.join()).toMatch(/Not all of the settings.*can be read/);
    expect(said.mock.calls.join()).not.toMatch(/--weights-settings|Now /);
    said.mockRestore();
    await expect(
      record(['--weights', broken, '--weights-settings', '--out', path('no')]),
    ).rejects.toThrow(/^(?!.*Now ).*n_heads/);
    await expect(
      record(['--config', `${TINY}&n_layers=1`, ...weights, '--out', path('no')]),
    ).rejects.toThrow(/holds blocks\.1.*n_layers 2 → 1.*--weights-settings takes/);
    expect(readRecord(path('as'))).toEqual(readRecord(path('relu')));
  });

  test('transposes matrices that others keep as [out, in], when asked', async () => {
    await record(['--config', TINY, '--out', path('own')]);
    const { tensors } = decodeSafetensors(readWeights(path('own')));
    const theirs = [...tensors].map(([name, { shape, data }]) => {
      const [rows = 1, columns = 1] = shape;
      const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
      return /\.w\w+$|unembed/.test(name)
        ? { name: `model.${name}`, shape: [columns, rows], data: turned }
        : { name: `model.${name}`, shape, data };
    });
    writeFileSync(path('theirs.safetensors'), encodeSafetensors(theirs, {}));
    const args = ['--config', TINY, '--weights', path('theirs.safetensors'), '--out', path('back')];
    await expect(record(args)).rejects.toThrow(/\[out, in\].*--transpose all.*--transpose fitting/);
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await record([...args, '--transpose', 'all']);
    expect(said.mock.calls.join()).toMatch(/without model.*Transposed/);
    said.mockRestore();
    expect(decodeSafetensors(readWeights(path('back'))).tensors).toEqual(tensors);
  });

  test('gives on cpu what it gives on wasm', async () => {
    for (const backend of ['wasm', 'cpu']) {
      await record(['--config', TINY, '--backend', backend, '--out', path(backend)]);
    }
    const [wasm, cpu] = [readRecord(path('wasm')), readRecord(path('cpu'))];
    expect([cpu.backend, cpu.build]).toEqual(['cpu', undefined]);
    expect(cpu.tokens).toEqual(wasm.tokens);
    expect(cpu.frames[0]!.loss).toBeCloseTo(wasm.frames[0]!.loss as number, 4);
  });

  test('reads the text that is given, less its byte order mark', async () => {
    await record(['--config', TINY, '--text', path('own.txt'), '--out', path('own')]);
    const { tensors } = decodeSafetensors(readWeights(path('own')));
    expect(tensors.get('embed.token')!.shape).toEqual([16, 8]);
  });

  test.each(['copy', 'induction', 'markov', 'random'])('of task %s', async (task) => {
    await record(['--config', `${TINY}&task=${task}&seq_len=4`, '--out', path(task)]);
    expect(readRecord(path(task)).frames[0]!.loss).toEqual(expect.any(Number));
  });

  test('of task gaussian has no tokens', async () => {
    const settings = `${TINY}&task=gaussian&objective=random_projection`;
    await record(['--config', settings, '--out', path('gaussian')]);
    expect(readRecord(path('gaussian'))).not.toHaveProperty('tokens');
    expect(decodeSafetensors(readWeights(path('gaussian'))).tensors.get('x0')!.shape).toEqual([
      2, 8, 8,
    ]);
  });

  test('prints how it is used when asked', () => {
    const { status, stdout, stderr } = program(['--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: npm run --silent record/);
  });
});
