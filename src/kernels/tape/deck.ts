import * as tf from '@tensorflow/tfjs-core';
import { hasWasmKernels } from '../wasm/module';
import { wasmDeck } from '../wasm/tape';
import type { TapeDeck } from './tape';

/** The deck of the backend that is set; null where nothing records. */
export function deckOf(backend: object): TapeDeck | null {
  if ('record' in backend) return backend as TapeDeck;
  return tf.getBackend() === 'wasm' && hasWasmKernels() ? wasmDeck : null;
}
