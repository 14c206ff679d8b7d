import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, f32, rowwise, u32, type Program } from '../program';
import { SCALED, TOGETHER } from './moments';

/** So many numbers are one workgroup's. */
export const CLIP_CHUNK = 4096;

/** Largest size and Σ (x/largest)² of each chunk, then of all with the root taken, then y. */
export function clippedPrograms(
  backend: TapingBackend,
  most: number,
  { x, parts, whole, y }: Record<'x' | 'parts' | 'whole' | 'y', TensorInfo>,
): Program[] {
  const size = x.shape[0]!;
  return [
    rowwise(
      backend,
      {
        name: 'ClipParts',
        inputs: { x },
        outputs: { parts },
        uniforms: { size: u32(size) },
        types: SCALED,
        reductions: [TOGETHER],
        code: () => `
          fn row(r: u32, lane: u32) {
            let until = min((r + 1u) * ${CLIP_CHUNK}u, u.size);
            var part = Scaled();
            for (var i = r * ${CLIP_CHUNK}u + lane; i < until; i += LANES) { part = met(part, x[i]); }
            let chunk = overall(part, lane);
            if (lane == 0u) {
              parts[2u * r] = chunk.top;
              parts[2u * r + 1u] = chunk.squares;
            }
          }`,
      },
      parts.shape[0]!,
      256,
    ),
    rowwise(
      backend,
      {
        name: 'ClipWhole',
        inputs: { parts },
        outputs: { whole },
        uniforms: { chunks: u32(parts.shape[0]!) },
        types: SCALED,
        reductions: [TOGETHER],
        code: () => `
          fn row(_r: u32, lane: u32) {
            var part = Scaled();
            for (var i = lane; i < u.chunks; i += LANES) {
              part = together(part, Scaled(parts[2u * i], 0.0, parts[2u * i + 1u], 0.0));
            }
            let all = overall(part, lane);
            if (lane == 0u) {
              whole[0] = all.top;
              whole[1] = sqrt(all.squares);
            }
          }`,
      },
      1,
      256,
    ),
    elementwise(
      {
        name: 'Clip',
        inputs: { x, whole },
        outputs: { y },
        uniforms: { most: f32(most), missing: f32(NaN) },
        code: () => `
          ${SCALED}
          fn each(i: u32) {
            let top = whole[0];
            let isShort = top * whole[1] <= u.most;
            let shortened = select(share(x[i], top) * (u.most / whole[1]), x[i], isShort);
            y[i] = select(shortened, u.missing, bitcast<u32>(top) >= 0x7f800000u);
          }`,
      },
      size,
    ),
  ];
}
