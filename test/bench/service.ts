import { counts, deviceIdle, requireAccepted, totals, type Totals } from './instruments';
import type { BenchEngine } from './engines/engine';
import type { HostedEngine, OwnEngine } from './row';
import type { Sample } from './sample';
import type { Backend } from './sizes';
import type { Workload } from './workload';

/* One engine in a worker or process of its own, which answers questions one at a time. */

/** What an engine needs to start. */
export interface Start {
  engine: HostedEngine;
  statistics: boolean;
  backend: Backend;
  workload: Workload;
}

/** What may be asked: to open the engine, once, and then steps. */
export interface Calls {
  /** @returns how rows are put together by our kernels, where a device leaves a choice */
  open(start: Start): Promise<string | undefined>;
  steps(count: number): Promise<Sample[]>;
  totals(): Promise<Totals>;
}

/** Starts TensorFlow.js where the engine runs. */
export interface Platform {
  /** On the backend as the product has it. */
  startOwn(backend: Backend): Promise<void>;
  /** On the package's own backend. */
  startPlain(backend: Backend): Promise<void>;
}

export type Question = { [K in keyof Calls]: { call: K; args: Parameters<Calls[K]> } }[keyof Calls];
export type Answer = { value: unknown } | { error: string };
export type Ask = <K extends keyof Calls>(
  call: K,
  ...args: Parameters<Calls[K]>
) => ReturnType<Calls[K]>;

/** Each loads its own library alone, so that none finds what another has registered. */
const openers = ({
  startOwn,
  startPlain,
}: Platform): Record<HostedEngine, (start: Start) => Promise<BenchEngine>> => {
  const openOwn =
    (engine: OwnEngine) =>
    async ({ statistics, backend, workload }: Start) => {
      await startOwn(backend);
      return (await import('./engines/product')).openProduct(workload, engine, statistics);
    };
  return {
    replayed: openOwn('replayed'),
    unrecorded: openOwn('unrecorded'),
    async plain_tfjs({ backend, workload }) {
      await startPlain(backend);
      return (await import('./engines/plainTfjs')).openPlainTfjs(workload, backend);
    },
    async jax_js({ backend, workload }) {
      // One thread, as every other engine here: without shared memory jax-js starts no more.
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
      return (await import('./engines/jaxJs')).openJaxJs(workload, backend);
    },
  };
};

/** The answers to whatever is asked of one engine. */
export function createService(platform: Platform): (question: Question) => Promise<Answer> {
  let engine: BenchEngine | null = null;
  let backend: Backend = 'wasm';

  async function sample(): Promise<Sample> {
    const before = { ...counts };
    const began = performance.now();
    const loss = await engine!.step();
    if (loss === undefined) await deviceIdle();
    const stepMs = performance.now() - began;
    const measured = { stepMs, ...(loss === undefined ? {} : { loss }) };
    if (backend === 'wasm') return measured;
    return {
      ...measured,
      jsMs: stepMs - (counts.waitedMs - before.waitedMs),
      dispatches: counts.dispatches - before.dispatches,
      submits: counts.submits - before.submits,
      readbackBytes: counts.readbackBytes - before.readbackBytes,
    };
  }

  const calls: Calls = {
    async open(start) {
      ({ backend } = start);
      engine = await openers(platform)[start.engine](start);
      return engine.rows;
    },
    async steps(count) {
      const samples: Sample[] = [];
      while (samples.length < count) samples.push(await sample());
      requireAccepted();
      return samples;
    },
    async totals() {
      const { deviceBytes, ...ofWebGPU } = totals();
      return backend === 'wasm' ? { deviceBytes } : { deviceBytes, ...ofWebGPU };
    },
  };
  return async ({ call, args }) => {
    try {
      return { value: await (calls[call] as (...args: unknown[]) => Promise<unknown>)(...args) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
}
