const ROOT_PI = Math.sqrt(Math.PI);

/** erf(x) = 2x e^(−x²)/√π · Σ (2x²)^n / (1·3·5…(2n+1)): every term positive, so nothing cancels. */
function series(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-18 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * x) / ROOT_PI) * Math.exp(-x * x) * sum;
}

/** erfc(x) for x ≥ 2 by Laplace's continued fraction, 60 levels (1e-19 away at x = 2). */
function tail(x: number): number {
  let level = x;
  for (let n = 60; n >= 1; n--) level = x + n / 2 / level;
  return Math.exp(-x * x) / (ROOT_PI * level);
}

export function erf(x: number): number {
  if (Math.abs(x) < 2) return series(x);
  return x > 0 ? 1 - tail(x) : tail(-x) - 1;
}

export function erfc(x: number): number {
  if (Math.abs(x) < 2) return 1 - series(x);
  return x > 0 ? tail(x) : 2 - tail(-x);
}

/** The distribution function Φ and the density φ of N(0, 1). */
export const normalCdf = (x: number): number => erfc(-x / Math.SQRT2) / 2;
export const normalPdf = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
