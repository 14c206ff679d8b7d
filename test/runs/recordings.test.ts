import { afterEach, describe, expect, test } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readTyped } from '../../src/config/quantity';
import { numberOf } from '../../src/protocol/read';
import { parting } from '../../src/runs/parting';
import { namesOf, rowsFor } from '../../src/runs/tables/columns';
import { historyPieces } from '../../src/runs/tables/history';
import type { FileForm } from '../../src/runs/recordings/read';
import type { Targets } from '../../src/runs/recordings/columns/check';
import type { LaneId } from '../../src/runs/state';
import { openScope, type Setup } from './openScope';

let close = () => {};
afterEach(() => close());

async function opened(setup: Setup = {}) {
  const page = openScope({ hash: 'v=1&lanes=1&n_layers=2', ...setup });
  close = () => page.scope.dispose();
  await page.ready();
  await page.quiet();
  return page;
}
type Opened = Awaited<ReturnType<typeof opened>>;
const stepTo = (page: Opened, step: number) => page.steps(step - page.lane('a').shown!.frame.step);
const file = (content: BlobPart | BlobPart[], name: string) =>
  new File(Array.isArray(content) ? content : [content], name);
const recording = (page: Opened, id: LaneId) =>
  page.state().recordings.find((one) => one.id === id)!;
/** Waits for the question what columns are. */
const asked = async (page: Opened) =>
  (await page.until(({ transfer }) => transfer?.asks !== undefined)).transfer!.asks!;
const answer = async (page: Opened, targets: Targets) => (await asked(page)).answer(targets);
const CSV =
  'step,loss,blocks.0.resid_post/rms,blocks.1.resid_post/rms\n0,4,1,2\n1,3,1.5,2.5\n3,2,2,4\n';

describe('a run that was saved', () => {
  test('stands beside the lanes with the same numbers, from a record and from tables', async () => {
    const page = await opened();
    await stepTo(page, 4);
    const record = await page.recordOf('a');
    const segments = page.recorded('a');
    const table = (form: 'csv' | 'parquet') => [
      ...historyPieces(form, segments, { config: page.lane('a').config }),
    ];
    const { frames, layout } = segments[0]!;
    for (const [name, content] of [
      ['run.json', record],
      ['run.csv', table('csv')],
      ['run.parquet', table('parquet')],
    ] as const) {
      await page.openFile(file(content as BlobPart, name));
      const [lane] = page.state().recordings;
      expect(page.texts()).toEqual([expect.stringMatching(/stands beside the lanes/)]);
      expect(lane!.recorded).toMatchObject({
        name: 'run',
        notes: name === 'run.csv' ? ['Its settings are not known.'] : [],
      });
      const [own] = page.recorded('b');
      expect(own!.layout).toMatchObject({ ...layout, isPartial: true });
      expect(own!.frames.map(({ step }) => step)).toEqual(frames.map(({ step }) => step));
      own!.frames.forEach(({ packed }, i) => {
        const wrong = [...packed].findIndex((x, k) => !Object.is(x + 0, frames[i]!.packed[k]! + 0));
        // Of a statistic that is defined nowhere at a site, a table has no column.
        expect(wrong < 0 || Number.isNaN(packed[wrong])).toBe(true);
      });
      expect(lane!.config.placement).toBe('pre');
      expect(parting(page.recorded('a'), page.recorded('b')).first).toBeNull();
      await page.removeRecording('b');
      page.state().notices.forEach(({ id }) => page.dismiss(id));
    }
  });

  test('may have any part of the columns, in any order and to any depth, and says what it lacks', async () => {
    const page = await opened();
    const names = Array.from({ length: 100 }, (_, layer) => `blocks.${layer}.resid_post/rms`);
    const text = `seconds,${names.join()},loss\n0.5,${names.map((_, i) => i).join()},7\n`;
    const opening = page.openFile(file(`step,${text.replace('\n0.5', '\n10,0.5')}`, 'deep.csv'));
    await answer(page, {});
    await opening;
    const lane = recording(page, 'b');
    expect(lane.shown!.frame.loss).toBe(7);
    expect(numberOf(lane.shown!, readTyped('rms@blocks.99.resid_post')!)).toBe(99);
    expect(lane.config.n_layers).toBe(100);
    expect(lane.divergence).toBeNull();
    expect(lane.recorded.notes.join(' ')).toMatch(
      /no numbers of gradients of activations, parameters, heads.*.*not known here: seconds/,
    );
  });

  test('is shown where the engines are, at its end after that, and may go on before them', async () => {
    const page = await opened();
    await page.openFile(file(CSV, 'mine.csv'));
    expect(recording(page, 'b').shown!.frame.step).toBe(0);
    await stepTo(page, 1);
    expect(recording(page, 'b').shown!.frame.step).toBe(1);
    // Of step 2 it has nothing.
    await stepTo(page, 2);
    expect(recording(page, 'b').shown!.frame.step).toBe(1);
    page.moveMoment(Infinity);
    expect(page.state().moment).toBe(3);
    expect(recording(page, 'b').shown!.frame.loss).toBe(2);
    expect(page.lane('a').shown).toBeNull();
    page.moveMoment(-1);
    page.showMoment('live');
    expect(page.lane('a').shown!.frame.step).toBe(2);
    page.showMoment(1);
    expect(page.state().moment).toBe(1);
    page.showMoment(2);
    expect(page.state().moment).toBe('live');
    await stepTo(page, 5);
    expect(recording(page, 'b').shown!.frame.step).toBe(3);
  });

  test('has a letter of its own, which lanes that come leave to it or take', async () => {
    const page = await opened();
    await page.openFile(file(CSV, 'one.csv'));
    page.addLane();
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'c']);
    await page.openFile(file(CSV, 'two.csv'));
    expect(page.state().recordings.map(({ id }) => id)).toEqual(['b', 'd']);
    page.addLane();
    expect(page.state().lanes).toHaveLength(2);
    await page.openFile(file(CSV, 'three.csv'));
    expect(page.texts().at(-1)).toMatch(/three\.csv was not opened\..*There are four lanes/);
    // Another link asks for lanes a to c.
    page.address.edit('v=1&n_layers=2&c.placement=none');
    await page.ready();
    const { lanes, recordings } = page.state();
    const letters = [...lanes, ...recordings].map(({ id }) => id);
    expect(new Set(letters).size).toBe(letters.length);
    expect(lanes).toHaveLength(3);
    expect(recordings).toHaveLength(1);
    expect(page.texts().join()).toMatch(/was removed/);
    expect(page.address.hash()).not.toContain('lanes=4');
  });

  test('that is removed can be brought back, and no link or reset ends it', async () => {
    const page = await opened();
    await page.openFile(file(CSV, 'mine.csv'));
    page.reset();
    await page.quiet();
    expect(recording(page, 'b').loss.length).toBe(3);
    await page.removeRecording('b');
    expect(page.state().recordings).toEqual([]);
    expect(page.recorded('b')).toEqual([]);
    page
      .state()
      .notices.find(({ text }) => text === 'mine was removed.')!
      .action!.run();
    expect(recording(page, 'b').loss.length).toBe(3);
  });
  test('leaves its letter to a lane that is brought back, and to none that is there', async () => {
    const page = await opened({ hash: 'v=1&n_layers=2' });
    await stepTo(page, 2);
    page.removeLane('b');
    await page.quiet();
    await page.openFile(file(CSV, 'mine.csv'));
    expect(recording(page, 'b').loss.length).toBe(3);
    await page.bringBack();
    await page.until(({ lanes }) => lanes[1]?.shown?.frame.step === 2);
    expect(page.state().recordings.map(({ id }) => id)).toEqual(['c']);
    expect(page.recorded('c').flatMap(({ frames }) => frames)).toHaveLength(3);
    expect(page.recorded('b').flatMap(({ frames }) => frames)).toHaveLength(3);
    await page.removeRecording('c');
    expect(page.recorded('b').flatMap(({ frames }) => frames)).toHaveLength(3);
  });
});

describe('a run out of a file that is saved again', () => {
  /** Its columns, but `step`, and its numbers by step and column, to the bit. */
  const numbers = (page: Opened, id: LaneId) => {
    const { layout, frames, evaluations } = page.recorded(id)[0]!;
    const names = namesOf([{ layout }], true);
    const row = rowsFor(names);
    return {
      names: names.toSorted(),
      rows: frames.map((frame) => [frame.step, ...row(layout, frame, evaluations.get(frame.step))]),
      batches: frames.map(({ batch }) => batch),
      evaluations: [...evaluations],
    };
  };
  /** The same file, opened, saved and opened again. */
  async function again(content: BlobPart, name: string, form: FileForm) {
    const page = await opened();
    await page.openFile(file(content, name));
    const saved = (await page.saveRun('b', form))!;
    const text = await saved.blob.arrayBuffer();
    await page.openFile(file(text, saved.name));
    return { page, saved, was: numbers(page, 'b'), is: numbers(page, 'c') };
  }
  const METRICS =
    'step,blocks.1.mlp_out/rms,blocks.0.attn.wq/param_rms,output/lr,evaluation/loss,blocks.0.attn/entropy/1\n' +
    '3,0.1,NaN,0.001,3.3333333,0.25\n9,1e-42,inf,0.002,,-0\n';

  test.each(['parquet', 'csv'] as const)(
    'as a table, %s, has its columns and no other',
    async (form) => {
      const { saved, was, is } = await again(METRICS, 'Theirs 7.csv', form);
      expect(saved.name).toBe(`normscope-theirs-7-step9.${form}`);
      expect(was.names).toEqual(METRICS.split('\n')[0]!.split(',').slice(1).toSorted());
      expect(is).toEqual(was);
    },
  );

  test('as a record has the numbers, and neither settings nor statistics that were not told', async () => {
    const { page, saved, was, is } = await again(METRICS, 'theirs.csv', 'record');
    const record = JSON.parse(await saved.blob.text()) as Record<string, unknown>;
    expect(record).toEqual({
      ...{ format: 'normscope-record', version: 1, sites: ['blocks.1.mlp_out'] },
      frames: [
        {
          step: 3,
          site: { rms: [0.1] },
          head: {
            entropy: [
              ['NaN', 0.25],
              ['NaN', 'NaN'],
            ],
          },
          output: { lr: 0.001 },
          param: { 'blocks.0.attn.wq': { param_rms: 'NaN' } },
          evaluation: { loss: 3.3333333, site: {}, head: {}, output: {} },
        },
        {
          step: 9,
          site: { rms: [1e-42] },
          head: {
            entropy: [
              ['NaN', 0],
              ['NaN', 'NaN'],
            ],
          },
          output: { lr: 0.002 },
          param: { 'blocks.0.attn.wq': { param_rms: 'Infinity' } },
        },
      ],
    });
    // Lists of heads have a place for each.
    const own = was.names.map((name) => is.names.indexOf(name));
    expect(own).not.toContain(-1);
    expect(recording(page, 'c').recorded.notes.join()).toMatch(/settings are not known/);
  });

  test('of an engine’s record is that record, its batches, evaluations and settings too', async () => {
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2&norm=batchnorm' });
    await stepTo(page, 2);
    page.watchEvaluations();
    await page.until(({ lanes: [lane] }) => lane!.evaluation !== null);
    const { name, blob } = (await page.saveRun('a', 'record'))!;
    const text = await blob.text();
    await page.openFile(file(text, name));
    expect(page.recorded('b')[0]!.evaluations.size).toBeGreaterThan(0);
    const saved = (await page.saveRun('b', 'record'))!;
    expect(JSON.parse(await saved.blob.text())).toEqual(JSON.parse(text));
  });

  test('keeps what another program said of it', async () => {
    const head = { config: { n_layers: 1 }, recorder: { name: 'mine' }, notes: ['No heads.'] };
    const record = { format: 'normscope-record', version: 1, ...head, frames: [{ loss: 2 }] };
    const { saved } = await again(JSON.stringify(record), 'mine.json', 'record');
    expect(JSON.parse(await saved.blob.text())).toMatchObject(head);
    const table = await again(JSON.stringify(record), 'mine.json', 'parquet');
    expect(recording(table.page, 'c').recorded.head).toEqual(head);
  });
});

describe('a file of a run that cannot be used', () => {
  const parquet = (columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
    parquetWriteBuffer({ columnData: columns });
  const line = (frame: string) =>
    `{"format":"normscope-record","config":{},"sites":["embed"],"frames":[\n${frame}\n]}\n`;
  const cases: [string, () => File, RegExp][] = [
    [
      'a record of another shape',
      () => file('{"format":"normscope-record","config":{}}', 'a.json'),
      /no list “frames”/,
    ],
    [
      'a record without frames',
      () => file('{"format":"normscope-record","frames":[]}', 'a.json'),
      /has no frames/,
    ],
    [
      'a record cut in its head',
      () => file('{"format":"normscope-record","config":{"n_la', 'a.json'),
      /not valid JSON/,
    ],
    [
      'a record with a broken line inside',
      () => file(line('{"step":0,"loss":\n{"step":1,"loss":2}\n{"step":2,"loss":2}'), 'a.json'),
      /line 2 is not valid JSON/,
    ],
    [
      'a table with a short row',
      () => file('step,loss\n0,1\n1\n2,1\n', 'a.csv'),
      /row 3 has 1 cells.*2 columns/,
    ],
    [
      'a table whose only row is cut off',
      () => file('step,loss,embed/rms\n0,1', 'a.csv'),
      /only row is cut off/,
    ],
    ['a table without rows', () => file('step,loss\n', 'a.csv'), /has no rows/],
    [
      'a table of other things',
      () => file('step,a/b,c/d\n0,1,2\n', 'a.csv'),
      /None of its columns.*a\/b, c\/d/,
    ],
    [
      'Parquet of other things',
      () => file(parquet([{ name: 'city', data: ['Ulm'] }]), 'a.parquet'),
      /None of its columns.*city/,
    ],
    [
      'Parquet that is cut off',
      () => file(parquet([{ name: 'loss', data: [1, 2] }]).slice(0, 40), 'a.parquet'),
      /a\.parquet was not opened\. .+/,
    ],
  ];
  test.each(cases)('%s says why', async (_, make, reason) => {
    const page = await opened();
    const opening = page.openFile(make()).then(() => true);
    // Columns that hold numbers are asked about.
    const isDone = await Promise.race([opening, asked(page).then(() => false)]);
    if (!isDone) await answer(page, {});
    await opening;
    expect(page.texts().join()).toMatch(reason);
    expect(page.state()).toMatchObject({ recordings: [], transfer: null });
  });

  test('cut off in its last step is opened without it, and says so', async () => {
    const page = await opened();
    for (const whole of [
      line('{"step":0,"loss":4},\n{"step":1,"loss":3}').slice(0, -12),
      CSV.slice(0, -6),
    ]) {
      await page.openFile(file(whole, whole === CSV.slice(0, -6) ? 'a.csv' : 'a.json'));
      const lane = page.state().recordings.at(-1)!;
      expect(lane.recorded.notes[0]).toMatch(/cut off/);
    }
    expect(recording(page, 'b').loss.length).toBe(1);
    expect(recording(page, 'c').loss.length).toBe(2);
  });

  test('of another program ends as it likes, and says itself what it is without', async () => {
    const page = await opened();
    const head =
      '{"format":"normscope-record","config":{"n_layers":1},"sites":["embed"],"frames":[';
    const note = '"notes":["No head could be seen."]';
    for (const end of [`],${note}}`, `\n],\n${note}}\n`, `\n],${note}\n}`]) {
      await page.openFile(
        file(`${head}\n{"step":0,"loss":4},\n{"step":1,"loss":3}${end}`, 'py.json'),
      );
      const lane = page.state().recordings[0]!;
      expect(lane.loss.length).toBe(2);
      expect(lane.recorded.notes.join(' ')).toContain('No head could be seen.');
      expect(lane.recorded.notes.join(' ')).not.toContain('cut off');
      await page.removeRecording(lane.id);
    }
  });

  test('from other programs has NaN as null, empty cells, inf and doubles', async () => {
    const page = await opened();
    await page.openFile(file('step;loss;blocks.0.resid_post/rms\n0;;inf\n1;2;\n', 'x.csv'));
    const [frame] = page.recorded('b')[0]!.frames;
    expect([...frame!.packed].filter((x) => x === Infinity)).toHaveLength(1);
    await page.openFile(
      file(
        parquet([
          { name: 'loss', data: [1.5, null, 2], type: 'DOUBLE' },
          { name: 'embed/rms', data: [1n, 2n, 3n], type: 'INT64' },
        ]),
        'x.parquet',
      ),
    );
    const lane = recording(page, 'c');
    expect(lane.loss.records.slice(0, 3).map(({ value }) => value)).toEqual([1.5, NaN, 2]);
    page.showMoment(2);
    expect(numberOf(recording(page, 'c').shown!, readTyped('rms@embed')!)).toBe(3);
  });
});
