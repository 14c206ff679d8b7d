import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { record } from '../../src/cli/run';
import type { RunRecord } from '../../src/runs/record';
import {
  ended,
  folderOfTests,
  resultsIn,
  started,
  TINY,
  told,
  until,
  wholeLines,
} from './sweepSupport';

// Many processes, which start one after the other.
vi.setConfig({ testTimeout: 600_000 });

const path = folderOfTests();
const sweepOf = (steps: number) => [
  ...['--config', TINY, '--grid', 'lr=1e-3..1e-1:3log', '--grid', 'n_layers=2|3'],
  ...['--steps', String(steps), '--seeds', '2', '--jobs', '2'],
];

/** The processes that a process has started, by their ids. */
const childrenOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('numbers are those of a record, also where processes die and a sweep is gone on with', async () => {
  const steps = 150;
  const whole = path('whole.jsonl');
  const said = await told([...sweepOf(steps), '--out', whole]);
  expect(said).toMatch(/^12 runs\.\n(About .* left\.\n)?.* has all 12 runs\.\n$/);
  const results = resultsIn(whole);
  expect(Object.keys(results)).toHaveLength(12);
  const config = `${TINY}&lr=0.1&n_layers=3&seed=1`;
  await record(['--config', config, '--steps', String(steps), '--out', path('record')]);
  const { frames } = JSON.parse(readFileSync(path('record/record.json'), 'utf8')) as RunRecord;
  expect(results['2,1#1']!.result).toBe(frames.at(-1)!.loss);

  // One of its processes is killed; then it is, and its processes are gone as well.
  const killed = path('killed.jsonl');
  const program = started([...sweepOf(steps), '--out', killed]);
  await until(() => wholeLines(killed) >= 2);
  process.kill(childrenOf(program)[0]!, 'SIGKILL');
  await until(() => wholeLines(killed) >= 5);
  const workers = childrenOf(program);
  program.kill('SIGKILL');
  await ended(program);
  await until(() => !workers.some(isAlive));
  const before = readFileSync(killed, 'utf8');
  const there = before.split('\n').length - 1;
  expect(there).toBeLessThan(12);
  appendFileSync(killed, before.slice(0, 400));
  expect(await told([...sweepOf(steps), '--out', killed])).toMatch(
    new RegExp(`^12 runs, of which .* has ${there}\\.\n`),
  );
  expect(readFileSync(killed, 'utf8').startsWith(before)).toBe(true);
  expect(wholeLines(killed)).toBe(12);
  expect(resultsIn(killed)).toEqual(results);
});

test('a sweep that is interrupted leaves whole lines, and the exit code of one', async () => {
  const out = path('stopped.jsonl');
  const program = started([...sweepOf(400), '--out', out]);
  let said = '';
  program.stderr!.on('data', (text) => (said += String(text)));
  await until(() => wholeLines(out) >= 1);
  program.kill('SIGINT');
  expect(await ended(program)).toBe(130);
  expect(said).toMatch(/has \d+ of 12 runs; the same command makes the others\.\n$/);
  expect(readFileSync(out, 'utf8')).toMatch(/\n$/);
  expect(Object.keys(resultsIn(out))).toHaveLength(wholeLines(out));
});

test('a run that cannot be made is told, and the others are; alone it ends with exit code 1', async () => {
  const out = path('failed.jsonl');
  const sweep = [
    '--config',
    TINY,
    '--grid',
    'sublayers=both|attn|mlp',
    '--result',
    'rms@attn_out[0]@1',
  ];
  const arguments_ = [...sweep, '--steps', '2', '--jobs', '1', '--out', out];
  const code = process.exitCode;
  const said = await told(arguments_);
  expect(said).toMatch(/^3 runs\.\nsublayers mlp, seed 0: This configuration has no .*rms.*\n/);
  expect(said).toMatch(/ has 2 of 3 runs; the same command makes the others\.\n$/);
  expect(process.exitCode).toBe(1);
  process.exitCode = code;

  const job = (key: string) => started([...sweep, '--steps', '2', '--job', key]);
  const one = job('2#0');
  let line = '';
  one.stderr!.on('data', (text) => (line += String(text)));
  expect(await ended(one)).toBe(1);
  expect(line).toMatch(/^This configuration has no .*\n$/);
  const good = job('0#0');
  line = '';
  good.stdout!.on('data', (text) => (line += String(text)));
  expect(await ended(good)).toBe(0);
  const alone = path('alone.jsonl');
  writeFileSync(alone, line);
  expect(resultsIn(alone)['0#0']).toEqual(resultsIn(out)['0#0']);
});
