import type { FormatId } from '../../src/lib/floats';
import { placements } from './placements';

/** The settings of a run, under the keys that the configuration of the app has. */
export interface Settings {
  placement: string;
  norm: string;
  norm_eps: number;
  layer_overrides: string;
  final_norm: string;
  qk_norm: string;
  attn_softcap: number;
  logit_softcap: number;
  residual_scale: string;
  norm_scale: string;
  inner_norm: string;
  weight_reparam: string;
  n_layers: number;
  d_model: number;
  n_heads: number;
  mlp_ratio: number;
  seq_len: number;
  activation: string;
  positions: string;
  causal: boolean;
  tie_embeddings: boolean;
  bias: boolean;
  topology: string;
  sublayers: string;
  attention: string;
  objective: string;
  task: string;
  batch_size: number;
  optimizer: string;
  lr: number;
  weight_decay: number;
  beta1: number;
  beta2: number;
  adam_eps: number;
  grad_clip: number;
  schedule: string;
  warmup_steps: number;
  schedule_steps: number;
  precision: FormatId;
  /** Of these only `autocast` rounds here. */
  precision_policy: string;
  loss_scale: number;
}

export type RefConfig = Partial<Settings>;

const DEFAULTS: Settings = {
  placement: 'pre',
  norm: 'layernorm',
  norm_eps: 1e-5,
  layer_overrides: '',
  final_norm: 'auto',
  qk_norm: 'none',
  attn_softcap: 0,
  logit_softcap: 0,
  residual_scale: 'one',
  norm_scale: 'one',
  inner_norm: 'none',
  weight_reparam: 'none',
  n_layers: 12,
  d_model: 64,
  n_heads: 4,
  mlp_ratio: 4,
  seq_len: 32,
  activation: 'gelu',
  positions: 'learned',
  causal: true,
  tie_embeddings: false,
  bias: true,
  topology: 'sequential',
  sublayers: 'both',
  attention: 'softmax',
  objective: 'cross_entropy',
  task: 'text',
  batch_size: 4,
  optimizer: 'adamw',
  lr: 1e-3,
  weight_decay: 0,
  beta1: 0.9,
  beta2: 0.999,
  adam_eps: 1e-8,
  grad_clip: 0,
  schedule: 'constant',
  warmup_steps: 0,
  schedule_steps: 1000,
  precision: 'fp32',
  precision_policy: 'every_op',
  loss_scale: 1,
};

export const complete = (config: RefConfig): Settings => ({ ...DEFAULTS, ...config });

/** The entry of a table, or a message that names what there is. */
export function lookUp<T>(table: Record<string, T>, id: string): T {
  const entry = table[id];
  if (entry === undefined) {
    throw new Error(`the reference has no “${id}”, only ${Object.keys(table).join(', ')}`);
  }
  return entry;
}

export type Sublayer = 'attn' | 'mlp';

/** The branches of each residual update of a block. */
export function updatesOf({ sublayers, topology }: Settings): Sublayer[][] {
  if (sublayers !== 'both') return [[sublayers as Sublayer]];
  return topology === 'parallel' ? [['attn', 'mlp']] : [['attn'], ['mlp']];
}

/** N of the depth-dependent residual scales: the number of sublayers that run. */
export const sublayerCount = (settings: Settings): number =>
  settings.n_layers * updatesOf(settings).flat().length;

export interface LayerPlan {
  placement: string;
  norm: string;
}

/** Placement and norm of every layer: `0-2:post,8:/rmsnorm`, later exceptions win. */
export function layerPlans(settings: Settings): LayerPlan[] {
  const plans = Array.from({ length: settings.n_layers }, () => ({
    placement: settings.placement,
    norm: settings.norm,
  }));
  for (const override of settings.layer_overrides.split(',').filter((part) => part.trim())) {
    const match = /^(\d+)(?:-(\d+))?:(\w*)(?:\/(\w+))?$/.exec(override.trim());
    if (!match) throw new Error(`not a layer override: ${override}`);
    const [, first, last = first, placement, norm] = match;
    plans.slice(Number(first), Number(last) + 1).forEach((plan) => {
      if (placement) plan.placement = placement;
      if (norm) plan.norm = norm;
    });
  }
  return plans;
}

/** Whether a norm stands between the last block and the unembedding. */
export function hasFinalNorm(settings: Settings): boolean {
  if (settings.placement === 'residual') return true; // part of its definition
  if (settings.final_norm !== 'auto') return settings.final_norm === 'on';
  const last = layerPlans(settings)[settings.n_layers - 1];
  return last !== undefined && lookUp(placements, last.placement).endsInNorm;
}

/** Whether the embedding is normalized before the first block. */
export const hasEmbedNorm = (settings: Settings): boolean =>
  lookUp(placements, layerPlans(settings)[0]?.placement ?? 'none').normsEmbedding;
