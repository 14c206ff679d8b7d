import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { BadInput } from '../../src/cli/input';
import { sweep } from '../../src/cli/sweepProgram';
import { readLines } from '../../src/sweeps/lines';
import { runKey } from '../../src/sweeps/sweep';

export const TINY = 'n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2&task=copy';

/** A folder that is gone after the tests, and paths in it. */
export function folderOfTests(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-sweep-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

export const root = new URL('../../', import.meta.url);

/** The program as it is run, in a process of its own. */
export const started = (argv: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', 'src/cli/sweep.ts', ...argv], { cwd: root });

/** The standard error of the program. */
export async function told(argv: string[]): Promise<string> {
  let said = '';
  await sweep(argv, { write: (text) => ((said += String(text)), true) });
  return said;
}

/** The one line that a command line is refused with. */
export async function refused(argv: string[]): Promise<string> {
  const error: unknown = await told(argv).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BadInput);
  return (error as Error).message;
}

export const wholeLines = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;

/** The numbers of each run in a file, by its key. */
export const resultsIn = (path: string) =>
  Object.fromEntries(
    readLines(readFileSync(path, 'utf8')).outcomes.map((one) => [
      runKey(one),
      { config: one.config, result: one.result, alarm: one.alarm },
    ]),
  );

export const until = (isSo: () => boolean): Promise<void> =>
  expect.poll(isSo, { timeout: 500_000, interval: 50 }).toBe(true);

export const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('close', resolve);
  });
