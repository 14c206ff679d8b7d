import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { unpack, type Frame } from '../../src/protocol/frame';
import { script } from '../../src/pytorch/script';
import { buildRecord, type RunRecord } from '../../src/runs/record';
import { SITE_STATISTICS, type SiteStatistic } from '../../src/config/statistics';
import { TEXT } from '../engine/support';
import type { Computed } from '../parity/fixtures';
import { findPython } from '../parity/python';

/** The Python that scripts are run with; a machine without one cannot run these tests, and says so. */
export function pythonWithTorch(): string {
  const python = findPython();
  if (!python) throw new Error('No Python here has PyTorch 1.13 or newer; PYTHON names another.');
  return python;
}

/** Runs scripts one after the other in one process, which loads PyTorch once; each with its own arguments. */
const RUN_ALL = `
import json, runpy, sys
import torch
torch.set_num_threads(1)
for sys.argv in json.load(sys.stdin):
    runpy.run_path(sys.argv[0], run_name="__main__")
`;

export const withFolder = async <R>(use: (folder: string) => Promise<R>): Promise<R> => {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-pytorch-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Writes the script of a configuration, and what it reads, into a folder of its own. @returns its path */
export function writeScript(folder: string, config: Config): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'model.py');
  writeFileSync(path, script(config));
  if (config.task === 'text') writeFileSync(join(folder, 'text.txt'), TEXT);
  return path;
}

export const recordIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as RunRecord;

/** @returns all that they printed */
export function runScripts(argvs: string[][]): string {
  const { status, stderr, stdout } = spawnSync(pythonWithTorch(), ['-B', '-c', RUN_ALL], {
    input: JSON.stringify(argvs),
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`The scripts ended with exit code ${status}: ${stderr}`);
  return stdout;
}

/** Records of configurations by their scripts. */
export const byScripts = (configs: readonly Config[], steps: number): Promise<RunRecord[]> =>
  withFolder((folder) => {
    const folders = configs.map((_, i) => join(folder, String(i)));
    const argvs = configs.map((config, i) => [
      ...[writeScript(folders[i]!, config), '--device', 'cpu'],
      ...['--steps', String(steps), '--out', folders[i]!],
    ]);
    runScripts(argvs);
    return Promise.resolve(folders.map(recordIn));
  });

/** The same by the engine. */
export async function byEngine(config: Config, steps: number): Promise<RunRecord> {
  const device = await openNodeBackend('wasm');
  const session = createSession(config, TEXT);
  const { layout } = session.report;
  const frames: Frame[] = [];
  while (frames.length < steps) frames.push(unpack(layout, await session.measure(true)));
  session.dispose();
  return buildRecord({ config, device, app: 'test', layout, frames });
}

/** Columns that both tell of a run; PyTorch does not count what casts lose, and evaluates nothing. */
export const computedIn = ({ sites, frames }: RunRecord): Computed => ({
  sites,
  frames: frames.map(({ tokens: _, evaluation: __, ...frame }) => ({
    ...frame,
    site: Object.fromEntries(
      Object.entries(frame.site).filter(([id]) => !SITE_STATISTICS[id as SiteStatistic].counts),
    ),
  })),
  buffers: {},
});

export const tokensIn = ({ frames }: RunRecord) => frames.map(({ tokens }) => tokens);
