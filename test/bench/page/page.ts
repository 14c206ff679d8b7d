import { describeAdapter } from '../adapter';
import type { HostedEngine } from '../row';
import type { Answer, Calls, Question } from '../service';
import type { Backend, Size } from '../sizes';
import { makeWorkload } from '../workload';

/**
 * What the program that drives the browser calls. Every engine has a worker of its own, as in the product:
 * a library’s registries and its memory are then its alone.
 */
const bench = {
  adapter: () => describeAdapter(navigator.gpu),

  /** @returns what the worker is called from now on; nothing is open in it yet */
  start: (): number =>
    workers.push(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })) - 1,

  async open(id: number, engine: HostedEngine, statistics: boolean, backend: Backend, size: Size) {
    const text = await (await fetch('text/opticks.txt')).text();
    const workload = makeWorkload(size, text);
    return ask(id, 'open', { engine, statistics, backend, workload });
  },

  steps: (id: number, count: number) => ask(id, 'steps', count),
  totals: (id: number) => ask(id, 'totals'),
  close(id: number): void {
    workers[id]!.terminate();
  },
};
export type Bench = typeof bench;

const workers: Worker[] = [];

/** One question at a time: the next message is its answer. */
function ask<K extends keyof Calls>(
  id: number,
  call: K,
  ...args: Parameters<Calls[K]>
): Promise<Awaited<ReturnType<Calls[K]>>> {
  const worker = workers[id]!;
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data.value as Awaited<ReturnType<Calls[K]>>);
    };
    worker.onerror = ({ message }) => {
      reject(new Error(message || 'The worker did not start.'));
    };
    worker.postMessage({ call, args } as Question);
  });
}

Object.assign(window, { bench });
document.documentElement.dataset.ready = 'true';
