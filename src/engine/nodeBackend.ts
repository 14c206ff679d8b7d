import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
// The gradients of all operations: the core's build for Node comes without them. Imported by the
// package's own name, as everything of TensorFlow.js must be here: a file from inside a package would bring
// a second copy of the library along.
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { StartThread } from '../kernels/wasm/threads/team';
import { startWithKernels, wasmBuild, type KernelFile } from '../kernels/wasm/start';
import type { DeviceReport } from '../protocol/engine';

/** The backends that run without a browser, with the reason that is given for each. */
const NODE_BACKENDS = {
  wasm: 'The fastest backend that needs no browser.',
  cpu: 'Plain JavaScript was asked for.',
} satisfies Partial<Record<DeviceReport['backend'], string>>;
export type NodeBackend = keyof typeof NODE_BACKENDS;
export const NODE_BACKEND_IDS = Object.keys(NODE_BACKENDS) as NodeBackend[];
export const isNodeBackend = (id: string): id is NodeBackend => Object.hasOwn(NODE_BACKENDS, id);

/** The folder of the .wasm files in the installed package. */
const wasmFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep;

const readKernels = (build: KernelFile) =>
  readFile(new URL(`../kernels/assembly/build/${build}.wasm`, import.meta.url));

/** A worker of Node reads no TypeScript by itself. */
const THREAD = JSON.stringify(new URL('nodeThread.ts', import.meta.url).href);
const RUN_THREAD = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${THREAD}, ${THREAD}));`;

const startThread: StartThread = ({ ready, failed }) => {
  const worker = new Worker(RUN_THREAD, { eval: true });
  worker.on('message', ready);
  worker.on('error', failed);
  worker.unref();
  return {
    tell: (order) => {
      worker.postMessage(order);
    },
    end: () => void worker.terminate(),
  };
};

/**
 * Runs `start` and takes back the handlers that it installs for uncaught errors: those of the wasm
 * module throw the error once more, from a line of machine-made code that Node then prints, all of it.
 */
async function withoutHandlers<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'exit')));
  const result = await start();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before[i]!.has(listener)) process.off(event, listener);
    }
  });
  return result;
}

/**
 * Node 20 knows relaxed SIMD when it is told to, for all of its threads; later ones know it anyway, as browsers
 * do. Without it numbers would differ in their last bits from the page's.
 */
function allowRelaxedSimd(): void {
  if (wasmBuild() === 'simd') setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** Starts a TensorFlow.js backend in Node, without a word on the console. Throws if it does not start. */
export async function openNodeBackend(backend: NodeBackend): Promise<DeviceReport> {
  // The library else advertises its native package on standard error.
  tf.env().set('PROD', true);
  // Once it has started, the paths cannot be set again.
  if (!tf.engine().registry['wasm']) setWasmPaths(wasmFolder());
  const isWasm = backend === 'wasm';
  if (isWasm) allowRelaxedSimd();
  const start = () => tf.setBackend(backend);
  const started = () => (isWasm ? startWithKernels(start, readKernels, startThread) : start());
  if (!(await withoutHandlers(started))) {
    throw new Error(`The ${backend} backend of TensorFlow.js did not start.`);
  }
  await tf.ready();
  const build = isWasm ? wasmBuild() : null;
  return {
    backend,
    adapter: cpus()[0]?.model ?? process.arch,
    ...(build && { build }),
    reason: NODE_BACKENDS[backend],
  };
}
