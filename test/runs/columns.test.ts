import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readTyped } from '../../src/config/quantity';
import { numberOf } from '../../src/protocol/read';
import { checkTargets, type Targets } from '../../src/runs/recordings/columns/check';
import { guessTargets } from '../../src/runs/recordings/columns/guesses';
import { createColumnMemory } from '../../src/runs/recordings/columns/memory';
import { columnRows, namesBy } from '../../src/runs/recordings/columns/rows';
import { suggestionsFor } from '../../src/runs/recordings/columns/suggestions';
import { openScope } from './openScope';

const layers = (name: (layer: number) => string, from = 0, count = 12) =>
  Array.from({ length: count }, (_, i) => name(from + i));

describe('columns in rows', () => {
  test('are one where their names differ in numbers alone, and keep the numbers that do not', () => {
    const rows = columnRows([
      'train_loss',
      ...layers((i) => `run2.layers.${i}.act_rms`),
      'l2_norm',
      ...[0, 1].flatMap((layer) => [0, 1, 2].map((head) => `h.${layer}.heads.${head}.entropy`)),
    ]);
    expect(rows.map(({ pattern, names }) => [pattern, names.length])).toEqual([
      ['train_loss', 1],
      ['run2.layers.{n}.act_rms', 12],
      ['l2_norm', 1],
      ['h.{n}.heads.{m}.entropy', 6],
    ]);
    expect(namesBy(rows[1]!, 'blocks.{n}.resid_post/rms')[11]).toBe('blocks.11.resid_post/rms');
    expect(namesBy(rows[1]!, 'blocks.{n-1}.resid_post/rms')[11]).toBe('blocks.10.resid_post/rms');
    expect(namesBy(rows[3]!, 'blocks.{n}.attn/entropy/{m}')[5]).toBe('blocks.1.attn/entropy/2');
  });

  test('are suggested columns that they can be', () => {
    const rows = columnRows(['x', ...layers((i) => `a${i}`), 'h0_1', 'h1_0', 'h1_1']);
    expect(rows.map(({ numbers }) => numbers[0]!.length)).toEqual([0, 1, 2]);
    for (const row of rows)
      for (const target of suggestionsFor(row))
        expect([target, [...checkTargets([row], [], { [row.pattern]: target }).problems]]).toEqual([
          target,
          [],
        ]);
  });
});

describe('a guess', () => {
  const guessed = (names: readonly string[], known: readonly string[] = []) =>
    guessTargets(columnRows(names), known);
  test.each([
    ['global_step', 'step'],
    ['_step', 'step'],
    ['Step', 'step'],
    ['train_loss', 'loss'],
    ['train/loss', 'loss'],
    ['frosty-sun-7 - train/loss', 'loss'],
    ['val_loss', 'evaluation/loss'],
    ['eval/accuracy', 'evaluation/output/accuracy'],
    ['lr', 'output/lr'],
    ['train/learning_rate', 'output/lr'],
    ['lr-AdamW', 'output/lr'],
    ['grad_norm', 'output/grad_norm'],
    ['Train/Grad Norm', 'output/grad_norm'],
  ])('of %s is %s', (name, target) => {
    expect(guessed([name])).toEqual({ [name]: target });
  });

  test.each([
    [(i: number) => `layers.${i}.act_rms`, 0, 'blocks.{n}.resid_post/rms'],
    [(i: number) => `act_rms_layer_${i}`, 1, 'blocks.{n-1}.resid_post/rms'],
    [(i: number) => `transformer.h.${i}.attn/rms`, 0, 'blocks.{n}.attn_out/rms'],
    [(i: number) => `block${i}/mlp/absmax`, 0, 'blocks.{n}.mlp_out/absmax'],
    [(i: number) => `layer_${i}/resid_mid/grad_rms`, 0, 'blocks.{n}.resid_mid/grad_rms'],
    [(i: number) => `layers.${i}.attn.entropy`, 0, 'blocks.{n}.attn/entropy'],
  ])('of layers, %s, is %s', (name, from, target) => {
    expect(Object.values(guessed(layers(name, from)))).toEqual([target]);
  });

  test('is none where a name says nothing, or something else', () => {
    expect(guessed(['wall time', 'loss__MIN', 'gpu.0.temp', 'gpu.1.temp'])).toEqual({});
    // The norm of a layer's gradient is no root mean square.
    expect(guessed(layers((i) => `grad_norm/layers.${i}`))).toEqual({});
  });

  test('contradicts neither another nor what the file has', () => {
    expect(guessed(['train_loss', 'loss_avg', 'nll'])).toEqual({ train_loss: 'loss' });
    expect(guessed(['train_loss'], ['loss'])).toEqual({});
    expect(guessed(['global_step'], ['step'])).toEqual({});
    expect(guessed(['run-1 - loss', 'run-2 - loss'])).toEqual({});
  });
});

describe('targets', () => {
  const rows = columnRows(['a', 'b', ...layers((i) => `x.${i}`)]);
  const problems = (targets: Targets, known: readonly string[] = []) =>
    Object.fromEntries(checkTargets(rows, known, targets).problems);

  test('name each column of a row', () => {
    const { renames, problems } = checkTargets(rows, ['embed/rms'], {
      a: ' loss ',
      'x.{n}': 'blocks.{n}.mlp_out/rms',
    });
    expect(problems.size).toBe(0);
    expect(renames.size).toBe(13);
    expect(renames.get('x.11')).toBe('blocks.11.mlp_out/rms');
    expect(renames.has('b')).toBe(false);
  });

  test.each<[Targets, string, RegExp]>([
    [{ a: 'losss' }, 'a', /“losss” is no column here/],
    [{ a: 'blocks.{n}.resid_post/rms' }, 'a', /“blocks\.\{n\}.* is no column here/],
    [{ a: 'blocks.0.attn.scores/token_cosine' }, 'a', /no column here/],
    [{ a: 'evaluation/output/lr' }, 'a', /no column here/],
    [{ 'x.{n}': 'blocks.{m}.resid_post/rms' }, 'x.{n}', /blocks\.\{m\}.*no column/],
    [{ 'x.{n}': 'blocks.{n-1}.resid_post/rms' }, 'x.{n}', /blocks\.-1\..*no column/],
    [{ 'x.{n}': 'loss' }, 'x.{n}', /All 12 columns would be loss/],
    [{ a: 'loss', b: 'loss' }, 'b', /loss is told by a already/],
    [{ a: 'blocks.3.mlp_out/rms', 'x.{n}': 'blocks.{n}.mlp_out/rms' }, 'x.{n}', /told by a/],
  ])('%j are refused at %s', (targets, at, reason) => {
    const found = problems(targets);
    expect(Object.keys(found)).toEqual([at]);
    expect(found[at]).toMatch(reason);
  });

  test('are refused where the file has them', () => {
    expect(problems({ a: 'loss' }, ['loss'])['a']).toMatch(/has a column loss already/);
    expect(problems({ a: 'step' }, ['step'])['a']).toMatch(/has a column step already/);
  });
});

/** The browser's storage, in memory. */
function storage(kept: string | null = null) {
  const own = {
    kept,
    getItem: () => own.kept,
    setItem: (_: string, value: string) => void (own.kept = value),
  };
  return own;
}

describe('the memory of columns', () => {
  const rows = columnRows(['train_loss', ...layers((i) => `x.${i}`)]);
  const deeper = columnRows([...layers((i) => `x.${i}`, 0, 48), 'train_loss']);

  test('is of the same patterns, however many columns and in whichever order', () => {
    const memory = createColumnMemory(() => own);
    const own = storage();
    memory.keep(rows, { train_loss: 'loss' });
    expect(memory.of(deeper)).toEqual({ train_loss: 'loss' });
    expect(memory.of(columnRows(['train_loss']))).toBeUndefined();
    memory.keep(deeper, {});
    expect(memory.of(rows)).toEqual({});
  });

  test('holds the latest twenty', () => {
    const own = storage();
    const memory = createColumnMemory(() => own);
    const names = 'abcdefghijklmnopqrstuvwxyz'.split('');
    for (const name of names) memory.keep(columnRows([name]), { [name]: 'loss' });
    const known = names.filter((name) => memory.of(columnRows([name])));
    expect(known).toEqual(names.slice(-20));
  });

  test('is empty where storage is refused or holds something else', () => {
    const refused = createColumnMemory(() => {
      throw new Error('SecurityError');
    });
    refused.keep(rows, {});
    expect(refused.of(rows)).toBeUndefined();
    for (const kept of ['{', '3', '[null,{"patterns":3}]'])
      expect(createColumnMemory(() => storage(kept)).of(rows)).toBeUndefined();
  });
});

describe('a table of another program', () => {
  let page: ReturnType<typeof openScope>;
  beforeEach(async () => {
    vi.stubGlobal('localStorage', storage());
    page = openScope({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.ready();
    await page.quiet();
  });
  afterEach(() => {
    page.scope.dispose();
    vi.unstubAllGlobals();
  });
  const CSV = [
    '"Step","sun-1 - train/loss","layer_1.rms","layer_2.rms","host"',
    '100,4,1,2,ulm',
    '200,3,1.5,2.5,ulm',
    '',
  ].join('\n');
  const file = (text = CSV, name = 'wandb.csv') => new File([text], name);
  const asked = async () =>
    (await page.until(({ transfer }) => transfer?.asks !== undefined)).transfer!.asks!;
  const lane = () => page.state().recordings[0]!;

  test('is opened as its columns are named, and the next time without a question', async () => {
    const opening = page.openFile(file());
    const question = await asked();
    // A column that holds no number is not asked about.
    expect(question.rows.map(({ pattern }) => pattern)).toEqual([
      ...['Step', 'sun-1 - train/loss', 'layer_{n}.rms'],
    ]);
    expect(question.targets).toEqual({
      Step: 'step',
      'sun-1 - train/loss': 'loss',
      'layer_{n}.rms': 'blocks.{n-1}.resid_post/rms',
    });
    question.answer(question.targets);
    await opening;
    expect(lane().loss.records.slice(0, 2)).toEqual([
      { step: 100, value: 4 },
      { step: 200, value: 3 },
    ]);
    expect(numberOf(lane().shown!, readTyped('rms@blocks.1.resid_post')!)).toBe(2);
    expect(lane().columns).toMatchObject({ areRemembered: false });
    await page.removeRecording('b');

    await page.openFile(file(CSV.replace('200', '300')));
    expect(lane().loss.records[1]!.step).toBe(300);
    expect(lane().columns).toMatchObject({ areRemembered: true });

    // They can be named otherwise, in the place of the lane that stands.
    lane().columns!.change();
    const again = await asked();
    expect(again.targets).toEqual(question.targets);
    again.answer({ Step: 'step', 'layer_{n}.rms': 'blocks.{n-1}.mlp_out/rms' });
    await page.until(({ recordings }) => recordings[0]?.columns?.areRemembered === false);
    expect(page.state().recordings).toHaveLength(1);
    expect(numberOf(lane().shown!, readTyped('rms@blocks.1.mlp_out')!)).toBe(2);
    expect(lane().recorded.notes.join(' ')).toMatch(/not known here: sun-1 - train\/loss, host/);
  });

  test('is not opened where the question is called off', async () => {
    const opening = page.openFile(file());
    await asked();
    page.cancelTransfer();
    await opening;
    expect(page.state()).toMatchObject({ recordings: [], transfer: null });
    expect(page.texts()).toEqual([]);
  });

  test('of which some columns are known is opened without the others, and remembers that', async () => {
    const text = 'step,loss,tokens\n0,4,100\n1,3,200\n';
    const opening = page.openFile(file(text, 'mine.csv'));
    const { known, answer } = await asked();
    expect(known).toEqual(['step', 'loss']);
    answer({});
    await opening;
    expect(lane().loss.length).toBe(2);
    await page.openFile(file(text, 'more.csv'));
    expect(page.state().recordings).toHaveLength(2);
  });

  test('of which all columns are known opens without a question', async () => {
    await page.openFile(file('step,loss,blocks.0.resid_post/rms\n0,4,1\n', 'mine.csv'));
    expect(lane().columns).toBeUndefined();
  });

  test('that tells a step in several rows is read as one', async () => {
    const opening = page.openFile(file('step,loss,val_loss\n0,4,\n0,,5\n1,3,\n', 'metrics.csv'));
    (await asked()).answer({ val_loss: 'evaluation/loss' });
    await opening;
    expect(
      lane()
        .loss.records.slice(0, 2)
        .map(({ value }) => value),
    ).toEqual([4, 3]);
    expect(lane().evaluation!.frame.loss).toBe(5);
  });

  test('may be a record with names of its own', async () => {
    const record = {
      ...{ format: 'normscope-record', version: 1, config: { n_layers: 1 } },
      sites: ['blocks.0.resid_post'],
      frames: [{ global_step: 7, train_loss: 3, site: { rms: [2] }, output: { lrate: 0.5 } }],
    };
    const opening = page.openFile(file(JSON.stringify(record), 'mine.json'));
    const { rows, targets, answer } = await asked();
    expect(rows.map(({ pattern }) => pattern)).toEqual([
      ...['global_step', 'train_loss', 'output/lrate'],
    ]);
    answer({ ...targets, 'output/lrate': 'output/lr' });
    await opening;
    expect(lane().shown!.frame).toMatchObject({ step: 7, loss: 3, output: { lr: 0.5 } });
  });
});
