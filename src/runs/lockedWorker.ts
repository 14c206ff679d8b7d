import type { WorkerLike } from './client';

let count = 0;

/** The name of another worker of this page. */
export const workerName = (what: string): string =>
  `normscope ${what} ${performance.timeOrigin} ${count++}`;

/**
 * A worker that holds a lock of its name for as long as it lives: whoever asks for that too has it at once when it
 * dies, which a worker that only computes for long does not.
 */
export function locked(worker: Worker, name: string): WorkerLike {
  // There is none on an insecure origin: then a job that shows no sign of life is named after a while.
  const locks = navigator.locks as LockManager | undefined;
  return locks ? Object.assign(worker, { ended: () => locks.request(name, () => {}) }) : worker;
}
