import { add, concat, mul, slice, sub, tensor, type Tensor } from './tape';

/** 1 / 10000^(2i/d) */
const frequency = (i: number, d: number): number => 10000 ** ((-2 * i) / d);

/** Vaswani's table [T, D]: even columns sin, odd ones cos. */
export function sinusoids(T: number, D: number): Tensor {
  const values = Array.from({ length: T * D }, (_, index) => {
    const column = index % D;
    const angle = Math.floor(index / D) * frequency(Math.floor(column / 2), D);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return tensor([T, D], values);
}

/** Rotates [B, H, T, d_head] by the position: Llama's half-split, features i and i + d_head/2 are a pair. */
export function rotate(x: Tensor): Tensor {
  const [T, d] = x.shape.slice(2) as [number, number];
  const half = Math.floor(d / 2);
  const table = (f: (angle: number) => number): Tensor =>
    tensor(
      [T, half],
      Array.from({ length: T * half }, (_, index) =>
        f(Math.floor(index / half) * frequency(index % half, d)),
      ),
    );
  const cos = table(Math.cos);
  const sin = table(Math.sin);
  const a = slice(x, 0, half);
  const b = slice(x, half, d);
  return concat(sub(mul(a, cos), mul(b, sin)), add(mul(b, cos), mul(a, sin)));
}

/** ALiBi's slope of head h = 1…H: 2^(−8h/H). */
const evenSlope = (h: number, H: number): number => 2 ** ((-8 * h) / H);

/** In their code, past the largest power of two P: those of 2P heads that lie between, from the steepest on. */
function authorsSlope(h: number, H: number): number {
  let P = 1;
  while (2 * P <= H) P *= 2;
  return h <= P ? evenSlope(h, P) : evenSlope(2 * (h - P) - 1, 2 * P);
}

/** ALiBi's penalty −m_h·|i − j| with h = 1…H, where positions have one: [H, T, T]. */
export const SLOPES: Record<string, (h: number, H: number) => number> = {
  alibi: evenSlope,
  alibi_authors: authorsSlope,
};
export function distancePenalty(slope: (h: number, H: number) => number, H: number, T: number) {
  const values = Array.from({ length: H * T * T }, (_, index) => {
    const h = Math.floor(index / (T * T)) + 1;
    const i = Math.floor(index / T) % T;
    return -slope(h, H) * Math.abs(i - (index % T));
  });
  return tensor([H, T, T], values);
}
