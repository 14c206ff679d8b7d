import type { Config } from '../config/fields';
import { fresh, type Field } from './field';
import type { Given } from './input';
import { diagonal, identity, rowAt, sizeOf, symmetric, times, type Symmetric } from './matrix';
import { logPartition, participation, tilt } from './softmax';
import { unembedMeanSquare } from './weights';

/** The loss at initialization: the gradient that it sends into the top of the stack, and its value where it has one. */
export interface Objective {
  /** Covariance over tokens of the gradient at the last site before the unembedding. */
  gradient: Field;
  /** In nats. */
  loss: number | null;
  /** Variance of the logits, mean over tokens. */
  logits: number | null;
  /** Covariance over tokens of one logit, over w². */
  covariance: Symmetric | null;
}

/** R ~ N(0, 1): as it is. */
const randomProjection = (out: Field): Objective => ({
  gradient: fresh(identity(sizeOf(out.second))),
  loss: null,
  logits: null,
  covariance: null,
});

/**
 * The mean cross-entropy of C counted tokens: its gradient at the logits is (p − y)/C, p their softmax and y one-hot, and
 * the unembedding takes it to the stream. Logits are independent normals of variance x; the logits of two tokens are
 * correlated as the tokens are, and E Σ p p′ is that of a softmax whose scores have this covariance.
 */
function crossEntropy(out: Field, config: Config, { batch, vocabulary: V }: Given): Objective {
  const N = sizeOf(out.second);
  const weight = unembedMeanSquare(config, V);
  const covariance = times(out.second, config.d_model * weight);
  const variances = diagonal(covariance);
  const { targets } = batch;
  const counted = targets.reduce((count, id) => count + (id >= 0 ? 1 : 0), 0);
  const second = symmetric(N, (s, t) => {
    const [a, b] = [targets[s]!, targets[t]!];
    if (a < 0 || b < 0) return 0;
    const both =
      s === t
        ? participation(V, variances[s]!)
        : alike(V, covariance[rowAt(s) + t]! * tilt(V, Math.sqrt(variances[s]! * variances[t]!)));
    return (weight * (both - 2 / V + (a === b ? 1 : 0))) / counted ** 2;
  });
  const first = Array.from(variances.keys()).filter((t) => targets[t]! >= 0);
  const total = first.reduce((sum, t) => sum + logPartition(V, variances[t]!), 0);
  return {
    gradient: fresh(second),
    loss: total / first.length,
    logits: variances.reduce((sum, x) => sum + x, 0) / N,
    covariance: times(covariance, 1 / weight),
  };
}

/** Σ of E p p′ of m symbols of which one pair is e^x times as likely as each other. */
const alike = (m: number, x: number): number => 1 / (1 + (m - 1) * Math.exp(-x));

/** The objective of a configuration; null where what it needs to know is not given. */
export function objectiveOf(out: Field, config: Config, given: Given | null): Objective | null {
  if (config.objective === 'random_projection') return randomProjection(out);
  return given ? crossEntropy(out, config, given) : null;
}
