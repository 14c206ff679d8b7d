import * as tf from '@tensorflow/tfjs-core';
import type { Recorder } from '../kernels/recorder';
import { hasWasmKernels } from '../kernels/wasm';
import { wasmRecorder } from '../kernels/wasmRecording';

/** What records on the backend that is set; null where nothing does. */
export function recorderOf(backend: object): Recorder | null {
  if ('record' in backend) return backend as Recorder;
  return tf.getBackend() === 'wasm' && hasWasmKernels() ? wasmRecorder : null;
}
