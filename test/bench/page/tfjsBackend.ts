import * as tf from '@tensorflow/tfjs';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import type { Backend } from '../sizes';

const LOADERS: Record<Backend, () => Promise<unknown>> = {
  async wasm() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': wasm,
      'tfjs-backend-wasm-simd.wasm': wasmSimd,
      'tfjs-backend-wasm-threaded-simd.wasm': wasmSimd,
    });
    // One thread, as every other engine here.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  },
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
};

/** TensorFlow.js on one of its backends, as it comes. */
export async function startTfjs(backend: Backend): Promise<void> {
  await LOADERS[backend]();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here.`);
  await tf.ready();
}
