/** The error of the polynomials, over the largest value. */
const ERROR = 1e-8;

/** Coefficients of the Chebyshev polynomials T_0 … of e^(radius·x), |x| ≤ 1: by sums over their nodes. */
function chebyshev(radius: number, count: number): number[] {
  const nodes = Array.from({ length: count }, (_, i) => (Math.PI * (i + 0.5)) / count);
  const values = nodes.map((angle) => Math.exp(radius * Math.cos(angle)));
  return nodes.map((_, k) => {
    const sum = values.reduce((total, value, i) => total + value * Math.cos(k * nodes[i]!), 0);
    return ((k === 0 ? 1 : 2) / count) * sum;
  });
}

/** a·x·p − q, polynomials by their coefficients. */
const next = (p: number[], q: number[], a: number): number[] =>
  [0, ...p].map((_, r) => a * (p[r - 1] ?? 0) - (q[r] ?? 0));

/**
 * A polynomial that is e^x from −radius to radius, within a share of 10⁻⁸ of the largest value: as few degrees as that
 * takes (the series of Chebyshev polynomials, written in powers). Coefficients of 1, x, x², …
 */
export function exponential(radius: number): number[] {
  if (radius < ERROR) return [1];
  const all = chebyshev(radius, 40);
  const largest = Math.exp(radius);
  const count = all.findIndex((_, k) => all.slice(k).every((c) => Math.abs(c) < ERROR * largest));
  const c = all.slice(0, count < 0 ? all.length : count);
  // T_0 = 1, T_1 = x/radius, T_{k+1} = 2x/radius·T_k − T_{k−1}
  let [before, last]: [number[], number[]] = [[1], [0, 1 / radius]];
  const total = c.map(() => 0);
  for (const factor of c) {
    before.forEach((power, r) => (total[r]! += factor * power));
    [before, last] = [last, next(last, before, 2 / radius)];
  }
  return total;
}
