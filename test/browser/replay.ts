import type { Page } from 'playwright-core';
import type { StepCost } from '../../src/protocol/engine';

declare global {
  interface Window {
    replay: { workers: Worker[] };
  }
}

/**
 * Puts a stand-in before every engine's worker: it hands everything on, and once told so it answers steps
 * with those that the engine measured before, numbered on, at a pace of its own. Frames are real then and
 * travel as they do, but no engine takes the processor from the page. Given to a page to run there, so it
 * must stand alone.
 */
export function replayEngines(): void {
  const standIn = (url: string) => {
    // Its name is a lock that it holds while it lives.
    const engine = new Worker(url, { type: 'module', name: self.name });
    const seen: { frame: { step: number; packed: Float32Array } }[] = [];
    let replays = false;
    let step = 0;
    let interval = 0;
    let cost: unknown;
    let due = 0;
    const answer = (id: number) => {
      const { frame, ...rest } = seen[step % seen.length]!;
      const packed = frame.packed.slice();
      const value = {
        ...rest,
        frame: { ...frame, step: step++, packed },
        ...(cost ? { cost } : {}),
      };
      postMessage({ id, value }, { transfer: [packed.buffer] });
    };
    engine.addEventListener('message', ({ data }) => {
      const { frame } = data.value ?? {};
      if (frame) {
        step = frame.step;
        seen.push(structuredClone(data.value));
      }
      postMessage(data, { transfer: frame ? [frame.packed.buffer] : [] });
    });
    addEventListener('message', ({ data }) => {
      if (data.interval !== undefined) {
        ({ interval, cost } = data);
        replays = true;
        step++;
        // Who listens in waits for an answer to everything.
        postMessage({ id: data.id });
      } else if (!replays || !['step', 'probe'].includes(data.method)) engine.postMessage(data);
      else if (data.method === 'step') {
        due = Math.max(due + interval, performance.now());
        setTimeout(() => answer(data.id), due - performance.now());
      } else answer(data.id);
    });
  };
  const Original = window.Worker;
  window.replay = { workers: [] };
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      const source = `(${standIn.toString()})(${JSON.stringify(String(url))})`;
      super(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), {
        name: options?.name ?? '',
      });
      window.replay.workers.push(this);
    }
  };
}

/** From now on steps are replayed, one every so many milliseconds at the fastest, at such a cost. */
export const replayEvery = (page: Page, interval: number, cost?: StepCost): Promise<void> =>
  page.evaluate(
    (asked) => {
      for (const worker of window.replay.workers) worker.postMessage({ id: 'replay', ...asked });
    },
    { interval, cost },
  );
