import * as tf from '@tensorflow/tfjs-core';
import type { TapeDeck } from '../kernels/tape/tape';
import { hasWasmKernels } from '../kernels/wasm/module';
import { wasmDeck } from '../kernels/wasm/tape';

/** What records on the backend that is set; null where nothing does. */
export function recorderOf(backend: object): TapeDeck | null {
  if ('record' in backend) return backend as TapeDeck;
  return tf.getBackend() === 'wasm' && hasWasmKernels() ? wasmDeck : null;
}
