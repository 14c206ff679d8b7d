import type { Page } from 'playwright-core';
import type { Method, Request, StepCost } from '../../src/protocol/engine';

/** One question of the page to an engine, and what is of interest in the answer. */
export interface Call {
  /** Which worker, in the order in which they were started. */
  worker: number;
  method: Method;
  /** When it was asked and answered, on the page's clock; null while it waits. */
  asked: number;
  answered: number | null;
  error?: string;
  /** Of a model. */
  n_layers?: number;
  kept?: boolean;
  /** Of a measurement. */
  step?: number;
  tensors?: number;
  cost?: StepCost;
}

declare global {
  interface Window {
    tap: { calls: Call[]; workers: Worker[]; ended: Set<number> };
  }
}

/** Listens in on the page and its engines. Given to a page to run there, so it must stand alone. */
export function tapWorkers(): void {
  const tap: Window['tap'] = { calls: [], workers: [], ended: new Set() };
  window.tap = tap;
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      // The database's worker computes nothing.
      if (options?.name === 'sessions') return;
      const worker = tap.workers.push(this) - 1;
      const waiting = new Map<number, Call>();
      const send = this.postMessage.bind(this);
      const end = this.terminate.bind(this);
      this.postMessage = (message: Request, transfer?: unknown) => {
        const { id, method } = message;
        const call: Call = { worker, method, asked: performance.now(), answered: null };
        tap.calls.push(call);
        waiting.set(id, call);
        send(message, transfer as Transferable[]);
      };
      this.terminate = () => {
        tap.ended.add(worker);
        end();
      };
      this.addEventListener('message', ({ data }: MessageEvent) => {
        const call = waiting.get(data.id);
        if (!call || 'progress' in data) return;
        waiting.delete(data.id);
        call.answered = performance.now();
        if ('error' in data) call.error = data.error;
        const { layout, kept, frame, tensors, cost } = data.value ?? {};
        if (layout) Object.assign(call, { n_layers: layout.n_layers, kept });
        if (frame) Object.assign(call, { step: frame.step, tensors, cost });
      });
    }
  };
}

/** Everything asked so far. */
export const callsOf = (page: Page): Promise<Call[]> => page.evaluate(() => window.tap.calls);

/** Waits until no engine has anything to do. */
export async function whenIdle(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const { calls, ended } = window.tap;
      const waits = calls.some(({ worker, answered }) => answered === null && !ended.has(worker));
      const last = Math.max(...calls.map(({ asked, answered }) => answered ?? asked));
      return calls.length > 0 && !waits && performance.now() - last > 200;
    },
    undefined,
    { polling: 50, timeout: 60_000 },
  );
}
