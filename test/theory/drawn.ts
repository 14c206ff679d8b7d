import { CHOICES } from '../../src/config/choices';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { stream, type Stream } from '../../src/lib/random';
import { predict } from '../../src/theory/predict';
import { givenOf } from './deviation';

/* Configurations drawn over the domain of the theory (docs/theory.md): settings as below in which every assumption holds. */

const pick = <T>({ integer }: Stream, values: readonly T[]): T => values[integer(values.length)]!;
const any = <K extends keyof typeof CHOICES>(from: Stream, key: K) =>
  pick(from, Object.keys(CHOICES[key])) as Config[K];
/** A number of three digits between two, evenly in its logarithm. */
const between = ({ uniform }: Stream, low: number, high: number): number =>
  Number((low * (high / low) ** uniform()).toPrecision(3));
/** A value other than the usual one, once in so many. */
const seldom = <T>(from: Stream, once: number, usual: T, other: () => T): T =>
  from.integer(once) === 0 ? other() : usual;

const TASKS = ['random', 'parity', 'dyck', 'induction', 'markov', 'two_modality', 'text'] as const;
/** Weights of such a size that a branch is about as large as what it reads; of std 0.02 at d = 256 they are too small. */
const gainOf = (from: Stream, init: Config['init']): number =>
  init === 'normal' || init === 'gpt2' ? between(from, 1, 5) : between(from, 0.6, 1.6);

/** Any settings; most of the field's, but for the width and for what makes no difference at step 0. */
function anySettings(from: Stream): Partial<Config> {
  const init = any(from, 'init');
  const hasTokens = from.integer(4) === 0;
  const L = pick(from, [2, 3, 4, 6, 8, 12]);
  const T = pick(from, [8, 16, 32, 64]);
  const shared: Partial<Config> = {
    ...{ d_model: 256, n_layers: L, init, init_gain: gainOf(from, init) },
    placement: any(from, 'placement'),
    norm: seldom(from, 2, 'layernorm', () => any(from, 'norm')),
    norm_scale: seldom(from, 4, 'one', () => 'inv_sqrt_layer'),
    residual_scale: seldom(from, 2, 'one', () => any(from, 'residual_scale')),
    topology: any(from, 'topology'),
    sublayers: seldom(from, 3, 'both', () => any(from, 'sublayers')),
    activation: any(from, 'activation'),
    mlp_ratio: pick(from, [1, 2, 4]),
    n_heads: pick(from, [1, 2, 4, 8]),
    causal: from.integer(2) === 0,
    attention: any(from, 'attention'),
    embed_std: between(from, 0.3, 4),
    dropout: seldom(from, 4, 0, () => between(from, 0.05, 0.3)),
    layer_overrides: seldom(from, 6, '', () => `0-${Math.floor(L / 2) - 1}:post`),
    inner_norm: seldom(from, 4, 'none', () => any(from, 'inner_norm')),
    qk_norm: seldom(from, 4, 'none', () => any(from, 'qk_norm')),
    weight_reparam: seldom(from, 8, 'none', () => 'sigma'),
    final_norm: any(from, 'final_norm'),
    positions: pick(from, ['none', 'rope', 'learned', 'sinusoidal']),
    ...{ seq_len: T, batch_size: Math.max(2, 64 / T) },
  };
  return hasTokens
    ? { ...shared, task: pick(from, TASKS) }
    : {
        ...{ ...shared, task: 'gaussian', objective: 'random_projection' },
        token_correlation: seldom(from, 2, 0, () => Number(from.uniform().toFixed(2))),
      };
}

/** Tests of settings that can go together, under which every assumption of the theory holds. */
function isInDomain(settings: Partial<Config>): boolean {
  const { config, problems } = complete(settings);
  return (
    problems.length === 0 &&
    predict(config, givenOf(config)).assumptions.every(({ holds }) => holds)
  );
}

/** So many configurations of the domain, the same for one seed. */
export function draw(count: number, seed: number): Partial<Config>[] {
  const from = stream(seed, 'theory/drawn');
  const found: Partial<Config>[] = [];
  while (found.length < count) {
    const settings = anySettings(from);
    if (isInDomain(settings)) found.push(settings);
  }
  return found;
}
