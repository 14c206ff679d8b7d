import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { joined } from '../kernels/operations/joined';
import { newtonSchulz } from '../kernels/operations/newtonSchulz';
import { overLargest } from '../kernels/operations/overLargest';
import { part } from '../kernels/operations/part';

/** A matrix among the parameters: where it begins in their vector, and its shape. */
export interface MatrixPlace {
  start: number;
  shape: [number, number];
}

const STEPS = 5;
/** p(x) = ax + bx³ + cx⁵, chosen to be steep at 0 and to stay near 1 from there on. */
const [a, b, c] = [3.4445, -4.775, 2.0315];
/** float32’s smallest normal number: keeps 0/0 out of a division by a norm of all zeros. */
const TINY = 1.2e-38;

/** Transposed, each matrix of a stack by itself. */
const transposed = <M extends Tensor>(x: M): M =>
  tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]) as M;

/** Over its Frobenius norm, by way of the largest value: squares of gradients may leave float32. Zeros stay zeros. */
function overNorm(x: Tensor): Tensor {
  const { unit } = overLargest(x, [-2, -1]);
  return tf.div(unit, tf.maximum(tf.sqrt(tf.sum(tf.square(unit), [-2, -1], true)), TINY));
}

/**
 * About the orthogonal factor UVᵀ of G = USVᵀ, by five Newton-Schulz steps on G/‖G‖: each takes
 * every singular value s to p(s) and leaves U and V as they are. They come out between 0.68 and 1.21 where
 * they were at least 0.002 of the norm; smaller ones grow by up to a⁵ = 485.
 *
 * Jordan et al. 2024, Muon, `zeropower_via_newtonschulz5`. The product with the smaller of GGᵀ and GᵀG is
 * taken. Their 1e-7 beside ‖G‖ is left out: the step would depend on the size of a small gradient. A matrix of zeros
 * stays one. What comes out is multiplied by `factor`. x: [I, O], or a stack of such, [N, I, O]
 */
export function orthogonalized<M extends Tensor>(x: M, factor = 1): M {
  const attributes = { steps: STEPS, polynomial: [a, b, c] as const, least: TINY, factor };
  return (newtonSchulz({ x }, attributes)?.[0] ?? tf.mul(composed(x), factor)) as M;
}

/** The same of the library's operations, but for the factor. */
function composed(G: Tensor): Tensor {
  const isTall = G.shape.at(-2)! > G.shape.at(-1)!;
  const unit = overNorm(G);
  let X = isTall ? transposed(unit) : unit;
  for (let step = 0; step < STEPS; step++) {
    // Explicitly transposed: see kernels/operations/linear.ts.
    const A = tf.matMul(X, transposed(X));
    const B = tf.add(tf.mul(A, b), tf.mul(tf.matMul(A, A), c));
    X = tf.add(tf.mul(X, a), tf.matMul(B, X));
  }
  return isTall ? transposed(X) : X;
}

function byShape(places: MatrixPlace[]): MatrixPlace[][] {
  const groups = new Map<string, MatrixPlace[]>();
  for (const place of places) {
    const key = place.shape.join();
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  return [...groups.values()];
}

interface Piece {
  start: number;
  values: Tensor1D;
}

const flat = (x: Tensor): Tensor1D => tf.reshape(x, [-1]);

/** The factor that makes a step about as large as one of AdamW’s. */
const factorOf = ({ shape }: MatrixPlace) => 0.2 * Math.sqrt(Math.max(...shape));

/** Every matrix by itself: wasm’s product is fast for plain two-dimensional operands alone. */
const oneByOne = (vector: Tensor1D, places: MatrixPlace[]): Piece[] =>
  places.map((place) => {
    const { start, shape } = place;
    return { start, values: flat(orthogonalized(part(vector, start, shape), factorOf(place))) };
  });

/** All matrices of one shape at once: a graphics card is given a hundred operations, not thousands. */
const stacked = (vector: Tensor1D, places: MatrixPlace[]): Piece[] =>
  byShape(places).flatMap((group) => {
    const { shape } = group[0]!;
    const size = shape[0] * shape[1];
    const matrices = joined(group.map(({ start }) => part(vector, start, shape)));
    const stack = tf.reshape(matrices, [group.length, ...shape]);
    const moved = flat(orthogonalized(stack, factorOf(group[0]!)));
    return group.map(({ start }, i) => ({
      start,
      values: part(moved, i * size, [size]) as Tensor1D,
    }));
  });

/** The vector with pieces in the place of what was there. */
function replaced(vector: Tensor1D, pieces: Piece[]): Tensor1D {
  const parts: Tensor1D[] = [];
  let at = 0;
  for (const { start, values } of [...pieces].sort((p, q) => p.start - q.start)) {
    if (start > at) parts.push(part(vector, at, [start - at]) as Tensor1D);
    parts.push(values);
    at = start + values.size;
  }
  if (at < vector.size) parts.push(part(vector, at, [vector.size - at]) as Tensor1D);
  return joined(parts);
}

/**
 * A direction in which the matrices are those of Muon: 0.2 √max(I, O) · NS₅(g + β₁ m), where m is the sum
 * of the gradients, m ← β₁ m + g. The factor gives a step about the size of one of AdamW’s.
 *
 * Jordan et al. 2024, Muon; Liu et al. 2025, Muon is Scalable for LLM Training, eq. 4, for the factor, and
 * for the momentum as a sum. Jordan’s code averages: the same but for a factor, which the norm takes out.
 *
 * @param direction of everything else, [P]
 * @param g gradient, [P]
 * @param mean Adam’s first moment, [P]: (1 − β₁) m. Kept so, it stays one moment for both optimizers
 */
export function muonDirection(
  direction: Tensor1D,
  g: Tensor1D,
  mean: Tensor1D,
  beta1: number,
  places: MatrixPlace[],
  atOnce = !['wasm', 'cpu'].includes(tf.getBackend()),
): Tensor1D {
  const ahead: Tensor1D = tf.add(g, tf.mul(mean, beta1 / (1 - beta1)));
  const pieces = (atOnce ? stacked : oneByOne)(ahead, places);
  return replaced(direction, pieces);
}
