import type { WorkerLike } from '../runs/client';

let count = 0;

/**
 * A worker with an engine in it. It holds a lock of its name for as long as it lives: whoever asks for that too has it
 * at once when it dies, which a worker that only computes for long does not.
 */
export function spawnEngine(): WorkerLike {
  const name = `normscope engine ${performance.timeOrigin} ${count++}`;
  // The bundler finds the engine by this form alone.
  const worker = new Worker(new URL('../engine/worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  // There is none on an insecure origin: then a job that shows no sign of life is named after a while.
  const locks = navigator.locks as LockManager | undefined;
  return locks ? Object.assign(worker, { ended: () => locks.request(name, () => {}) }) : worker;
}
