import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { rotated } from '../kernels/operations/rotated';
import { param, type Context } from './context';

/** The effects of a way of telling positions, where it has them. */
interface Positions {
  /** Added to the token embedding, [T, D]. */
  embedding?(ctx: Context): Tensor2D;
  /** Queries and keys at their positions, each [B, T, H, d_head]. */
  place?(q: Tensor4D, k: Tensor4D): [Tensor4D, Tensor4D];
  /** Added to the scores, [H, T, T]. */
  penalty?(H: number, T: number): Tensor3D;
}

/** Of the first T positions; evaluation may be shorter than training. */
function learned(ctx: Context): Tensor2D {
  const table = param<Tensor2D>(ctx, 'embed.position'); // [trained T, D]
  const { seq_len: T } = ctx.config;
  return table.shape[0] === T ? table : tf.slice(table, [0, 0], [T, -1]);
}

/**
 * Sines in the even and cosines in the odd features (Vaswani et al. 2017, section 3.5). [T, D]
 * Made on the CPU: some adapters’ sines are off by 2e-4.
 */
function sinusoids({ config: { seq_len: T, d_model: D } }: Context): Tensor2D {
  const table = Float32Array.from({ length: T * D }, (_, at) => {
    const [t, j] = [Math.floor(at / D), at % D];
    const angle = t / 10000 ** ((j - (j % 2)) / D);
    return j % 2 ? Math.cos(angle) : Math.sin(angle);
  });
  return tf.tensor2d(table, [T, D]);
}

/** f of every position’s angles, the same for both halves of a head, and for all heads. [T, 1, d] */
const angles = (T: number, d: number, f: (angle: number) => number): Tensor3D =>
  tf.tensor3d(
    Float32Array.from({ length: T * d }, (_, at) => {
      const [t, i] = [Math.floor(at / d), at % (d / 2)];
      return f(t / 10000 ** ((2 * i) / d));
    }),
    [T, 1, d],
  );

/**
 * RoPE (Su et al. 2021, eq. 34, with Llama’s pairing of the halves): features i and i + d/2 of position t
 * are turned by t · 10000^(−2i/d). q, k: [B, T, H, d]
 */
function rotate(q: Tensor4D, k: Tensor4D): [Tensor4D, Tensor4D] {
  const [T, d] = [q.shape[1], q.shape[3]];
  return rotated(q, k, angles(T, d, Math.cos), angles(T, d, Math.sin));
}

/** ALiBi’s slopes 2^(−8h/H), h = 1 … H (Press et al. 2021, section 3). */
const slopes = (H: number): number[] =>
  Array.from({ length: H }, (_, h) => 2 ** ((-8 * (h + 1)) / H));

/** Their code’s: of the power of two P ≤ H, and then every other one of 2P, the first included. */
function authorsSlopes(H: number): number[] {
  const P = 2 ** Math.floor(Math.log2(H));
  const between = slopes(2 * P).filter((_, h) => h % 2 === 0);
  return [...slopes(P), ...between].slice(0, H);
}

/** ALiBi’s −m_h·|i − j| (Press et al. 2021). [H, T, T] */
const penaltyWith =
  (slopesOf: (H: number) => number[]) =>
  (H: number, T: number): Tensor3D => {
    const m = slopesOf(H);
    const penalty = Float32Array.from({ length: H * T * T }, (_, at) => {
      const i = Math.floor(at / T) % T;
      return -m[Math.floor(at / (T * T))]! * Math.abs(i - (at % T));
    });
    return tf.tensor3d(penalty, [H, T, T]);
  };

export const positions: Record<Chosen['positions'], Positions> = {
  learned: { embedding: learned },
  sinusoidal: { embedding: sinusoids },
  rope: { place: rotate },
  alibi: { penalty: penaltyWith(slopes) },
  alibi_authors: { penalty: penaltyWith(authorsSlopes) },
  none: {},
};
