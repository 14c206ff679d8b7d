/** The mean of f(0) … f(n − 1); of nothing, NaN. */
export function meanOf(n: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total / n;
}

/** Σ a_i b_i over `count` numbers from `start` on. */
export function dot(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  start = 0,
  count = a.length,
): number {
  let total = 0;
  for (let i = start; i < start + count; i++) total += a[i]! * b[i]!;
  return total;
}

/** The length of every row. x: [rows, D] → [rows] */
export const rowLengths = (x: ArrayLike<number>, D: number): Float64Array =>
  Float64Array.from({ length: x.length / D }, (_, n) => Math.sqrt(dot(x, x, n * D, D)));

/** NaN stands above all: what has lost its size is the first to be seen. */
const rank = (value: number): number => (Number.isNaN(value) ? Infinity : value);

/** Places of the `count` largest of n values, the largest first; of equal ones the first. */
export function largestOf(n: number, value: (i: number) => number, count: number): number[] {
  const found: { i: number; size: number }[] = [];
  for (let i = 0; i < n; i++) {
    const size = rank(value(i));
    if (found.length === count && size <= found[count - 1]!.size) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.size < size) at--;
    found.splice(at, 0, { i, size });
    if (found.length > count) found.pop();
  }
  return found.map(({ i }) => i);
}

/** All places 0 … n − 1 by falling value. */
export const fallingOrder = (values: ArrayLike<number>): number[] =>
  Array.from({ length: values.length }, (_, i) => i).sort((a, b) => {
    const [x, y] = [rank(values[a]!), rank(values[b]!)];
    return x === y ? a - b : y > x ? 1 : -1;
  });

/** The finite numbers, ascending. */
export function sortedFinite(x: Float32Array): Float32Array {
  const sorted = x.slice().sort(); // NaN comes last
  let from = 0;
  let to = sorted.length;
  while (from < to && sorted[from] === -Infinity) from++;
  while (to > from && !Number.isFinite(sorted[to - 1]!)) to--;
  return sorted.subarray(from, to);
}
