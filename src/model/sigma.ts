import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { differentiable } from '../kernels/differentiable';
import { spectral, type Spectral } from '../kernels/operations/spectral';
import type { Advance } from '../lib/progress';
import { buffer, param, type Context, type Params } from './context';

const column = (x: Tensor): Tensor2D => tf.reshape(x, [-1, 1]);
const normalized = (x: Tensor2D): Tensor2D => tf.div(x, tf.sqrt(tf.sum(tf.square(x))));

/**
 * σReparam: W·γ/σ(W), with the spectral norm σ = vᵀWu after one power step from the kept u,
 * v = Wu/‖Wu‖, u ← Wᵀv/‖Wᵀv‖ (Zhai et al. 2023, section 3.2 and their code). The gradient takes the
 * singular vectors as given, so that ∂σ/∂W = v uᵀ.
 *
 * @param renew is told the new u, [O]
 */
function composed({ w, gamma, u: kept }: Spectral, renew: (u: Tensor1D) => void): Tensor2D {
  return differentiable(
    (w: Tensor2D, gamma: Tensor1D) => {
      const v = normalized(tf.matMul(w, column(kept))); // [I, 1]
      const u = normalized(tf.matMul(tf.transpose(w), v)); // [O, 1]
      renew(tf.reshape(u, [-1]));
      const sigma = tf.sum(tf.mul(v, tf.matMul(w, u))); // []
      return { value: tf.mul(w, tf.div(gamma, sigma)) as Tensor2D, saved: [w, gamma, v, u, sigma] };
    },
    (dy, w, gamma, v, u, sigma) => {
      const along = tf.div(tf.sum(tf.mul(dy, w!)), sigma!); // Σ dŴ ⊙ W / σ
      const rank1 = tf.matMul(v as Tensor2D, tf.transpose(u as Tensor2D)); // [I, O]
      const dw = tf.mul(tf.sub(dy, tf.mul(rank1, along)), tf.div(gamma!, sigma!));
      return [dw, tf.reshape(along, [1])];
    },
  )(w, gamma);
}

/** The same of matrices of one shape. */
export const reparametrized = (
  matrices: Spectral[],
  renew: (u: Tensor1D, i: number) => void,
): Tensor2D[] =>
  spectral(matrices, renew) ??
  matrices.map((matrix, i) =>
    composed(matrix, (u) => {
      renew(u, i);
    }),
  );

/** The name of the buffer u of a matrix. */
export const singularVectorOf = (matrix: string) => `${matrix}.u`;

/** Names of the reparametrized matrices by their shape: those that have a `gamma`. */
function byShape(params: Params): string[][] {
  const names = Object.keys(params).filter((name) => `${name}.gamma` in params);
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = params[name]!.shape.join();
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

/** The parameters with every matrix as it acts. */
export function actingParams(ctx: Context): Params {
  const acting = byShape(ctx.params).flatMap((group) => {
    const matrices = group.map((name) => ({
      w: param<Tensor2D>(ctx, name),
      gamma: param<Tensor1D>(ctx, `${name}.gamma`),
      u: buffer<Tensor1D>(ctx, singularVectorOf(name)),
    }));
    const renew = (u: Tensor1D, i: number) => {
      ctx.renew(singularVectorOf(group[i]!), u);
    };
    return reparametrized(matrices, renew).map((w, i) => [group[i]!, w] as const);
  });
  return { ...ctx.params, ...Object.fromEntries(acting) };
}

/** float32’s smallest normal number: zeros over their size stay zeros. */
const TINY = 1.2e-38;
const byLargest = (x: Tensor3D): Tensor3D =>
  tf.div(x, tf.maximum(tf.max(tf.abs(x), [1, 2], true), TINY));
/** Over its length, or over `least` where it is shorter. */
const unit = (x: Tensor3D, least = TINY): Tensor3D =>
  tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x), [1, 2], true)), least));

/** The span that is searched has at most this many directions. */
const MOST_DIRECTIONS = 32;
/** Directions of the span: the start may have a part that the matrix takes to 0, its images as many as the matrix. */
const directionsOf = ([, I, O]: Tensor3D['shape']) => Math.min(I + 1, O, MOST_DIRECTIONS);
/** A vector shorter than this beside a direction of length 1 is its rounding, and no direction of its own. */
const ROUNDING = 1e-5;
/** Squarings of what a matrix makes of the span: they leave its largest eigenvalue alone. */
const SQUARINGS = 14;

/**
 * The right singular vector to the largest singular value of each matrix: the best of the span of x, GᵀG x, (GᵀG)² x, …
 * (Lanczos 1950, with all directions made orthogonal anew). Every direction is a product with the matrix, where power
 * steps alone would take hundreds.
 *
 * @param w [n, I, O]
 * @param start where the search begins, of each matrix a row: [n, 1, O]
 * @param advance counts the numbers of all matrices, once for each direction after the first
 * @returns [n, 1, O]
 */
function leadingVectors(w: Tensor3D, start: Tensor3D, advance: Advance): Tensor3D {
  const W = byLargest(w);
  const transposed = <T extends Tensor>(x: T): T => tf.transpose(x, [0, 2, 1]) as T;
  const WT = transposed(W);
  let basis = unit(start); // [n, k, O]
  let next = basis;
  for (let k = 1; k < directionsOf(w.shape); k++) {
    const before = transposed(basis);
    next = unit(tf.matMul(tf.matMul(next, WT), W));
    // Twice: what rounding leaves of the directions before goes the second time.
    for (let pass = 0; pass < 2; pass++) {
      next = tf.sub(next, tf.matMul(tf.matMul(next, before), basis));
    }
    next = unit(next, ROUNDING);
    basis = tf.concat([basis, next], 1);
    advance(w.size);
  }
  const images = tf.matMul(basis, WT); // [n, k, I]
  let gram = tf.matMul(images, transposed(images)) as Tensor3D; // [n, k, k]
  for (let i = 0; i < SQUARINGS; i++) {
    const whole = byLargest(gram);
    gram = tf.matMul(whole, whole);
  }
  // Every row of it is now the eigenvector, that of the start as long as it has a part in it.
  const shares = tf.slice(byLargest(gram), [0, 0, 0], [-1, 1, -1]);
  return unit(tf.matMul(shares, basis));
}

/**
 * Vectors u, by the names of buffers, as they belong to these matrices; `starts` are where the search begins, and
 * `begin` is told how much there is to count.
 */
export function singularVectors(
  params: Params,
  starts: Params,
  begin: (of: number) => Advance = () => () => {},
): Params {
  const groups = byShape(params)
    .map((group) => group.filter((name) => singularVectorOf(name) in starts))
    .filter((names) => names.length > 0);
  const workOf = (names: string[]) => {
    const [I, O] = params[names[0]!]!.shape as [number, number];
    return (directionsOf([names.length, I, O]) - 1) * names.length * I * O;
  };
  const advance = begin(groups.reduce((sum, names) => sum + workOf(names), 0));
  const found = groups.flatMap((names) => {
    const w = tf.stack(names.map((name) => params[name]!)) as Tensor3D;
    const start = tf.stack(
      names.map((name) => tf.reshape(starts[singularVectorOf(name)]!, [1, -1])),
    );
    return tf
      .unstack(leadingVectors(w, start as Tensor3D, advance))
      .map((u, i) => [singularVectorOf(names[i]!), tf.reshape(u, [-1])] as const);
  });
  return Object.fromEntries(found);
}
