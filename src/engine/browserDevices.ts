import * as tf from '@tensorflow/tfjs-core';
// The gradients of all operations: the core comes without them.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import relaxed from '../kernels/assembly/build/relaxed.wasm?url';
import relaxedRounding from '../kernels/assembly/build/relaxed.rounding.wasm?url';
import simdRounding from '../kernels/assembly/build/simd.rounding.wasm?url';
import simd from '../kernels/assembly/build/simd.wasm?url';
import type { StartThread } from '../kernels/wasm/threads/team';
import { startWithKernels, wasmBuild, type KernelFile } from '../kernels/wasm/start';
import type { BackendId } from '../protocol/engine';
import { isSoftware } from '../lib/adapters';
import type { Candidate, Finding } from './device';

const found = (adapter: string, against: string | null = null): Finding => ({
  adapter,
  against,
  impossible: null,
});
const impossible = (why: string): Finding => ({ adapter: '', against: null, impossible: why });

async function probeWebGPU(): Promise<Finding> {
  if (!navigator.gpu) return impossible('this browser has no WebGPU');
  // A null adapter is a TypeError inside the backend, so it is looked at first.
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return impossible('there is no WebGPU adapter');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed';
  return isFallbackAdapter || isSoftware(`${name} ${vendor} ${architecture}`)
    ? found(name, `its adapter (${name}) is software, slower than wasm`)
    : found(name);
}

async function probeWebGL(): Promise<Finding> {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return impossible('there is no WebGL 2');
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return isSoftware(name) ? found(name, `its renderer (${name}) is software`) : found(name);
}

/** The adapter’s name, by the build of our kernels that it runs. */
const CPU_NAMES = { relaxed: 'CPU, relaxed SIMD', simd: 'CPU, SIMD' };

async function probeWasm(): Promise<Finding> {
  if (typeof WebAssembly === 'undefined') return impossible('this browser has no WebAssembly');
  const build = wasmBuild();
  return build ? { ...found(CPU_NAMES[build]), build } : found('CPU, without SIMD');
}

async function loadWasm() {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasm,
    'tfjs-backend-wasm-simd.wasm': wasmSimd,
    'tfjs-backend-wasm-threaded-simd.wasm': wasmSimd,
  });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}

const kernelFiles: Record<KernelFile, string> = {
  relaxed,
  simd,
  'relaxed.rounding': relaxedRounding,
  'simd.rounding': simdRounding,
};
const readKernels = async (build: KernelFile) => (await fetch(kernelFiles[build])).arrayBuffer();

const startThread: StartThread = ({ ready, failed }) => {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ready);
  worker.addEventListener('error', (event) => {
    // Else the page hears of it, and takes the lane for lost.
    event.preventDefault();
    failed();
  });
  return {
    tell: (order) => {
      worker.postMessage(order);
    },
    end: () => {
      worker.terminate();
    },
  };
};

export const browserDevices: Record<BackendId, Candidate> = {
  webgpu: {
    probe: probeWebGPU,
    async load() {
      const { registerWebGPU } = await import('../kernels/webgpu/open');
      registerWebGPU();
    },
  },
  webgl: { probe: probeWebGL, load: () => import('@tensorflow/tfjs-backend-webgl') },
  wasm: {
    probe: probeWasm,
    load: loadWasm,
    start: () => startWithKernels(() => tf.setBackend('wasm'), readKernels, startThread),
  },
  cpu: {
    probe: async () => found('CPU, JavaScript'),
    load: () => import('@tensorflow/tfjs-backend-cpu'),
  },
};
