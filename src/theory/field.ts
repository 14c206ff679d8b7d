import { added, between, diagonal, hadamard, rowAt, sizeOf, times, type Symmetric } from './matrix';

/**
 * A quantity with a number for every token and feature, of which the features are alike and independent in the limit of
 * large width: the stream, what a branch makes of it, a gradient. All that is known of it is the covariance over tokens
 * of one feature.
 */
export interface Field {
  /** E x_s x_t: [N, N] */
  second: Symmetric;
  /** The mean over features of each token, where it is not 0: [N] */
  mean: Float64Array | null;
  /**
   * The independent fields that it is a sum of, and the factor of each at every token, [N]. Two fields that share one are
   * correlated (ResiDual's streams, whose gradients are one gradient at the top).
   */
  parts: ReadonlyMap<Source, Float64Array>;
}

/** An independent field by its covariance. */
interface Source {
  second: Symmetric;
}

/** A field that is independent of all others. */
export const fresh = (second: Symmetric, mean: Float64Array | null = null): Field => ({
  second,
  mean,
  parts: new Map([[{ second }, new Float64Array(sizeOf(second)).fill(1)]]),
});

/** Every token times a factor of its own. */
export const byToken = (field: Field, factors: Float64Array): Field => ({
  second: between(field.second, factors),
  mean: field.mean && hadamard(field.mean, factors),
  parts: new Map(Array.from(field.parts, ([source, own]) => [source, hadamard(own, factors)])),
});

export const scaled = (field: Field, factor: number): Field =>
  factor === 1 ? field : byToken(field, new Float64Array(sizeOf(field.second)).fill(factor));

/** Adds to a covariance what two fields have in common that contain a source with these factors. */
function addCommon(second: Symmetric, source: Source, f: Float64Array, g: Float64Array) {
  for (let i = 0, at = 0; i < f.length; i++) {
    for (let j = 0; j <= i; j++, at++) {
      second[at]! += (f[i]! * g[j]! + g[i]! * f[j]!) * source.second[at]!;
    }
  }
}

/** The sum of two fields, with what they have in common. */
export function sum(a: Field, b: Field): Field {
  const parts = new Map(a.parts);
  const second = added(a.second, b.second);
  for (const [source, of] of b.parts) {
    const other = parts.get(source);
    if (other) addCommon(second, source, other, of);
    parts.set(source, other ? added(other, of) : of);
  }
  const mean = a.mean && b.mean ? added(a.mean, b.mean) : (a.mean ?? b.mean);
  return { second, mean, parts };
}

/**
 * Of every number a share p is 0 and the rest divided by 1 − p: the mean stays, and noise is added that no two tokens
 * share (Srivastava et al. 2014; the variance of Kedia et al. 2024).
 */
export function dropped(field: Field, p: number): Field {
  if (p === 0) return field;
  const noise = new Float64Array(field.second.length);
  diagonal(field.second).forEach((power, i) => {
    noise[rowAt(i) + i] = (power * p) / (1 - p);
  });
  return sum(field, fresh(noise));
}

/** A field with the same covariance times a factor, independent of it: what a random matrix makes of it. */
export const mixed = (field: Field, factor: number): Field => fresh(times(field.second, factor));
