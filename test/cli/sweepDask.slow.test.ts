import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { findPython } from '../parity/python';
import {
  ended,
  folderOfTests,
  refused,
  resultsIn,
  started,
  TINY,
  told,
  until,
  wholeLines,
} from './sweepSupport';

const python = findPython('distributed') ?? '';
if (!python) throw new Error('This test needs a Python with Dask’s distributed; PYTHON names one.');
const path = folderOfTests();
const SWEEP = [
  ...['--config', TINY, '--grid', 'lr=1e-3..1e-1:3log', '--grid', 'n_layers=2|3'],
  ...['--steps', '40'],
];

const processes: ChildProcess[] = [];
afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  await Promise.all(processes.map(ended));
});
const SCHEDULER = path('scheduler.json');
/** A scheduler of Dask or one of its workers, of one thread, which nobody watches over. */
function dask(what: 'scheduler' | 'worker', ...options: string[]): ChildProcess {
  const args = [
    '-m',
    `distributed.cli.dask_${what}`,
    '--no-dashboard',
    '--scheduler-file',
    SCHEDULER,
  ];
  const env = {
    ...process.env,
    PATH: `${process.execPath.replace(/[^/]*$/, '')}:${process.env.PATH}`,
  };
  const one = spawn(python, [...args, ...options], { env, cwd: path('.'), stdio: 'ignore' });
  processes.push(one);
  return one;
}
const worker = () => dask('worker', '--nthreads', '1', '--no-nanny');

process.env.PYTHON = python;

/** Processes that make runs of so many steps. */
const runsOf = (steps: number): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes('--job') && words.includes(String(steps));
      } catch {
        return false;
      }
    });

test('two workers, one of which dies, give the numbers of processes; errors are told, and the rest goes on', async () => {
  dask('scheduler', '--host', '127.0.0.1', '--port', '0');
  await until(() => existsSync(SCHEDULER));
  const { address } = JSON.parse(readFileSync(SCHEDULER, 'utf8')) as { address: string };
  const onCluster = (out: string) => ['--out', out, '--engine', 'dask', '--scheduler', address];

  // The sweep is there before its workers are.
  const out = path('dask.jsonl');
  const sweep = started([...SWEEP, ...onCluster(out)]);
  let said = '';
  sweep.stderr!.on('data', (text) => (said += String(text)));
  await until(() => said.includes('waiting for the first one') || sweep.exitCode !== null);
  expect(said).toMatch(/^6 runs\.\nThe cluster has no workers yet; waiting for the first one\.\n$/);
  const [first] = [worker(), worker()];
  await until(() => wholeLines(out) >= 2 || sweep.exitCode !== null);
  first!.kill('SIGKILL');
  expect(await ended(sweep)).toBe(0);
  expect(said).toMatch(/ has all 6 runs\.\n$/);

  const own = path('own.jsonl');
  await told([...SWEEP, '--out', own]);
  expect(resultsIn(out)).toEqual(resultsIn(own));

  const failed = path('failed.jsonl');
  const sublayers = ['--config', TINY, '--grid', 'sublayers=mlp|both', '--steps', '2'];
  const code = process.exitCode;
  said = await told([...sublayers, '--result', 'rms@attn_out[0]', ...onCluster(failed)]);
  process.exitCode = code;
  expect(said).toMatch(
    /\nsublayers mlp, seed 0: This configuration has no .* \(exit code 1 on tcp:/,
  );
  expect(said).toMatch(/ has 1 of 2 runs/);

  // One that is stopped ends its runs on the workers, too: the next sweep need not wait for them.
  const long = path('long.jsonl');
  const stopped = started([...SWEEP, '--steps', '20001', ...onCluster(long)]);
  await until(() => runsOf(20_001).length > 0 || stopped.exitCode !== null);
  stopped.kill('SIGINT');
  expect(await ended(stopped)).toBe(130);
  await until(() => runsOf(20_001).length === 0);
  expect(wholeLines(long)).toBe(0);
}, 600_000);

test('names what is missing', async () => {
  const cluster = [
    '--out',
    path('none.jsonl'),
    '--engine',
    'dask',
    '--scheduler',
    'tcp://127.0.0.1:1',
  ];
  expect(await refused([...SWEEP, ...cluster])).toMatch(
    /^--scheduler tcp:\/\/127\.0\.0\.1:1: it does not answer: .*refused/,
  );
  const bare = path('bare');
  writeFileSync(bare, `#!/bin/sh\nexec '${python}' -S "$@"\n`, { mode: 0o755 });
  process.env.PYTHON = bare;
  expect(await refused([...SWEEP, ...cluster])).toMatch(/has no Dask \(Debian: apt-get install/);
  process.env.PYTHON = path('nowhere');
  expect(await refused([...SWEEP, ...cluster])).toMatch(
    /^--engine dask needs Python: .*PYTHON names/,
  );
  process.env.PYTHON = python;
});
