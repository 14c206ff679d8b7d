/**
 * Reverse-mode differentiation of whole arrays in float64. A tensor remembers what it was computed
 * from and how to pull its gradient back to there; there are no other rules. Norms, attention and
 * losses are compositions of these few operations, so that no gradient but theirs is written by hand.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly grad: Float64Array;
  readonly parents: readonly Tensor[];
  /** Adds this tensor's gradient, times the local derivative, to the gradients of its parents. */
  readonly pull: () => void;
}

type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((size, n) => size * n, 1);
const lastOf = (shape: Shape): number => shape[shape.length - 1]!;
const matrixShape = (a: Tensor): [number, number] => a.shape.slice(-2) as [number, number];

export function tensor(shape: Shape, data: ArrayLike<number>): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new Error(`${data.length} numbers do not fill the shape [${shape.join(', ')}]`);
  }
  return make(shape, Float64Array.from(data), [], () => undefined);
}

function make(
  shape: Shape,
  data: Float64Array,
  parents: readonly Tensor[],
  pull: (grad: Float64Array) => void,
): Tensor {
  const grad = new Float64Array(data.length);
  return { shape, data, grad, parents, pull: () => pull(grad) };
}

/** Fills `grad` of every tensor that `root` depends on with factor · ∂root/∂tensor. */
export function backward(root: Tensor, factor = 1): void {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const visit = (node: Tensor): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.parents.forEach(visit);
    order.push(node);
  };
  visit(root);
  root.grad.fill(factor);
  for (const node of order.reverse()) node.pull();
}

/** The same values under a new node, whose gradient is that of this use alone. */
export const identity = (a: Tensor): Tensor => reshape(a, a.shape);

type Round = (x: number) => number;

/** Every value rounded on the way forward, and every gradient on the way back. */
export const rounding = (a: Tensor, forward: Round, backward = forward): Tensor =>
  make(
    a.shape,
    a.data.map((x) => forward(x)),
    [a],
    (grad) => {
      grad.forEach((g, i) => {
        a.grad[i]! += backward(g);
      });
    },
  );

// ---------------------------------------------------------------- elementwise

export function map(
  a: Tensor,
  f: (x: number) => number,
  derivative: (x: number, y: number) => number,
): Tensor {
  const data = a.data.map(f);
  return make(a.shape, data, [a], (grad) => {
    grad.forEach((g, i) => {
      a.grad[i]! += g * derivative(a.data[i]!, data[i]!);
    });
  });
}

export const scale = (a: Tensor, c: number): Tensor =>
  map(
    a,
    (x) => x * c,
    () => c,
  );
export const shift = (a: Tensor, c: number): Tensor =>
  map(
    a,
    (x) => x + c,
    () => 1,
  );
export const square = (a: Tensor): Tensor =>
  map(
    a,
    (x) => x * x,
    (x) => 2 * x,
  );
export const sqrt = (a: Tensor): Tensor => map(a, Math.sqrt, (_, y) => 0.5 / y);
export const tanh = (a: Tensor): Tensor => map(a, Math.tanh, (_, y) => 1 - y * y);

/** For each element of an array of shape `to`, the index of the element of `from` broadcast there. */
function broadcastIndex(from: Shape, to: Shape): Int32Array {
  const index = new Int32Array(sizeOf(to));
  let inner = 1; // elements of `to` below this axis
  let stride = 1; // elements of `from` below this axis
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const n = from[axis - to.length + from.length] ?? 1;
    if (n !== 1 && n !== to[axis]) {
      throw new Error(`[${from.join(', ')}] does not broadcast to [${to.join(', ')}]`);
    }
    if (n > 1) {
      for (let i = 0; i < index.length; i++) index[i]! += (Math.floor(i / inner) % n) * stride;
    }
    inner *= to[axis]!;
    stride *= n;
  }
  return index;
}

function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1),
  );
}

/** `a` repeated along the axes that `shape` has more of, by NumPy's rules. */
function broadcast(a: Tensor, shape: Shape): Tensor {
  return shape.join() === a.shape.join() ? a : pick(a, shape, broadcastIndex(a.shape, shape));
}

type Binary = (x: number, y: number) => number;

/** f(a, b), one broadcast to the other; `da` and `db` are the partial derivatives. */
function zip(left: Tensor, right: Tensor, f: Binary, da: Binary, db: Binary): Tensor {
  const shape = broadcastShape(left.shape, right.shape);
  const a = broadcast(left, shape);
  const b = broadcast(right, shape);
  const data = a.data.map((x, i) => f(x, b.data[i]!));
  return make(shape, data, [a, b], (grad) => {
    grad.forEach((g, i) => {
      a.grad[i]! += g * da(a.data[i]!, b.data[i]!);
      b.grad[i]! += g * db(a.data[i]!, b.data[i]!);
    });
  });
}

const one = (): number => 1;

export const add = (a: Tensor, b: Tensor): Tensor => zip(a, b, (x, y) => x + y, one, one);
export const sub = (a: Tensor, b: Tensor): Tensor =>
  zip(
    a,
    b,
    (x, y) => x - y,
    one,
    () => -1,
  );
export const mul = (a: Tensor, b: Tensor): Tensor =>
  zip(
    a,
    b,
    (x, y) => x * y,
    (_, y) => y,
    (x) => x,
  );
export const div = (a: Tensor, b: Tensor): Tensor =>
  zip(
    a,
    b,
    (x, y) => x / y,
    (_, y) => 1 / y,
    (x, y) => -x / (y * y),
  );

// ----------------------------------------------------------------- reductions

/** The sum over the given axes (negative ones count from the end), which stay with length 1. */
export function sum(a: Tensor, axes: readonly number[]): Tensor {
  const reduced = axes.map((axis) => (axis + a.shape.length) % a.shape.length);
  const shape = a.shape.map((n, axis) => (reduced.includes(axis) ? 1 : n));
  const index = broadcastIndex(shape, a.shape);
  const data = new Float64Array(sizeOf(shape));
  index.forEach((to, i) => {
    data[to]! += a.data[i]!;
  });
  return make(shape, data, [a], (grad) => {
    index.forEach((to, i) => {
      a.grad[i]! += grad[to]!;
    });
  });
}

export function mean(a: Tensor, axes: readonly number[]): Tensor {
  const total = sum(a, axes);
  return scale(total, total.data.length / a.data.length);
}

export const sumAll = (a: Tensor): Tensor => sum(reshape(a, [a.data.length]), [0]);

// --------------------------------------------------------------------- shapes

export function reshape(a: Tensor, shape: Shape): Tensor {
  return make(shape, a.data, [a], (grad) => {
    grad.forEach((g, i) => {
      a.grad[i]! += g;
    });
  });
}

/** out[i] = a[source[i]]: every rearrangement is one of these. */
function pick(a: Tensor, shape: Shape, source: ArrayLike<number>): Tensor {
  const data = new Float64Array(source.length);
  for (let i = 0; i < data.length; i++) data[i] = a.data[source[i]!]!;
  return make(shape, data, [a], (grad) => {
    grad.forEach((g, i) => {
      a.grad[source[i]!]! += g;
    });
  });
}

export function permute(a: Tensor, axes: readonly number[]): Tensor {
  const shape = axes.map((axis) => a.shape[axis]!);
  const strides = axes.map((axis) => sizeOf(a.shape.slice(axis + 1)));
  const source = new Int32Array(a.data.length);
  for (let i = 0; i < source.length; i++) {
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source[i]! += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
  }
  return pick(a, shape, source);
}

export function transpose(a: Tensor): Tensor {
  const axes = a.shape.map((_, axis) => axis);
  return permute(a, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** Entries `start` to `end` of the last axis, in the order of `a`. */
export function slice(a: Tensor, start: number, end: number): Tensor {
  const n = lastOf(a.shape);
  const source: number[] = [];
  for (let row = 0; row < a.data.length; row += n) {
    for (let i = start; i < end; i++) source.push(row + i);
  }
  return pick(a, [...a.shape.slice(0, -1), end - start], source);
}

/** Joins two tensors along the last axis. */
export function concat(a: Tensor, b: Tensor): Tensor {
  const na = lastOf(a.shape);
  const nb = lastOf(b.shape);
  const n = na + nb;
  const data = new Float64Array(a.data.length + b.data.length);
  const at = (i: number): [Tensor, number] => {
    const row = Math.floor(i / n);
    return i % n < na ? [a, row * na + (i % n)] : [b, row * nb + (i % n) - na];
  };
  data.forEach((_, i) => {
    const [source, j] = at(i);
    data[i] = source.data[j]!;
  });
  return make([...a.shape.slice(0, -1), n], data, [a, b], (grad) => {
    grad.forEach((g, i) => {
      const [source, j] = at(i);
      source.grad[j]! += g;
    });
  });
}

/** Rows of a table [V, D] for ids [B][T]: [B, T, D]. */
export function gather(table: Tensor, ids: readonly (readonly number[])[]): Tensor {
  const [rows, D] = matrixShape(table);
  const source = ids.flat().flatMap((id) => {
    if (!(id >= 0 && id < rows)) throw new Error(`no row ${id} in a table of ${rows}`);
    return Array.from({ length: D }, (_, i) => id * D + i);
  });
  return pick(table, [ids.length, ids[0]!.length, D], source);
}

// ------------------------------------------------------------------- products

/** a [..., M, K] @ b [..., K, N], where b may also be one matrix [K, N] for the whole batch. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [M, K] = matrixShape(a);
  const [rows, N] = matrixShape(b);
  if (rows !== K) throw new Error(`[${a.shape.join(', ')}] @ [${b.shape.join(', ')}]`);
  const batch = sizeOf(a.shape.slice(0, -2));
  const stride = b.shape.length === 2 ? 0 : K * N;
  const data = new Float64Array(batch * M * N);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let total = 0;
        for (let k = 0; k < K; k++) {
          total += a.data[(n * M + i) * K + k]! * b.data[n * stride + k * N + j]!;
        }
        data[(n * M + i) * N + j] = total;
      }
    }
  }
  return make([...a.shape.slice(0, -1), N], data, [a, b], (grad) => {
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          const g = grad[(n * M + i) * N + j]!;
          for (let k = 0; k < K; k++) {
            const ai = (n * M + i) * K + k;
            const bi = n * stride + k * N + j;
            a.grad[ai]! += g * b.data[bi]!;
            b.grad[bi]! += g * a.data[ai]!;
          }
        }
      }
    }
  });
}

// -------------------------------------------------------------------- softmax

/** Softmax over the last axis of [..., T, T]; entry (i, j) takes part where `allowed(i, j)`. */
export function softmax(a: Tensor, allowed: (i: number, j: number) => boolean): Tensor {
  const [rows, n] = matrixShape(a);
  const data = new Float64Array(a.data.length);
  for (let start = 0; start < data.length; start += n) {
    const i = (start / n) % rows;
    let max = -Infinity;
    for (let j = 0; j < n; j++) if (allowed(i, j)) max = Math.max(max, a.data[start + j]!);
    let total = 0;
    for (let j = 0; j < n; j++) {
      if (allowed(i, j)) total += data[start + j] = Math.exp(a.data[start + j]! - max);
    }
    for (let j = 0; j < n; j++) data[start + j]! /= total;
  }
  return make(a.shape, data, [a], (grad) => {
    for (let start = 0; start < data.length; start += n) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += data[start + j]! * grad[start + j]!;
      for (let j = 0; j < n; j++) {
        a.grad[start + j]! += data[start + j]! * (grad[start + j]! - dot);
      }
    }
  });
}

/** Mean cross-entropy in nats of logits [B, T, V]; a target of −1 is not counted. */
export function crossEntropy(logits: Tensor, targets: readonly (readonly number[])[]): Tensor {
  const V = lastOf(logits.shape);
  const flat = targets.flat();
  const counted = flat.filter((target) => target >= 0).length;
  const p = softmax(logits, () => true).data;
  let loss = 0;
  flat.forEach((target, token) => {
    if (target < 0) return;
    const row = logits.data.subarray(token * V, (token + 1) * V);
    const max = row.reduce((m, z) => Math.max(m, z), -Infinity);
    const logSum = Math.log(row.reduce((total, z) => total + Math.exp(z - max), 0));
    loss += logSum + max - row[target]!;
  });
  return make([1], Float64Array.of(loss / counted), [logits], (grad) => {
    flat.forEach((target, token) => {
      if (target < 0) return;
      for (let v = 0; v < V; v++) {
        const i = token * V + v;
        logits.grad[i]! += (grad[0]! * (p[i]! - (v === target ? 1 : 0))) / counted;
      }
    });
  });
}
