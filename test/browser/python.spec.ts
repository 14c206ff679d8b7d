import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { csvParse } from 'd3-dsv';
import { expect } from 'vitest';
import { findPython } from '../parity/python';
import {
  curves,
  DEPTH_PANELS,
  notice,
  saveFigure,
  saveRecordFile,
  saveWeightsFile,
  stepBy,
  stepShown,
} from './driver';
import { test } from './test';

const STEPS = 3;
const LAYERS = 4;
const HASH = `v=1&lanes=1&n_layers=${LAYERS}&d_model=16&n_heads=2&seq_len=8&batch_size=3&optimizer=sgd&lr=0.1&grad_clip=0.5`;
/** Numbers of the two differ by rounding, which sums of different order leave. */
const RELATIVE = 1e-4;

/** A run in PyTorch with these weights on the batches of this record, recorded by the package `normscope`. */
function recordedByPython(files: Record<string, Uint8Array>): Buffer {
  const python = findPython();
  if (!python) throw new Error('This test needs a Python with PyTorch; PYTHON names one.');
  const folder = mkdtempSync(join(tmpdir(), 'normscope-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    execFileSync(python, ['-B', '-m', 'tests.beside', folder], {
      cwd: resolve(import.meta.dirname, '../../python'),
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    return readFileSync(join(folder, 'run.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The corners of a path, in pixels. */
const cornersOf = (path: string) =>
  [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

test('a run of PyTorch lies on the lane with the same weights and batches', async ({ open }) => {
  const page = await open({ hash: HASH });
  const weights = await saveWeightsFile(page);
  await stepBy(page, STEPS - 1);
  const record = await saveRecordFile(page);
  const run = recordedByPython({
    'weights.safetensors': weights.bytes,
    'record.json': record.bytes,
  });
  await page
    .getByTestId('any-file')
    .setInputFiles({ name: 'run.json', mimeType: 'application/json', buffer: run });
  const recorded = page.getByRole('region', { name: /^Lane B: run, recorded$/ });
  await recorded.getByText(`Recorded, steps 0–${STEPS - 1}.`).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  // It stands over the panels' menus.
  const said = await notice(page, /run\.json stands beside the lanes/);
  await said.getByRole('button', { name: /dismiss/i }).click();
  expect(await stepShown(page)).toBe(STEPS - 1);

  for (const name of DEPTH_PANELS) {
    await expect.poll(() => curves(page, name)).toHaveLength(2);
    const [own, theirs] = (await curves(page, name)).map(cornersOf);
    expect(own!.length).toBeGreaterThanOrEqual(LAYERS);
    expect(theirs).toHaveLength(own!.length);
    own!.forEach(([x, y], i) => {
      expect(Math.abs(x - theirs![i]![0]), `${name}, corner ${i}`).toBeLessThan(1);
      expect(Math.abs(y - theirs![i]![1]), `${name}, corner ${i}`).toBeLessThan(1);
    });
  }
  for (const [name, place, least] of [
    ...DEPTH_PANELS.map((name) => [name, 'layer', LAYERS] as const),
    ['loss', 'step', STEPS] as const,
  ]) {
    const { bytes } = await saveFigure(page, name, 'CSV');
    const rows = csvParse(bytes.toString('utf8').replace(/^#.*\n/gm, ''));
    const valuesOf = (isTheirs: boolean) =>
      new Map(
        rows
          .filter(({ lane }) => (lane === 'run') === isTheirs)
          .map((row) => [`${row['series']} ${row[place]}`, Number(row['value'])]),
      );
    const [mine, other] = [valuesOf(false), valuesOf(true)];
    expect(mine.size).toBeGreaterThanOrEqual(least);
    expect([...other.keys()]).toEqual([...mine.keys()]);
    for (const [at, value] of mine)
      expect(Math.abs(other.get(at)! / value - 1), `${name} at ${at}`).toBeLessThan(RELATIVE);
  }
});
