/** The mean of f(0) … f(n − 1); of nothing, NaN. */
export function meanOf(n: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total / n;
}

/** Float64 throughout: a loop over arrays of one kind is many times faster than one over several kinds. */
export const float64 = (x: Float32Array): Float64Array => new Float64Array(x);

/** Σ a_i b_i over `count` numbers from `start` on. */
export function dot(a: Float64Array, b: Float64Array, start: number, count: number): number {
  const end = start + count;
  let total = 0;
  for (let i = start; i < end; i++) total += a[i]! * b[i]!;
  return total;
}

/** The length of every row. x: [rows, D] → [rows] */
export function rowLengths(x: Float64Array, D: number): Float64Array {
  const lengths = new Float64Array(x.length / D);
  for (let n = 0; n < lengths.length; n++) lengths[n] = Math.sqrt(dot(x, x, n * D, D));
  return lengths;
}

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
