import type { Config, Key } from './fields';
import { hasEmbedNorm, hasFinalNorm, layerPlans } from './layers';
import { norms, type NormId } from './norms';
import { leavesByNorm, normsOf } from './placements';

interface Exception {
  when(config: Config): boolean;
  /** Why the setting changes nothing now, for the tooltip. */
  reason: string;
}

/** The norms that stand somewhere: in blocks, around them, or inside sublayers. */
function normsUsed(c: Config): NormId[] {
  const plans = layerPlans(c);
  const inside = c.inner_norm !== 'none';
  return [
    ...plans.filter((p) => inside || normsOf(p.placement).length > 0).map((p) => p.norm),
    ...(hasEmbedNorm(c) ? [plans[0]!.norm] : []),
    ...(hasFinalNorm(c) ? [plans.at(-1)!.norm] : []),
  ];
}
const blocksHaveNorms = (c: Config) =>
  layerPlans(c).some(({ placement }) => normsOf(placement).length > 0);

const withoutAttention: Exception = {
  when: (c) => c.sublayers === 'mlp',
  reason: 'The blocks have no attention.',
};
const withoutScores: Exception = {
  when: (c) => c.attention === 'uniform',
  reason: 'Attention is uniform: every score is 0.',
};
const withoutMlp: Exception = {
  when: (c) => c.sublayers === 'attn',
  reason: 'The blocks have no MLP.',
};
const gaussian = (reason: string): Exception => ({ when: (c) => c.task === 'gaussian', reason });
const plainSteps = (reason: string): Exception => ({
  when: (c) => c.optimizer === 'sgd' || c.optimizer === 'momentum',
  reason,
});

/** Where a setting changes nothing, and why. A key that is not named here always applies. */
const EXCEPTIONS: Partial<Record<Key, Exception[]>> = {
  norm: [
    {
      when: (c) => normsUsed({ ...c, norm: 'layernorm' }).length === 0,
      reason: 'No norm stands anywhere: this placement has none, and the final norm is off.',
    },
  ],
  norm_eps: [
    {
      when: (c) =>
        !normsUsed(c).some((id) => norms[id].usesEps) &&
        (c.qk_norm === 'none' || c.attention === 'uniform' || c.sublayers === 'mlp'),
      reason: 'No norm stands anywhere that has an ε.',
    },
  ],
  final_norm: [
    {
      when: (c) => leavesByNorm(c.placement),
      reason: 'ResiDual ends in the norm of its second stream, by definition.',
    },
  ],
  qk_norm: [withoutAttention, withoutScores],
  attn_softcap: [withoutAttention, withoutScores],
  logit_softcap: [gaussian('The task has no tokens, so no logits.')],
  norm_scale: [{ when: (c) => !blocksHaveNorms(c), reason: 'No norm stands in the blocks.' }],
  n_heads: [withoutAttention],
  mlp_ratio: [withoutMlp],
  activation: [withoutMlp],
  positions: [
    {
      when: (c) => c.task === 'gaussian' && (c.attention === 'uniform' || c.sublayers === 'mlp'),
      reason: 'The task has no embedding to which positions are added, and there are no scores.',
    },
  ],
  attention: [withoutAttention],
  topology: [
    {
      when: (c) => c.sublayers !== 'both',
      reason: 'There is one sublayer in a block, and nothing beside it.',
    },
  ],
  causal: [withoutAttention],
  tie_embeddings: [
    gaussian('The task has no tokens, so no embedding to tie.'),
    {
      when: (c) => c.objective === 'random_projection',
      reason: 'The random projection reads the stream before the unembedding.',
    },
  ],
  embed_std: [
    {
      when: (c) => c.init === 'gpt2' && c.task !== 'gaussian',
      reason: 'GPT-2’s initialization has its own embedding std, 0.02.',
    },
  ],
  modality_scale: [
    {
      when: (c) => c.task !== 'two_modality',
      reason: 'The task has one modality.',
    },
  ],
  beta1: [
    { when: (c) => c.optimizer === 'sgd', reason: 'Plain gradient descent has no momentum.' },
  ],
  beta2: [plainSteps('Only Adam keeps a second moment.')],
  adam_eps: [plainSteps('Only Adam divides by a second moment.')],
  schedule_steps: [
    {
      when: (c) => c.schedule === 'constant',
      reason: 'A constant schedule has no end.',
    },
    {
      when: (c) => c.schedule === 'inv_sqrt',
      reason: 'The inverse root falls for ever; its length is the warm-up’s.',
    },
  ],
  loss_scale: [
    {
      when: (c) => c.precision === 'fp32',
      reason: 'fp32 loses no gradient of ordinary size; the scale is for the formats below it.',
    },
  ],
  eval_seq_len: [
    {
      when: (c) => c.objective === 'random_projection',
      reason: 'The random projection has the size of the training batch.',
    },
  ],
};

/** Tests of a model that is used otherwise than it is trained: other statistics, nothing dropped, another length. */
export const evaluatesApart = (c: Config): boolean =>
  c.eval_seq_len > 0 ||
  c.dropout > 0 ||
  c.stochastic_depth > 0 ||
  normsUsed(c).some((id) => norms[id].over === 'batch');

/** Why a setting changes nothing in this configuration, or null where it does. */
export const whyNot = (key: Key, config: Config): string | null =>
  EXCEPTIONS[key]?.find(({ when }) => when(config))?.reason ?? null;

/** Why a setting changes nothing in any of these, or null where it does in at least one. */
export function whyNotInAny(key: Key, configs: Config[]): string | null {
  const reasons = configs.map((config) => whyNot(key, config));
  return reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null;
}
