import { counts, deviceBytes, deviceIdle } from './instruments';
import type { BenchEngine } from '../engines/engine';
import type { BrowserEngine, OwnEngine } from '../row';
import type { Sample } from '../sample';
import type { Backend } from '../sizes';
import type { Workload } from '../workload';

/** What an engine needs to start. */
export interface Start {
  engine: BrowserEngine;
  statistics: boolean;
  backend: Backend;
  workload: Workload;
}

/** What the page can ask of a worker: one engine, opened once, then steps. */
export interface Calls {
  open(start: Start): Promise<void>;
  steps(count: number): Promise<Sample[]>;
  deviceBytes(): Promise<number>;
}

export type Question = { [K in keyof Calls]: { call: K; args: Parameters<Calls[K]> } }[keyof Calls];
export type Answer = { value: unknown } | { error: string };

const openProduct =
  (engine: OwnEngine) =>
  async ({ statistics, backend, workload }: Start): Promise<BenchEngine> => {
    const [{ chooseDevice }, { browserDevices }, { openProduct }] = await Promise.all([
      import('../../../src/engine/device'),
      import('../../../src/engine/browserDevices'),
      import('../engines/product'),
    ]);
    const device = await chooseDevice(backend, browserDevices);
    if (device.backend !== backend) throw new Error(device.reason);
    return openProduct(workload, engine, statistics);
  };

/** Each loads its own library alone, so that none finds what another has registered. */
const ENGINES: Record<BrowserEngine, (start: Start) => Promise<BenchEngine>> = {
  replayed: openProduct('replayed'),
  unrecorded: openProduct('unrecorded'),
  async plain_tfjs({ backend, workload }) {
    const [{ startTfjs }, { openPlainTfjs }] = await Promise.all([
      import('./tfjsBackend'),
      import('../engines/plainTfjs'),
    ]);
    await startTfjs(backend);
    return openPlainTfjs(workload, backend);
  },
  async jax_js({ backend, workload }) {
    // One thread, as every other engine here: without shared memory jax-js starts no more.
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    return (await import('../engines/jaxJs')).openJaxJs(workload, backend);
  },
};

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
    engine = await ENGINES[start.engine](start);
  },
  async steps(count) {
    const samples: Sample[] = [];
    while (samples.length < count) samples.push(await sample());
    return samples;
  },
  deviceBytes: async () => deviceBytes(),
};

addEventListener('message', ({ data: { call, args } }: MessageEvent<Question>) => {
  const made = (calls[call] as (...args: unknown[]) => Promise<unknown>)(...args);
  made.then(
    (value) => {
      postMessage({ value } satisfies Answer);
    },
    (error: unknown) => {
      postMessage({
        error: error instanceof Error ? error.message : String(error),
      } satisfies Answer);
    },
  );
});
