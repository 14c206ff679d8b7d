import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSoftware } from '../../src/lib/adapters';
import { writeFiles } from './bundle';
import type { Row } from './row';

let folder = '';
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'normscope-bare-'));
  await writeFiles(folder);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The script of the bundle with nothing of this environment, in a folder that no package can be found from. */
const run = (env: NodeJS.ProcessEnv, flags: string[]) =>
  spawnSync('sh', [path('run.sh'), path('out'), ...flags], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...env },
  });

test('the bundle measures on a bare machine, and writes what it says and the results', () => {
  const { status, stdout } = run({}, ['--quick', '--steps', '1']);
  expect(status, stdout).toBe(0);
  expect(readFileSync(path('out/bench.txt'), 'utf8')).toBe(stdout);
  const rows = JSON.parse(readFileSync(path('out/bench.json'), 'utf8')) as Row[];
  const own = rows.find(({ engine, statistics }) => engine === 'replayed' && statistics)!;
  expect(own).toMatchObject({ host: 'node', backend: 'webgpu', n_layers: 2, submits: 1 });
  expect(own.rows).toBe(isSoftware(own.adapter) ? 'by one thread' : 'by subgroups');
  expect(own.subgroups).toEqual([expect.any(Number), expect.any(Number)]);
  expect(own.pipelines).toBeGreaterThan(20);
  expect(own.pipeline_names).toContain('Embedding');
  // They computed the same losses, or there would be no rows. A Python may have PyTorch.
  const engines = rows.map(({ engine }) => engine).filter((id) => !id.startsWith('pytorch'));
  expect([...new Set(engines)]).toEqual(['replayed', 'unrecorded', 'plain_tfjs', 'jax_js']);
}, 240_000);

test('without a driver it says so first, and what Vulkan said', () => {
  const { status, stdout } = run({ VK_ICD_FILENAMES: path('none.json') }, ['--quick']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^Vulkan finds no driver: [^\n]+\n[^]*none\.json/);
});
