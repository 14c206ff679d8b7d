import type { WorkerLike } from '../runs/client';
import { locked, workerName } from '../runs/lockedWorker';

/** A worker with an engine in it. */
export function spawnEngine(): WorkerLike {
  const name = workerName('engine');
  // In one expression, by which the build knows that this is a worker.
  const worker = new Worker(new URL('../engine/worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return locked(worker, name);
}
