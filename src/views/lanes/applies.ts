import type { Config, Key } from '../../config/fields';
import { normsOf } from '../../config/placements';
import { hasFinalNorm } from '../../config/placements';

interface Exception {
  when(config: Config): boolean;
  /** Why the setting changes nothing now, for the tooltip. */
  reason: string;
}

const withoutNorm: Exception = {
  when: (c) => normsOf(c.placement).length === 0 && !hasFinalNorm(c),
  reason: 'No norm stands anywhere: this placement has none, and the final norm is off.',
};
const gaussian = (reason: string): Exception => ({ when: (c) => c.task === 'gaussian', reason });
const plainSteps = (reason: string): Exception => ({
  when: (c) => c.optimizer === 'sgd' || c.optimizer === 'momentum',
  reason,
});

/** Where a setting changes nothing, and why. A key that is not named here always applies. */
const EXCEPTIONS: Partial<Record<Key, Exception[]>> = {
  norm: [withoutNorm],
  norm_eps: [
    { when: (c) => c.norm === 'none', reason: 'The norm is the identity, which has no ε.' },
    withoutNorm,
  ],
  positions: [gaussian('The task has no tokens, so no embedding to which positions are added.')],
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
};

/** Why a setting changes nothing in this configuration, or null where it does. */
export const whyNot = (key: Key, config: Config): string | null =>
  EXCEPTIONS[key]?.find(({ when }) => when(config))?.reason ?? null;

/** Why a setting changes nothing in any of these, or null where it does in at least one. */
export function whyNotInAny(key: Key, configs: Config[]): string | null {
  const reasons = configs.map((config) => whyNot(key, config));
  return reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null;
}
