/**
 * Counters on WebGPU and WebAssembly of whatever library runs in this worker. Imported before any of them:
 * a method that was taken from its prototype earlier would not be counted.
 */

export interface Counts {
  dispatches: number;
  submits: number;
  readbackBytes: number;
  /** Time in which at least one promise of the device was waited for. */
  waitedMs: number;
}
export const counts: Counts = { dispatches: 0, submits: 0, readbackBytes: 0, waitedMs: 0 };

const buffers = new Map<GPUBuffer, number>();
const memories = new Set<WebAssembly.Memory>();
let queue: GPUQueue | null = null;

/** Counts that no step begins anew. */
export interface Totals {
  /** Bytes that the device holds: buffers that were not destroyed, and the memory of every wasm module. */
  deviceBytes: number;
  /** Pipelines that were compiled, by what their library calls them; left out where there is no WebGPU. */
  pipelines?: string[];
}
let pipelines: string[] | undefined;

export const totals = (): Totals => ({
  deviceBytes: [
    ...buffers.values(),
    ...[...memories].map(({ buffer }) => buffer.byteLength),
  ].reduce((sum, bytes) => sum + bytes, 0),
  ...(pipelines === undefined ? {} : { pipelines }),
});

/** Waits until the device has done all that was submitted to it. */
export const deviceIdle = async (): Promise<void> => {
  await queue?.onSubmittedWorkDone();
};

let refused: string | null = null;

/** @throws Error where the device has refused a command: it says so to nobody else, and the rest is not to be timed */
export function requireAccepted(): void {
  if (refused !== null) throw new Error(`the device refused a command (${refused})`);
}

let waiting = 0;
let since = 0;
function waitFor<T>(promise: Promise<T>): Promise<T> {
  if (waiting++ === 0) since = performance.now();
  return promise.finally(() => {
    if (--waiting === 0) counts.waitedMs += performance.now() - since;
  });
}

type Method = (this: unknown, ...args: never[]) => unknown;

/** Puts a function around a method: it is given the object, the arguments, and a call of the original. */
function around<T, K extends keyof T>(
  owner: T,
  name: K,
  wrap: (
    self: unknown,
    args: T[K] extends (...args: infer A) => unknown ? A : never,
    call: () => unknown,
  ) => unknown,
): void {
  const original = owner[name] as Method;
  const wrapped: Method = function (...args) {
    return wrap(this, args as never, () => original.apply(this, args));
  };
  owner[name] = wrapped as T[K];
}

function watchWebGPU(): void {
  const compiled: string[] = (pipelines = []);
  for (const name of ['createComputePipeline', 'createComputePipelineAsync'] as const) {
    around(GPUDevice.prototype, name, (_self, [{ label }], call) => {
      compiled.push(label || 'unnamed');
      return call();
    });
  }
  around(GPUAdapter.prototype, 'requestDevice', async (_self, _args, call) => {
    const device = await (call() as Promise<GPUDevice>);
    ({ queue } = device);
    device.addEventListener('uncapturederror', ({ error }) => {
      refused ??= error.message.split('\n', 1)[0]!;
    });
    return device;
  });
  around(GPUDevice.prototype, 'createBuffer', (_self, [{ size }], call) => {
    const buffer = call() as GPUBuffer;
    buffers.set(buffer, size);
    return buffer;
  });
  around(GPUBuffer.prototype, 'destroy', (self, _args, call) => {
    buffers.delete(self as GPUBuffer);
    return call();
  });
  around(GPUBuffer.prototype, 'mapAsync', (self, [mode, offset = 0, size], call) => {
    if (mode === GPUMapMode.READ) {
      counts.readbackBytes += size ?? (self as GPUBuffer).size - offset;
    }
    return waitFor(call() as Promise<void>);
  });
  around(GPUQueue.prototype, 'onSubmittedWorkDone', (_self, _args, call) =>
    waitFor(call() as Promise<void>),
  );
  around(GPUQueue.prototype, 'submit', (_self, _args, call) => {
    counts.submits++;
    return call();
  });
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    around(GPUComputePassEncoder.prototype, name, (_self, _args, call) => {
      counts.dispatches++;
      return call();
    });
  }
}

function keepMemory({ exports }: WebAssembly.Instance): void {
  for (const value of Object.values(exports)) {
    if (value instanceof WebAssembly.Memory) memories.add(value);
  }
}

function watchWasm(): void {
  for (const name of ['instantiate', 'instantiateStreaming'] as const) {
    around(WebAssembly, name, async (_self, _args, call) => {
      const result = (await call()) as
        WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource;
      keepMemory('instance' in result ? result.instance : result);
      return result;
    });
  }
  // What a library makes by itself and gives to its modules.
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Memory, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new Memory(...args);
      memories.add(memory);
      return memory;
    },
  });
}

watchWasm();
if (typeof navigator !== 'undefined' && 'gpu' in navigator) watchWebGPU();
