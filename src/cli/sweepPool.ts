import { fileURLToPath } from 'node:url';
import { runKey, type SweepRun } from '../sweeps/sweep';
import { inProcesses as doneInProcesses } from './processes';
import type { Wanted } from './sweepArguments';
import type { Engine } from './sweepEngine';

const WORKER = fileURLToPath(new URL('sweepWorker.ts', import.meta.url));

/** Runs in processes of this machine, so many at a time. */
export const inProcesses =
  ({ argv }: Wanted, most: number): Engine =>
  (runs, { stepped, made, failed }, signal) =>
    doneInProcesses<SweepRun, string>(
      { worker: WORKER, argv, argOf: runKey },
      most,
      runs,
      { on: stepped, made, failed },
      signal,
    );
