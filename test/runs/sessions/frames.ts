import { DEFAULTS } from '../../../src/config/fields';
import { frameOffsets, type Layout, type PackedFrame } from '../../../src/protocol/frame';
import type { Change, Checkpoint, Segment } from '../../../src/runs/run';

const layout: Layout = {
  sites: ['blocks.0.attn_in', 'blocks.0.resid_post'] as never,
  siteStatistics: ['rms'],
  params: ['embed.token'],
  norms: [],
  n_layers: 1,
  n_heads: 1,
};

/** A frame with numbers of its own, some of which no two of are equal by ===. */
export function frameAt(step: number, run = 0): PackedFrame {
  const packed = Float32Array.from({ length: frameOffsets(layout).size }, (_, i) =>
    i === 1 ? NaN : i === 2 ? -0 : Math.sin(run + step + i),
  );
  const tokens = () => Int32Array.from({ length: 6 }, (_, i) => step * 10 + i);
  return { step, packed, batch: { inputs: tokens(), targets: tokens(), B: 2, T: 3 } };
}

export const framesOf = (from: number, to: number, run = 0): PackedFrame[] =>
  Array.from({ length: to - from + 1 }, (_, i) => frameAt(from + i, run));

export const segmentOf = (frames: PackedFrame[], lr = 0.1): Segment => ({
  config: { ...DEFAULTS, lr },
  layout,
  device: { backend: 'cpu', adapter: 'none', reason: 'A stand-in.' },
  frames,
  evaluations: new Map(),
});

export const CHANGES: readonly Change[] = [{ step: 0, config: DEFAULTS }];
export const checkpointAt = (step: number): Checkpoint => ({
  step,
  changes: 1,
  bytes: new Uint8Array([step]),
});
