export interface Random {
  /** From 0 up to, not including, 1. */
  uniform: () => number;
  /** N(0, 1). */
  normal: () => number;
  /** A whole number from 0 up to, not including, n. */
  below: (n: number) => number;
}

/** A seeded stream of random numbers (mulberry32; Box and Muller's normals). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(n * uniform()),
  };
}
