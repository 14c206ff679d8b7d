import { isGated, DEFAULTS, hiddenFeatures, type Config, type Key } from './fields';
import { formatInterventions, interventionsOf, type Intervention } from './interventions';
import { sublayerCount } from './layers';
import { formatOverrides, overridesOf, type Override } from './overrides';
import { canMix } from './placements';
import { layersText, type LayerRange } from './ranges';
import { blockSitesOf } from './sites';

/** Two settings that cannot go together, and the ways out, the first one preferred. */
export interface Conflict {
  /** The sentence that says so, where they are set. */
  problem(config: Config): string | false;
  ways: (Partial<Config> | ((config: Config) => Partial<Config>))[];
  /** The model is too large for a browser tab: elsewhere it can be. */
  isSize?: true;
}

/** Numbers that the largest tensors and all weights may have; past these a browser tab gives up. */
const MAX_PARAMETERS = 50e6;
const MAX_ACTIVATION = 16e6;

const weightsPerLayer = (c: Config) => c.d_model ** 2 * (4 + (isGated(c) ? 3 : 2) * c.mlp_ratio);
/** About how many weights a configuration has (the vocabulary left out). */
const parameterCount = (c: Config) => c.n_layers * weightsPerLayer(c) + c.seq_len * c.d_model;
const longest = (c: Config) => Math.max(c.seq_len, c.eval_seq_len);
const largestActivation = (c: Config) =>
  c.batch_size * longest(c) * Math.max(c.d_model, c.d_model * c.mlp_ratio, c.n_heads * longest(c));

const divisorUpTo = (n: number, most: number): number => {
  let divisor = Math.min(n, most);
  while (n % divisor) divisor--;
  return divisor;
};
const million = (n: number) => `${Number((n / 1e6).toPrecision(3))} million`;

/** A range cut to the layers that there are, or nothing where none is left. */
const within = ({ from, to }: LayerRange, L: number): LayerRange[] =>
  from < L ? [{ from, to: Math.min(to, L - 1) }] : [];
const beyond = ({ to }: LayerRange, { n_layers }: Config): boolean => to >= n_layers;
const layersThere = ({ n_layers }: Config) =>
  n_layers === 1 ? 'the model has layer 0 alone' : `the model has layers 0 to ${n_layers - 1}`;

/** A placement that holds for the whole model stands beside another one. */
const mixesWholeModel = (c: Config) => (override: Override) =>
  override.placement !== undefined && !canMix(override.placement, c.placement);

/** The name in an intervention that this model has nothing for, or null. */
export function missing(one: Intervention, c: Config): string | null {
  if (beyond(one.layers, c)) {
    return `layer ${layersText(one.layers)}, but ${layersThere(c)}`;
  }
  if (one.kind === 'silence') {
    if (c.sublayers === 'mlp') return 'an attention head, but there is no attention';
    return one.head < c.n_heads
      ? null
      : `head ${one.head}, but n_heads is ${c.n_heads}, counted from 0`;
  }
  if (one.kind === 'noise') {
    return blockSitesOf(c).includes(one.site) ? null : `the site ${one.site}, which is not there`;
  }
  return c.sublayers === 'both' || c.sublayers === one.sublayer
    ? null
    : `the branch ${one.sublayer}, which is not there`;
}

const defaults = (...keys: Key[]): Partial<Config> =>
  Object.fromEntries(keys.map((key) => [key, DEFAULTS[key]]));

/** A shape that always fits, and conflicts with nothing but the settings named beside it. */
export const DEFAULT_SHAPE: Partial<Config> = {
  ...defaults('n_layers', 'batch_size', 'seq_len', 'n_heads', 'd_model', 'mlp_ratio'),
  ...defaults('eval_seq_len', 'layer_overrides', 'interventions'),
};

export const CONFLICTS: Conflict[] = [
  {
    problem: (c) =>
      c.d_model % c.n_heads !== 0 &&
      `d_model ${c.d_model} cannot be divided among n_heads ${c.n_heads}; d_model must be a multiple of n_heads.`,
    ways: [
      (c) => ({ n_heads: divisorUpTo(c.d_model, c.n_heads) }),
      (c) => ({ d_model: Math.max(1, Math.round(c.d_model / c.n_heads)) * c.n_heads }),
    ],
  },
  {
    problem: (c) =>
      Math.abs(c.d_model * c.mlp_ratio - hiddenFeatures(c)) > 1e-6 &&
      `mlp_ratio ${c.mlp_ratio} times d_model ${c.d_model} is ${c.d_model * c.mlp_ratio}; it must be a whole number of hidden features.`,
    ways: [
      (c) => ({ mlp_ratio: Math.max(1, hiddenFeatures(c)) / c.d_model }),
      defaults('mlp_ratio'),
    ],
  },
  {
    problem: (c) =>
      c.task === 'gaussian' &&
      c.objective !== 'random_projection' &&
      'task gaussian has no tokens to predict, so objective must be random_projection with it.',
    ways: [{ objective: 'random_projection' }, defaults('task')],
  },
  {
    problem: (c) =>
      c.task !== 'gaussian' &&
      c.seq_len < 4 &&
      `seq_len ${c.seq_len} is too short for task ${c.task}; it must be at least 4.`,
    ways: [{ seq_len: 4 }],
  },
  {
    problem: (c) =>
      c.qk_norm === 'l2' &&
      c.seq_len < 2 &&
      `seq_len ${c.seq_len} is too short for qk_norm l2, whose gain starts at log2(T² − T); it must be at least 2.`,
    ways: [{ seq_len: 2 }, defaults('qk_norm')],
  },
  {
    problem: (c) =>
      c.positions === 'rope' &&
      (c.d_model / c.n_heads) % 2 !== 0 &&
      `positions rope rotates pairs of features, but d_model ${c.d_model} over n_heads ${c.n_heads} is odd; it must be even.`,
    ways: [
      (c) => ({ n_heads: divisorUpTo(Math.max(1, Math.floor(c.d_model / 2)), c.n_heads) }),
      defaults('positions'),
    ],
  },
  {
    problem: (c) =>
      c.residual_scale === 'deepscale' &&
      sublayerCount(c) < 2 &&
      `residual_scale deepscale multiplies the stream by √(1 − 2/N), but n_layers ${c.n_layers} with sublayers ${c.sublayers} make N = 1; it must be at least 2.`,
    ways: [{ n_layers: 2 }, defaults('sublayers'), defaults('residual_scale')],
  },
  {
    problem: (c) => {
      const bad = overridesOf(c).find((o) => beyond(o, c));
      return (
        bad !== undefined &&
        `layer_overrides names layer ${layersText(bad)}, but ${layersThere(c)}.`
      );
    },
    ways: [
      (c) => ({
        layer_overrides: formatOverrides(
          overridesOf(c).flatMap((o) =>
            within(o, c.n_layers).map((layers) => ({ ...o, ...layers })),
          ),
        ),
      }),
    ],
  },
  {
    problem: (c) => {
      const other = overridesOf(c).find(mixesWholeModel(c))?.placement;
      return (
        other !== undefined &&
        `placement residual holds for the whole model, so layer_overrides cannot name ${other} beside placement ${c.placement}.`
      );
    },
    ways: [
      (c) => ({
        layer_overrides: formatOverrides(overridesOf(c).filter((o) => !mixesWholeModel(c)(o))),
      }),
      { placement: DEFAULTS.placement, layer_overrides: '' },
    ],
  },
  {
    problem: (c) => {
      const bad = interventionsOf(c).find((one) => missing(one, c));
      return (
        bad !== undefined &&
        `interventions “${formatInterventions([bad])}” names ${missing(bad, c)}.`
      );
    },
    ways: [
      (c) => ({
        interventions: formatInterventions(
          interventionsOf(c).flatMap((one) => {
            const cut = within(one.layers, c.n_layers).map((layers) => ({ ...one, layers }));
            return cut.filter((part) => missing(part, c) === null);
          }),
        ),
      }),
    ],
  },
  {
    problem: (c) =>
      c.eval_seq_len > 0 &&
      c.eval_seq_len < 4 &&
      `eval_seq_len ${c.eval_seq_len} is too short; it must be 0 (as seq_len) or at least 4.`,
    ways: [{ eval_seq_len: 0 }, { eval_seq_len: 4 }],
  },
  {
    problem: (c) =>
      c.eval_seq_len > c.seq_len &&
      c.positions === 'learned' &&
      c.task !== 'gaussian' &&
      `eval_seq_len ${c.eval_seq_len} is longer than seq_len ${c.seq_len}, but positions learned has no vectors past that; it needs sinusoidal, rope, alibi or none.`,
    ways: [{ eval_seq_len: 0 }, { positions: 'rope' }, { positions: 'sinusoidal' }],
  },
  {
    problem: (c) =>
      c.eval_seq_len > 0 &&
      c.objective === 'random_projection' &&
      `eval_seq_len ${c.eval_seq_len} needs tokens and their loss; objective random_projection is fixed to seq_len.`,
    ways: [{ eval_seq_len: 0 }, { objective: 'cross_entropy', task: DEFAULTS.task }],
  },
  {
    isSize: true,
    problem: (c) =>
      parameterCount(c) > MAX_PARAMETERS &&
      `n_layers ${c.n_layers} at d_model ${c.d_model} and mlp_ratio ${c.mlp_ratio} make about ${million(parameterCount(c))} weights; at most ${million(MAX_PARAMETERS)} fit.`,
    ways: [
      (c) => ({
        n_layers: Math.max(1, Math.floor(MAX_PARAMETERS / weightsPerLayer(c) - 0.5)),
      }),
      defaults('d_model', 'n_heads', 'mlp_ratio'),
    ],
  },
  {
    isSize: true,
    problem: (c) =>
      largestActivation(c) > MAX_ACTIVATION &&
      `batch_size ${c.batch_size}, ${c.eval_seq_len > c.seq_len ? `eval_seq_len ${c.eval_seq_len}` : `seq_len ${c.seq_len}`}, d_model ${c.d_model} and n_heads ${c.n_heads} make a tensor of ${million(largestActivation(c))} numbers; at most ${million(MAX_ACTIVATION)} fit.`,
    ways: [
      (c) => ({
        batch_size: Math.max(1, Math.floor((c.batch_size * MAX_ACTIVATION) / largestActivation(c))),
      }),
      defaults('batch_size', 'seq_len', 'eval_seq_len', 'n_heads'),
      DEFAULT_SHAPE,
    ],
  },
];
