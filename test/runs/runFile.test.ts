import { unzipSync, zipSync } from 'fflate';
import { afterEach, describe, expect, test } from 'vitest';
import { sameNumbers } from '../../src/runs/run';
import { lineTo } from '../../src/runs/saving/line';
import type { LaneId } from '../../src/runs/state';
import { openScope, type Setup } from './openScope';

let pages: ReturnType<typeof openScope>[] = [];
afterEach(() => {
  pages.forEach((page) => page.scope.dispose());
  pages = [];
});
async function opened(setup: Setup = {}) {
  const page = openScope(setup);
  pages.push(page);
  await page.ready();
  await page.quiet();
  return page;
}
type Opened = Awaited<ReturnType<typeof opened>>;
const framesOf = (page: Opened, id: LaneId) => page.recorded(id).flatMap(({ frames }) => frames);
const asFile = (blob: Blob | Uint8Array, name = 'mine.normscope') =>
  new File([blob as BlobPart], name);
const CSV = 'step,loss,blocks.0.resid_post/rms\n0,4,1\n5,3,2\n';

/** A page with two lanes, of which one was changed under way, a fork and a run out of a file. */
async function full() {
  const page = await opened({ hash: 'v=1&n_layers=2' });
  await page.steps(3);
  page.setValue('lr', 0.01, ['a']);
  await page.quiet();
  page.setValue('qk_norm', 'rmsnorm', ['b']);
  await page.quiet();
  await page.steps(2);
  await page.fork('a', 2, { lr: 0.02 });
  await page.until(({ lanes }) => lanes[2]?.shown?.frame.step === 5);
  await page.quiet();
  await page.openFile(new File([CSV], 'theirs.csv'));
  page.setView({ lower: 'traces' });
  return page;
}

describe('a run file', () => {
  test('opens as the page was: settings, view, history, forks, states, runs out of files', async () => {
    const page = await full();
    const { name, blob } = (await page.saveRuns())!;
    expect(name).toBe('normscope-step5.normscope');
    const other = await opened({ hash: 'v=1&lanes=1&n_layers=3' });
    await other.steps(1);
    await other.openFile(asFile(blob));
    await other.quiet();
    expect(other.address.hash()).toBe(page.address.hash());
    expect(other.state().view).toEqual(page.state().view);
    expect(other.state().lanes.map(({ id, config, fork }) => ({ id, config, fork }))).toEqual(
      page.state().lanes.map(({ id, config, fork }) => ({ id, config, fork })),
    );
    for (const id of ['a', 'b', 'c', 'd'] as const) {
      const [was, is] = [framesOf(page, id), framesOf(other, id)];
      expect(is.map(({ step }) => step)).toEqual(was.map(({ step }) => step));
      expect(is.every((frame, i) => sameNumbers(frame, was[i]!))).toBe(true);
      expect(is.map(({ batch }) => batch)).toEqual(was.map(({ batch }) => batch));
    }
    expect(other.lane('a').events).toEqual(page.lane('a').events);
    expect(other.state().recordings[0]).toMatchObject({
      id: 'd',
      recorded: { name: 'theirs' },
      loss: { length: 2 },
    });

    // The run before is kept, and training goes on with the same bits.
    expect(other.texts().join()).toMatch(/was opened\. What was here, at step 1, is kept/);
    await page.steps(2);
    await other.steps(2);
    for (const id of ['a', 'b', 'c'] as const)
      expect(sameNumbers(framesOf(other, id).at(-1)!, framesOf(page, id).at(-1)!)).toBe(true);
  });

  test('has the batches and evaluations of every step that had one, to the bit', async () => {
    const hash = 'v=1&n_layers=2&norm=batchnorm&b.norm=layernorm&b.dropout=0.1&b.eval_seq_len=40';
    const page = await opened({ hash });
    page.watchEvaluations();
    const evaluated = (step: number) =>
      page.until(({ lanes }) => lanes.every((l) => l.evaluation?.frame.step === step));
    await evaluated(0);
    await page.steps(2);
    await evaluated(2);
    // A batch of another size belongs to another model of the run.
    page.setValue('batch_size', 2, ['a']);
    await page.quiet();
    await page.steps(1);
    await evaluated(3);
    const { blob } = (await page.saveRuns())!;
    const names = Object.keys(unzipSync(new Uint8Array(await blob.arrayBuffer())));
    expect(names).toEqual(expect.arrayContaining(['beside/a.safetensors', 'beside/b.safetensors']));
    const other = await opened({ hash: 'v=1&lanes=1' });
    await other.openFile(asFile(blob));
    await other.quiet();
    for (const id of ['a', 'b'] as const) {
      const [was, is] = [page.recorded(id), other.recorded(id)];
      const evaluations = is.flatMap(({ evaluations }) => [...evaluations.keys()]);
      // Step 2 of lane A was measured again with the other batch.
      expect(evaluations).toEqual(id === 'a' ? [0, 3] : [0, 2, 3]);
      expect(is.map(({ frames, evaluations }) => ({ frames, evaluations }))).toEqual(
        was.map(({ frames, evaluations }) => ({ frames, evaluations })),
      );
    }
    expect(framesOf(other, 'a').map(({ batch }) => batch!.B)).toEqual([4, 4, 2, 2]);
    // A past step shows the evaluation that it had.
    other.showMoment(1);
    expect(other.lane('b').evaluation).toMatchObject({ seq_len: 40, sameBatch: false });
    expect(other.lane('b').evaluation!.frame.step).toBe(0);
    expect(other.lane('a').evaluation!.leak).toEqual(
      page.recorded('a')[0]!.evaluations.get(0)!.leak,
    );
  });

  test('of an earlier version of the app, without batches and evaluations, opens', async () => {
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.steps(2);
    const { blob } = (await page.saveRuns())!;
    const { 'beside/a.safetensors': beside, ...files } = unzipSync(
      new Uint8Array(await blob.arrayBuffer()),
    );
    expect(beside).toBeDefined();
    const other = await opened({ hash: 'v=1&lanes=1' });
    await other.openFile(asFile(zipSync(files)));
    await other.quiet();
    // The last step was measured once more.
    expect(framesOf(other, 'a').map(({ batch }) => batch === null)).toEqual([true, true, false]);
  });

  test('has tables, weights and checkpoints that other programs read', async () => {
    const page = await full();
    const { blob } = (await page.saveRuns())!;
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    expect(Object.keys(files).sort()).toEqual([
      ...['a', 'b', 'c'].map((id) => `beside/${id}.safetensors`),
      ...['a', 'b', 'c'].map((id) => `checkpoint/${id}.safetensors`),
      ...['a', 'b', 'c', 'd'].map((id) => `history/${id}.parquet`),
      'run.json',
      ...['a', 'b', 'c'].map((id) => `weights/${id}.safetensors`),
    ]);
    const table = asFile(files['history/c.parquet']!, 'c.parquet');
    page.removeLane('c');
    await page.openFile(table);
    expect(page.state().recordings.at(-1)!.loss.length).toBe(6);
  });

  test('brings its own text', async () => {
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.setText({ name: 'mine', content: 'a text of my own, to learn from' });
    await page.ready();
    await page.steps(2);
    const { blob } = (await page.saveRuns())!;
    const other = await opened();
    await other.openFile(asFile(blob));
    await other.quiet();
    expect(other.state().text).toEqual(page.state().text);
    expect(other.lane('a').shown!.frame.step).toBe(2);
  });

  test('with the app’s text opens on a page that has its own', async () => {
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.steps(2);
    const { blob } = (await page.saveRuns())!;
    const other = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await other.setText({ name: 'mine', content: 'a text of my own, to learn from' });
    await other.ready();
    await other.openFile(asFile(blob));
    await other.until(({ lanes }) => lanes[0]!.shown?.frame.step === 2);
    expect(other.state().text.content).toBeNull();
    await page.steps(1);
    await other.steps(1);
    expect(sameNumbers(framesOf(other, 'a').at(-1)!, framesOf(page, 'a').at(-1)!)).toBe(true);
  });

  test('is saved of the others where an engine is no more', async () => {
    const page = await opened({ hash: 'v=1&n_layers=2' });
    await page.steps(2);
    for (let i = 0; i < 2; i++) {
      page.workers.at(-1)!.die('Out of memory.');
      await page.quiet();
      page.workers[1]!.die('Out of memory.');
      await page.quiet();
    }
    const { blob } = (await page.saveRuns())!;
    const files = Object.keys(unzipSync(new Uint8Array(await blob.arrayBuffer())));
    expect(files).toContain('weights/a.safetensors');
    expect(files).toContain('history/b.parquet');
  });
});

describe('a file that is called off', () => {
  test('holds up none that comes after it', async () => {
    const listeners: ((event: Event) => void)[] = [];
    const worker = {
      addEventListener: (_: string, listener: (event: Event) => void) =>
        void listeners.push(listener),
      postMessage: () => undefined,
      terminate: () => undefined,
    };
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2', write: () => lineTo(worker) });
    const saving = page.saveRun('a', 'record');
    await page.until(({ transfer }) => transfer !== null);
    page.cancelTransfer();
    expect(await saving).toBeUndefined();
    expect(page.state().transfer).toBeNull();
    await page.openFile(asFile(new TextEncoder().encode(CSV), 'theirs.csv'));
    expect(page.state().recordings).toHaveLength(1);
  });
});

describe('a run file that cannot be opened', () => {
  const good = async () => {
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.steps(2);
    return new Uint8Array(await (await page.saveRuns())!.blob.arrayBuffer());
  };
  const changed = (
    files: Record<string, Uint8Array>,
    change: (head: Record<string, unknown>) => void,
  ) => {
    const head = JSON.parse(new TextDecoder().decode(files['run.json'])) as Record<string, unknown>;
    change(head);
    const { 'run.json': _, ...rest } = files;
    return zipSync({ 'run.json': new TextEncoder().encode(JSON.stringify(head)), ...rest });
  };
  const cases: [string, (bytes: Uint8Array) => Uint8Array, RegExp][] = [
    ['cut off', (bytes) => bytes.slice(0, -200), /cut off or broken/],
    ['cut in the middle', (bytes) => bytes.slice(0, bytes.length / 2), /cut off or broken/],
    [
      'of another version',
      (bytes) => changed(unzipSync(bytes), (head) => (head['version'] = 2)),
      /version 2.*reads version 1/,
    ],
    [
      'of another program',
      (bytes) => changed(unzipSync(bytes), (head) => (head['format'] = 'x')),
      /not that of a run file/,
    ],
    [
      'without lanes',
      (bytes) => changed(unzipSync(bytes), (head) => (head['lanes'] = [])),
      /no lanes/,
    ],
    [
      'without its table',
      (bytes) => {
        const { 'history/a.parquet': _, ...rest } = unzipSync(bytes);
        return changed(rest, () => undefined);
      },
      /without history\/a\.parquet/,
    ],
    [
      'with a table of another run',
      (bytes) =>
        changed(unzipSync(bytes), (head) => {
          (head['lanes'] as { models: { steps: number }[] }[])[0]!.models[0]!.steps = 9;
        }),
      /another number of rows/,
    ],
  ];
  test.each(cases)('as it is %s says so, and nothing is lost', async (_, spoil, reason) => {
    const bytes = spoil(await good());
    const page = await opened({ hash: 'v=1&lanes=1&n_layers=2' });
    await page.steps(1);
    const before = page.state().lanes;
    await page.openFile(asFile(bytes));
    expect(page.texts().join()).toMatch(reason);
    expect(page.state()).toMatchObject({ lanes: before, transfer: null });
  });
});
