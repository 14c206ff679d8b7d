/**
 * The tokens of one batch: row-major [B, T]. A target is the token after the input at its place, or −1
 * where it is not counted in the loss.
 */
export interface Batch {
  inputs: Int32Array;
  targets: Int32Array;
  B: number;
  T: number;
}

/** Levels that give a loss its meaning, in nats; what a task does not have is left out. */
export interface LossLevels {
  /** ln V: guessing evenly. */
  uniform?: number;
  /** Entropy of the counted targets one by one: knowing their frequencies alone. */
  unigram?: number;
  /** The mean loss of the best causal model there can be. */
  floor?: number;
}
