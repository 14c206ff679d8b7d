import { nearest } from '../lib/words';
import { KEYS, type Key } from './fields';

/** Settings by the names that other programs give them. */
const ELSEWHERE: Record<string, Key> = {
  learning_rate: 'lr',
  hidden_size: 'd_model',
  embed_dim: 'd_model',
  n_embd: 'd_model',
  dim: 'd_model',
  width: 'd_model',
  depth: 'n_layers',
  num_layers: 'n_layers',
  num_hidden_layers: 'n_layers',
  num_heads: 'n_heads',
  num_attention_heads: 'n_heads',
  ffn_ratio: 'mlp_ratio',
  act: 'activation',
  hidden_act: 'activation',
  context_length: 'seq_len',
  block_size: 'seq_len',
  max_seq_len: 'seq_len',
  sequence_length: 'seq_len',
  eps: 'norm_eps',
  layer_norm_eps: 'norm_eps',
  rms_norm_eps: 'norm_eps',
  normalization: 'norm',
  norm_type: 'norm',
  norm_position: 'placement',
  position_embedding: 'positions',
  position_encoding: 'positions',
  tie_word_embeddings: 'tie_embeddings',
  weight_tying: 'tie_embeddings',
  max_grad_norm: 'grad_clip',
  gradient_clipping: 'grad_clip',
  wd: 'weight_decay',
  drop_path: 'stochastic_depth',
  dtype: 'precision',
  amp: 'precision_policy',
  autocast: 'precision_policy',
  mixed_precision: 'precision_policy',
  random_seed: 'seed',
};
const FOREIGN = Object.keys(ELSEWHERE);

/** The setting that a wrong key was meant to be: the nearest name, here or in other programs; null where none is. */
export function closestKey(typed: string): Key | null {
  const known: string | null = nearest(typed, [...KEYS, ...FOREIGN]);
  return known === null ? null : (ELSEWHERE[known] ?? (known as Key));
}
