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

/** ALiBi's penalty −2^(−8h/H)·|i − j| with h = 1…H: [H, T, T]. */
export function distancePenalty(H: number, T: number): Tensor {
  const values = Array.from({ length: H * T * T }, (_, index) => {
    const h = Math.floor(index / (T * T)) + 1;
    const i = Math.floor(index / T) % T;
    return -(2 ** ((-8 * h) / H)) * Math.abs(i - (index % T));
  });
  return tensor([H, T, T], values);
}
