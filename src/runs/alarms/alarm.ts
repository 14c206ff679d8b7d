import {
  BLOCK_SITES,
  STACK_SITES,
  parseSite,
  type BlockSite,
  type StackSite,
} from '../../config/sites';
import type { Config, Key } from '../../config/fields';
import type { Direction } from '../../config/statistics';
import type { Layout } from '../../protocol/frame';
import type { RuleId } from './rules';

/** The smallest and the largest of the values that came before. */
export interface Band {
  low: number;
  high: number;
  /** The number of values. */
  steps: number;
}

/** The operation at a measured place. */
export interface Place {
  /** A site, a tensor or a branch by its name, or what there is one of: the loss, the gradient, the update. */
  at: string;
  layer: number | null;
  head?: number;
  /** In words: “what the MLP reads”. */
  operation: string;
  /** The update follows from both passes. */
  direction: Direction | 'update';
  /** Where it stands in the order in which a step is computed: forward, backward, tensor by tensor, update. */
  order: number;
}

/** The finding of a rule in a measurement. */
export interface Sign extends Place {
  statistic:
    | 'rms'
    | 'grad_rms'
    | 'param_grad_rms'
    | 'loss'
    | 'grad_norm'
    | 'overflow'
    | 'max_logit'
    | 'update_ratio';
  value: number;
  /** Of the measurements before it; null where the value speaks for itself. */
  band: Band | null;
  /** A further sentence about it. */
  remark?: string;
  /** The number of steps in a row that it took. */
  row?: number;
}

/** Something that goes wrong, when it was first seen. */
export interface Alarm extends Sign {
  rule: RuleId;
  /** The step at which it was certain, and the first that it rests on. */
  step: number;
  since: number;
  /** Settings that were changed at this very step. */
  changed: Key[];
}

/** A single change that may keep a run from an alarm. */
export interface Remedy {
  id: string;
  title: string;
  reason: string;
  changes: Partial<Config>;
  /** The step to go back to. */
  from: number;
}

const NOTES = { ...BLOCK_SITES, ...STACK_SITES } satisfies Record<BlockSite | StackSite, unknown>;

export function placeOfSite({ sites }: Layout, i: number, direction: Direction): Place {
  const at = sites[i]!;
  const { layer, kind } = parseSite(at);
  const order = direction === 'forward' ? i : 2 * sites.length - i;
  return { at, layer, operation: NOTES[kind].note, direction, order };
}

export const placeOfLoss = ({ sites }: Pick<Layout, 'sites'>): Place => ({
  at: 'loss',
  layer: null,
  operation: 'the mean over all counted tokens',
  direction: 'forward',
  order: sites.length,
});

export function placeOfParam({ sites, params }: Layout, i: number): Place {
  const at = params[i]!;
  const layer = /^blocks\.(\d+)\./.exec(at)?.[1];
  return {
    at,
    layer: layer === undefined ? null : Number(layer),
    operation: 'the gradient of a tensor of weights',
    direction: 'backward',
    order: 2 * sites.length + 1 + i,
  };
}

/** Of the gradient or the update as a whole. */
export const placeOfUpdate = ({ sites, params }: Layout, at: 'gradient' | 'update'): Place => ({
  at,
  layer: null,
  operation:
    at === 'gradient' ? 'the gradient of all that is learned' : 'the change of all weights',
  direction: at === 'gradient' ? 'backward' : 'update',
  order: 2 * sites.length + 1 + params.length,
});

export function placeOfHead({ sites, n_heads }: Layout, i: number): Place {
  const layer = Math.floor(i / n_heads);
  return {
    at: `blocks.${layer}.attn`,
    layer,
    head: i % n_heads,
    operation: 'the attention weights of a head',
    direction: 'forward',
    order: sites.indexOf(`blocks.${layer}.attn.pattern`),
  };
}
