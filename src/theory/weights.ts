import { hiddenFeatures, type Config } from '../config/fields';
import { placements, type PlacementId } from '../config/placements';

export type MatrixName = 'wq' | 'wk' | 'wv' | 'wo' | 'w_in' | 'w_gate' | 'w_out';

/** A random matrix as it acts. */
export interface Weights {
  fanIn: number;
  fanOut: number;
  /** Mean square of an element: a signal's grows by fanIn times this, a gradient's by fanOut times this. */
  meanSquare: number;
  /** The factor of the gradient of the matrix that is learned. */
  chain: number;
}

/**
 * Mean square of an element of a matrix [fan_in, fan_out] (Glorot, Bengio 2010, eq. 12; He et al. 2015, eq. 10; LeCun
 * et al. 1998). With orthonormal rows or columns, whichever are fewer, it is one over the larger side (Saxe et al. 2013).
 */
const MEAN_SQUARES: Record<Config['init'], (fanIn: number, fanOut: number) => number> = {
  xavier: (i, o) => 2 / (i + o),
  gpt2: () => 0.02 ** 2,
  he: (i) => 2 / i,
  lecun: (i) => 1 / i,
  normal: () => 0.02 ** 2,
  orthogonal: (i, o) => 1 / Math.max(i, o),
};

/** Standard deviation of the table of embeddings. */
export const embedStd = ({ init, embed_std, task }: Config): number =>
  init === 'gpt2' && task !== 'gaussian' ? 0.02 : embed_std;

export const unembedMeanSquare = (config: Config, V: number): number =>
  config.tie_embeddings ? embedStd(config) ** 2 : MEAN_SQUARES[config.init](config.d_model, V);

const RESIZED: ReadonlySet<MatrixName> = new Set(['wv', 'wo', 'w_in', 'w_out'] as const);
const WRITES: ReadonlySet<MatrixName> = new Set(['wo', 'w_out'] as const);

/** The factor of a matrix's standard deviation beside its initialization. */
function gainOf(name: MatrixName, placement: PlacementId, config: Config): number {
  const { init, init_gain, inner_norm, n_layers: L } = config;
  const smaller = init === 'gpt2' && WRITES.has(name) ? 1 / Math.sqrt(2 * L) : 1;
  if (!RESIZED.has(name)) return init_gain * smaller;
  const resized = placements[placement].initFactor?.(L) ?? 1;
  const subln = inner_norm === 'subln' ? Math.sqrt(Math.log(2 * L)) : 1;
  return init_gain * smaller * resized * subln;
}

/** A matrix of a block of this placement. */
export function weightsOf(name: MatrixName, placement: PlacementId, config: Config): Weights {
  const [D, F] = [config.d_model, hiddenFeatures(config)];
  const fanIn = name === 'w_out' ? F : D;
  const fanOut = name === 'w_in' || name === 'w_gate' ? F : D;
  const gain = gainOf(name, placement, config);
  const meanSquare = gain ** 2 * MEAN_SQUARES[config.init](fanIn, fanOut);
  if (config.weight_reparam === 'none') return { fanIn, fanOut, meanSquare, chain: 1 };
  // The largest singular value: of independent numbers the edge √fan_in + √fan_out of their distribution
  // (Bai, Yin 1993), of orthonormal rows or columns the gain.
  const spectral =
    config.init === 'orthogonal'
      ? gain
      : Math.sqrt(meanSquare) * (Math.sqrt(fanIn) + Math.sqrt(fanOut));
  return { fanIn, fanOut, meanSquare: meanSquare / spectral ** 2, chain: 1 / spectral };
}
