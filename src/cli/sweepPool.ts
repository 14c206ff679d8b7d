import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import workerpool from 'workerpool';
import { reasonOf } from '../lib/reason';
import { runKey, type SweepRun } from '../sweeps/sweep';
import type { Wanted } from './sweepArguments';
import type { Engine } from './sweepEngine';

const WORKER = fileURLToPath(new URL('sweepWorker.ts', import.meta.url));
/** Reads TypeScript, wherever a process is started. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A run whose process ended, as one does that is out of memory, is made once more. */
const TRIES = 2;
const DEAD = 'its process ended twice without a result, as one does that is out of memory.';

/** Runs in processes of this machine, so many at a time. */
export const inProcesses =
  ({ argv }: Wanted, most: number): Engine =>
  async (runs, { stepped, made, failed }, signal) => {
    const lanes = Math.min(most, runs.length);
    const pool = workerpool.pool(WORKER, {
      workerType: 'process',
      maxWorkers: lanes,
      forkArgs: argv.slice(),
      forkOpts: { execArgv: ['--import', LOADER] },
    });
    let isOver = false;
    const end = async () => {
      isOver = true;
      // A process that ends while it is ended rejects; it is gone all the same.
      await pool.terminate(true).catch(() => []);
    };
    const make = async (run: SweepRun, tries: number): Promise<void> => {
      let line: string;
      try {
        const on = (steps: number) => stepped(run, steps);
        line = (await pool.exec('make', [runKey(run)], { on })) as string;
      } catch (error) {
        if (isOver) return;
        const isDead = error instanceof workerpool.TerminateError;
        if (isDead && tries > 1) return make(run, tries - 1);
        return failed(run, isDead ? DEAD : reasonOf(error));
      }
      if (!isOver) made(run, line);
    };
    // The pool is never given more than it can begin: after a process has died, it would leave the rest in its queue.
    const left = [...runs];
    const lane = async () => {
      for (let run = left.shift(); run && !isOver; run = left.shift()) await make(run, TRIES);
    };
    signal.addEventListener('abort', () => void end());
    try {
      await Promise.all(Array.from({ length: lanes }, lane));
    } finally {
      await end();
    }
  };
