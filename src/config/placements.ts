import { choices, type Choice } from './choice';

/**
 * What one residual update is made of, for any kind of value X: tensors when the model runs, parts of a
 * drawing when the block strip shows it, names when the parameters are listed.
 */
export interface UpdateParts<X> {
  /** The sublayer: attention or MLP. */
  f(x: X): X;
  /** The norms, by the names of their parameters. */
  norm(x: X): X;
  norm_out(x: X): X;
  /** Stream plus branch, with the residual scale. */
  add(stream: X, branch: X): X;
}

export interface Placement extends Choice {
  /** The definition: one residual update of the stream x. */
  update<X>(x: X, parts: UpdateParts<X>): X;
  /** Whether a stack of these ends in a norm of its own (`final_norm: auto`). */
  endsInNorm: boolean;
}

export const placements = choices<'pre' | 'post' | 'none', Placement>({
  pre: {
    label: 'pre-LN',
    formula: String.raw`x \leftarrow x + f(\mathrm{N}(x))`,
    note: 'The norm stands inside the branch; the stream itself is never normalized and grows with depth.',
    source: 'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, table 1',
    update: (x, { f, norm, add }) => add(x, f(norm(x))),
    endsInNorm: true,
  },
  post: {
    label: 'post-LN',
    formula: String.raw`x \leftarrow \mathrm{N}(x + f(x))`,
    note: 'The norm stands on the stream after the addition; every layer starts from RMS 1 and the gradient passes every norm.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, section 3.1',
    update: (x, { f, norm, add }) => norm(add(x, f(x))),
    endsInNorm: false,
  },
  none: {
    label: 'no norm',
    formula: String.raw`x \leftarrow x + f(x)`,
    note: 'No norm in any block: magnitudes multiply from layer to layer.',
    update: (x, { f, add }) => add(x, f(x)),
    endsInNorm: false,
  },
});

export type PlacementId = keyof typeof placements;

/** The norms that a placement uses, found by walking its definition. */
export function normsOf(placement: PlacementId): ('norm' | 'norm_out')[] {
  const used: ('norm' | 'norm_out')[] = [];
  const visit = (name: 'norm' | 'norm_out') => (x: null) => {
    used.push(name);
    return x;
  };
  placements[placement].update(null, {
    f: (x) => x,
    add: () => null,
    norm: visit('norm'),
    norm_out: visit('norm_out'),
  });
  return used;
}

/** Whether a norm stands between the last block and the unembedding. */
export const hasFinalNorm = (config: { final_norm: string; placement: PlacementId }): boolean =>
  config.final_norm === 'auto'
    ? placements[config.placement].endsInNorm
    : config.final_norm === 'on';
