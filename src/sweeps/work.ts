import { hiddenFeatures, isGated, type Config } from '../config/fields';

/** About the multiplications of a step, in millions: what runs of one sweep are compared by. */
export function workOf(config: Config): number {
  const { n_layers, d_model: d, seq_len: T, batch_size: B } = config;
  const maps = 4 * d * d + (isGated(config) ? 3 : 2) * d * hiddenFeatures(config);
  return (B * T * n_layers * (maps + 2 * T * d)) / 1e6;
}
