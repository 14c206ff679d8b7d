import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import workerpool from 'workerpool';
import { reasonOf } from '../lib/reason';

/** Reads TypeScript, wherever a process is started. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A task whose process ended, as one does that is out of memory, is begun once more. */
const TRIES = 2;
const DEAD = 'its process ended twice without a result, as one does that is out of memory.';

interface Told<Task, Result> {
  /** Something that a task said of itself. */
  on(task: Task, said: number): void;
  made(task: Task, result: Result): void;
  /** A task failed; the others go on. */
  failed(task: Task, reason: string): void;
}

interface Program<Task> {
  /** The file that registers `make` with workerpool. */
  worker: string;
  argv: readonly string[];
  /** The argument of `make`. */
  argOf(task: Task): unknown;
}

/** Has tasks done in processes of this machine, so many at a time, the first ones first. */
export async function inProcesses<Task, Result>(
  { worker, argv, argOf }: Program<Task>,
  most: number,
  tasks: readonly Task[],
  { on, made, failed }: Told<Task, Result>,
  signal?: AbortSignal,
): Promise<void> {
  const lanes = Math.min(most, tasks.length);
  const pool = workerpool.pool(worker, {
    workerType: 'process',
    maxWorkers: lanes,
    forkArgs: [...argv],
    // Arrays of numbers travel as they are.
    forkOpts: { execArgv: ['--import', LOADER], serialization: 'advanced' },
  });
  let isOver = false;
  const end = async () => {
    isOver = true;
    // A process that ends while it is ended rejects; it is gone all the same.
    await pool.terminate(true).catch(() => []);
  };
  const make = async (task: Task, tries: number): Promise<void> => {
    let result: Result;
    try {
      const hear = (said: number) => on(task, said);
      result = (await pool.exec('make', [argOf(task)], { on: hear })) as Result;
    } catch (error) {
      if (isOver) return;
      const isDead = error instanceof workerpool.TerminateError;
      if (isDead && tries > 1) return make(task, tries - 1);
      return failed(task, isDead ? DEAD : reasonOf(error));
    }
    if (!isOver) made(task, result);
  };
  // The pool is never given more than it can begin: after a process has died, it would leave the rest in its queue.
  const left = [...tasks];
  const lane = async () => {
    for (let task = left.shift(); task && !isOver; task = left.shift()) await make(task, TRIES);
  };
  signal?.addEventListener('abort', () => void end());
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await end();
  }
}
