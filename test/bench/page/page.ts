import type { BrowserEngine } from '../row';
import type { Backend, Size } from '../sizes';
import { makeWorkload } from '../workload';
import type { Answer, Calls, Question } from './worker';

/**
 * What the program that drives the browser calls. Every engine has a worker of its own, as in the product:
 * a library’s registries and its memory are then its alone.
 */
const bench = {
  /** The adapter’s name, or null where there is none. */
  async adapter(): Promise<string | null> {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { vendor, architecture, device, description } = adapter.info;
    return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed';
  },

  /** @returns what the worker is called from now on */
  async open(
    engine: BrowserEngine,
    statistics: boolean,
    backend: Backend,
    size: Size,
  ): Promise<number> {
    const text = await (await fetch('text/opticks.txt')).text();
    const workload = makeWorkload(size, text);
    workers.push(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
    const id = workers.length - 1;
    await ask(id, 'open', { engine, statistics, backend, workload });
    return id;
  },

  steps: (id: number, count: number) => ask(id, 'steps', count),
  deviceBytes: (id: number) => ask(id, 'deviceBytes'),
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
