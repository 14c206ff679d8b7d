import { hasScores, normsUsed } from './applies';
import { hiddenFeatures, type Config } from './fields';
import { layerPlans } from './layers';
import { norms, type NormId } from './norms';

/** Numbers that norms have their statistics of, and the settings that make them more. */
interface Group {
  norms: NormId[];
  size: number;
  text: string;
}

const groups = (c: Config): Group[] => [
  {
    norms: normsUsed(c).filter((id) => norms[id].over === 'batch'),
    size: c.batch_size * c.seq_len,
    text: 'all tokens of a batch, batch_size · seq_len = 1 in training',
  },
  {
    norms: hasScores(c) && c.qk_norm === 'layernorm' ? [c.qk_norm] : [],
    size: c.d_model / c.n_heads,
    text: 'the features of a head, d_model/n_heads = 1',
  },
  {
    norms:
      c.sublayers === 'attn' || c.inner_norm === 'none' ? [] : layerPlans(c).map((p) => p.norm),
    size: hiddenFeatures(c),
    text: 'the hidden features of the MLP, d_model · mlp_ratio = 1',
  },
];

/**
 * Sentences on what runs as it is set and has nothing to show: norms with statistics of one number, which is its own
 * mean.
 */
export const adviceOn = (c: Config): string[] =>
  groups(c)
    .filter(({ size }) => size === 1)
    .flatMap(({ norms: used, text }) =>
      [...new Set(used)]
        .filter((id) => norms[id].centres)
        .map(
          (id) =>
            `${norms[id].label} takes mean and variance over ${text}. One number is its own mean: what comes out is 0 but for the bias, and no gradient flows back.`,
        ),
    );
