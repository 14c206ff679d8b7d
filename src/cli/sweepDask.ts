import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runKey } from '../sweeps/sweep';
import { BadInput } from './input';
import type { Wanted } from './sweepArguments';
import type { Engine } from './sweepEngine';
import { foreign } from './sweepFile';

/** The folder of the program, which workers find at the same place. */
const FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const CLIENT = fileURLToPath(new URL('sweepDask.py', import.meta.url));

/** Messages of `sweepDask.py`, a line each. */
type Event =
  | { key: string; line: string }
  | { key: string; error: string }
  | { said: string }
  | { problem: string };

/**
 * Runs on the cluster of a Dask scheduler, as many at a time as its workers have threads. A run whose worker dies is
 * given to another one.
 */
export const onCluster =
  (wanted: Wanted, scheduler: string, python = process.env.PYTHON ?? 'python3'): Engine =>
  async (runs, { made, failed, say }, signal) => {
    const client = spawn(python, ['-B', CLIENT], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C on a terminal is not told to it: it ends when its input does.
      detached: true,
    });
    const ended = new Promise<void>((resolve, reject) => {
      client.on('error', (error) =>
        reject(new BadInput(`--engine dask needs Python: ${error.message}; PYTHON names one.`)),
      );
      client.on('close', () => resolve());
    });
    ended.catch(() => {});
    // A message to a program that could not be started, or has ended, is lost.
    client.stdin.on('error', () => {});
    const end = () => void client.stdin.end();
    signal.addEventListener('abort', end);
    createInterface(client.stderr).on('line', (line) => say(`dask: ${line}`));
    const command = ['node', '--import', 'tsx', 'src/cli/sweep.ts', ...wanted.argv, '--job'];
    const jobs = runs.map(runKey).map((key) => ({ key, command: [...command, key] }));
    client.stdin.write(`${JSON.stringify({ scheduler, folder: FOLDER, jobs })}\n`);
    const byKey = new Map(runs.map((run) => [runKey(run), run]));
    try {
      for await (const told of createInterface(client.stdout)) {
        const event = JSON.parse(told) as Event;
        if ('problem' in event) throw new BadInput(`--scheduler ${scheduler}: ${event.problem}`);
        else if ('said' in event) say(event.said);
        else {
          const run = byKey.get(event.key)!;
          const problem = 'error' in event ? event.error : foreign(event.line, wanted);
          if (problem === null) made(run, (event as { line: string }).line);
          else failed(run, problem);
        }
      }
      await ended;
    } finally {
      end();
    }
  };
