import * as tf from '@tensorflow/tfjs-core';
import { createSession } from '../../../src/engine/session';
import { frameOffsets } from '../../../src/protocol/frame';
import { encodeSafetensors } from '../../../src/lib/safetensors';
import type { OwnEngine } from '../row';
import type { Workload } from '../workload';
import type { BenchEngine } from './engine';

/** The WebGPU backend keeps a few dispatches back until somebody reads; nobody reads after `advance`. */
function submitRest(): void {
  const backend = tf.backend() as { commandEncoder?: object | null; submitQueue?(): void };
  if (backend.commandEncoder) backend.submitQueue?.();
}

/** This engine, its backend having been started: every step measured, or none. */
export function openProduct(
  { config, text, weights }: Workload,
  engine: OwnEngine,
  statistics: boolean,
): BenchEngine {
  const session = createSession(config, text, engine === 'replayed' ? {} : { tapeBytes: 0 });
  const tensors = Object.entries(weights).map(([name, weight]) => ({ name, ...weight }));
  session.loadWeights(encodeSafetensors(tensors, {}));
  const { loss } = frameOffsets(session.report.layout);
  return {
    async step() {
      if (statistics) return (await session.measure(true)).packed[loss]!;
      session.advance();
      submitRest();
      return undefined;
    },
  };
}
