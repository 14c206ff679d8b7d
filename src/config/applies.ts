import { perObject } from '../lib/objects';
import { remembering } from '../lib/remembering';
import type { Sublayer } from './blockSites';
import type { Config, Key } from './fields';
import { hasEmbedNorm, hasFinalNorm, layerPlans, updatesOf } from './layers';
import { norms, type NormId } from './norms';
import { leavesByNorm, normsOf } from './placements';

/** The norms that stand somewhere, in blocks each with its sublayer (of branches that share it the first), or around them. */
function normsPlaced(c: Config): { norm: NormId; of: Sublayer | null }[] {
  const inBlocks = layerPlans(c).flatMap(({ placement, norm }) =>
    updatesOf(c)
      .flatMap((branches) => [
        ...normsOf(placement).flatMap((place) => (place === 'norm' ? branches[0]! : branches)),
        ...(c.inner_norm === 'none' ? [] : branches),
      ])
      .map((of) => ({ norm, of })),
  );
  const around = [hasEmbedNorm(c), hasFinalNorm(c)].filter((stands) => stands);
  return [...inBlocks, ...around.map(() => ({ norm: c.norm, of: null }))];
}
export const normsUsed = (c: Config): NormId[] => normsPlaced(c).map(({ norm }) => norm);
const hasDyT = (c: Config, inAttention: boolean) =>
  normsPlaced(c).some(({ norm, of }) => norm === 'dyt' && (of === 'attn') === inAttention);
const blocksHaveNorms = (c: Config) =>
  layerPlans(c).some(({ placement }) => normsOf(placement).length > 0);

export const hasScores = (c: Config) => c.sublayers !== 'mlp' && c.attention !== 'uniform';
const isAdam = (c: Config) => c.optimizer !== 'sgd' && c.optimizer !== 'momentum';

type Exception = [keys: Key[], when: (config: Config) => boolean, reason: string];

/** Where settings change nothing, and why, for the tooltip: the first that holds. All others always apply. */
const EXCEPTIONS: Exception[] = [
  [
    ['norm'],
    (c) => normsUsed({ ...c, norm: 'layernorm' }).length === 0,
    'No norm stands anywhere: this placement has none, and the final norm is off.',
  ],
  [
    ['norm'],
    (c) => `${normsUsed({ ...c, norm: 'layernorm' })}` === `${normsUsed({ ...c, norm: 'none' })}`,
    'Every norm that stands anywhere is that of an exception.',
  ],
  [
    ['norm_eps'],
    (c) =>
      normsUsed(c).every((id) => norms[id].isWithoutEps) && (c.qk_norm === 'none' || !hasScores(c)),
    'No norm stands anywhere that has an ε.',
  ],
  [
    ['final_norm'],
    (c) => leavesByNorm(c.placement),
    'ResiDual ends in the norm of its second stream, by definition.',
  ],
  [['norm_scale'], (c) => !blocksHaveNorms(c), 'No norm stands in the blocks.'],
  [
    ['n_heads', 'attention', 'causal', 'qk_norm', 'attn_softcap'],
    (c) => c.sublayers === 'mlp',
    'The blocks have no attention.',
  ],
  [
    ['qk_norm', 'attn_softcap'],
    (c) => c.attention === 'uniform',
    'Attention is uniform: every score is 0.',
  ],
  [['mlp_ratio', 'activation'], (c) => c.sublayers === 'attn', 'The blocks have no MLP.'],
  [
    ['topology'],
    (c) => c.sublayers !== 'both',
    'There is one sublayer in a block, and nothing beside it.',
  ],
  [
    ['positions'],
    (c) => c.task === 'gaussian' && !hasScores(c),
    'The task has no embedding to which positions are added, and there are no scores.',
  ],
  [['logit_softcap'], (c) => c.task === 'gaussian', 'The task has no tokens, so no logits.'],
  [
    ['tie_embeddings'],
    (c) => c.task === 'gaussian',
    'The task has no tokens, so no embedding to tie.',
  ],
  [
    ['tie_embeddings'],
    (c) => c.objective === 'random_projection',
    'The random projection reads the stream before the unembedding.',
  ],
  [
    ['token_correlation'],
    (c) => c.task !== 'gaussian',
    'Tokens are symbols of the task, which says where they are alike.',
  ],
  [
    ['embed_std'],
    (c) => c.init === 'gpt2' && c.task !== 'gaussian',
    'GPT-2’s initialization has its own embedding std, 0.02.',
  ],
  [
    ['dyt_alpha', 'dyt_alpha_attn'],
    (c) => !normsUsed(c).includes('dyt'),
    'No DyT stands anywhere.',
  ],
  [
    ['dyt_alpha'],
    (c) => c.dyt_alpha_attn > 0 && !hasDyT(c, false),
    'Every DyT is of attention, which has an α of its own.',
  ],
  [['dyt_alpha_attn'], (c) => !hasDyT(c, true), 'No DyT stands in attention.'],
  [['modality_scale'], (c) => c.task !== 'two_modality', 'The task has one modality.'],
  [['beta1'], (c) => c.optimizer === 'sgd', 'Plain gradient descent has no momentum.'],
  [['beta2'], (c) => !isAdam(c), 'Only Adam keeps a second moment.'],
  [['adam_eps'], (c) => !isAdam(c), 'Only Adam divides by a second moment.'],
  [['schedule_steps'], (c) => c.schedule === 'constant', 'A constant schedule has no end.'],
  [
    ['schedule_steps'],
    (c) => c.schedule === 'inv_sqrt',
    'The inverse root falls for ever; its length is the warm-up’s.',
  ],
  [
    ['precision_policy'],
    (c) => c.precision === 'fp32',
    'Everything is computed in fp32 as it is: there is nothing to round.',
  ],
  [
    ['loss_scale'],
    (c) => c.precision === 'fp32',
    'fp32 loses no gradient of ordinary size; the scale is for the formats below it.',
  ],
  [
    ['eval_seq_len'],
    (c) => c.objective === 'random_projection',
    'The random projection has the size of the training batch.',
  ],
];

/** Tests of a model that is used otherwise than it is trained: other statistics, nothing dropped, another length. */
export const evaluatesApart = (c: Config): boolean =>
  c.eval_seq_len > 0 ||
  c.dropout > 0 ||
  c.stochastic_depth > 0 ||
  normsUsed(c).some((id) => norms[id].over === 'batch');

const reasonsOf = perObject((config: Config) =>
  remembering(
    (key: Key): string | null =>
      EXCEPTIONS.find(([keys, when]) => keys.includes(key) && when(config))?.[2] ?? null,
  ),
);
/** Why a setting changes nothing beside the others, or null where it does. */
export const whyNot = (key: Key, config: Config): string | null => reasonsOf(config)(key);

/** Why a setting changes nothing in any of these, or null where it does in at least one. */
export function whyNotInAny(key: Key, configs: Config[]): string | null {
  const reasons = configs.map((config) => whyNot(key, config));
  return reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null;
}
