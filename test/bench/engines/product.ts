import * as tf from '@tensorflow/tfjs-core';
import { createSession } from '../../../src/engine/session';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { frameOffsets } from '../../../src/protocol/frame';
import { encodeSafetensors } from '../../../src/lib/safetensors';
import type { OwnEngine } from '../row';
import type { Workload } from '../workload';
import type { BenchEngine } from './engine';

/** The WebGPU backend keeps a few dispatches back until somebody reads; nobody reads after `advance`. */
function submitRest(): void {
  const backend = tf.backend() as Partial<TapingBackend>;
  backend.endComputePassEncoder?.();
  if (backend.commandEncoder) backend.submitQueue?.();
}

/** The form of the kernels that go row by row, of those that a device may get. */
function rowsOf(): string | undefined {
  const { hasBarriers, hasSubgroups } = tf.backend() as Partial<TapingBackend>;
  if (hasBarriers === undefined) return undefined;
  if (!hasBarriers) return 'by one thread';
  return hasSubgroups ? 'by subgroups' : 'by shared memory';
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
    rows: rowsOf(),
    async step() {
      if (statistics) return (await session.measure(true)).packed[loss]!;
      session.update();
      submitRest();
      return undefined;
    },
  };
}
