import { describe, expect, test } from 'vitest';
import { evaluatesApart, whyNot } from '../../src/config/applies';
import { complete } from '../../src/config/check';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { field, KEYS, type Config, type Key, type Value } from '../../src/config/fields';
import type { Evaluation } from '../../src/protocol/evaluation';
import { unpack, type Frame } from '../../src/protocol/frame';
import { hasFinalNorm } from '../../src/config/layers';
import { buildRecord } from '../../src/runs/record';
import { configOf, sessionOf, TINY } from './support';

/** Another value than the defaults and bases have, for what is no choice. */
const OTHER: Partial<{ [K in Key]: Config[K] }> = {
  norm_eps: 0.1,
  layer_overrides: '1:post/rmsnorm',
  attn_softcap: 1,
  logit_softcap: 1,
  n_layers: 3,
  d_model: 32,
  n_heads: 4,
  mlp_ratio: 3,
  causal: false,
  bias: false,
  tie_embeddings: true,
  init_gain: 2,
  embed_std: 0.5,
  token_correlation: 0.5,
  dyt_alpha: 1,
  dyt_alpha_attn: 2,
  seed: 1,
  modality_scale: 2,
  seq_len: 9,
  batch_size: 3,
  lr: 0.1,
  weight_decay: 0.5,
  beta1: 0.5,
  beta2: 0.5,
  adam_eps: 1e-2,
  grad_clip: 0.01,
  warmup_steps: 7,
  schedule_steps: 3,
  dropout: 0.5,
  stochastic_depth: 0.9,
  loss_scale: 2 ** 14,
  eval_seq_len: 6,
  interventions: '0:scale.attn=0.5',
};

/** Every field has something to act on in one of these. */
const BASES: Partial<Config>[] = [
  {},
  { task: 'two_modality', norm: 'dyt', schedule: 'cosine', schedule_steps: 4, lr: 0.05 },
  { precision: 'fp16', optimizer: 'sgd', lr: 0.01 },
  { task: 'gaussian', objective: 'random_projection', positions: 'rope' },
  { attention: 'uniform', placement: 'none' },
  { sublayers: 'mlp', norm: 'dyt', placement: 'residual' },
  { sublayers: 'attn', placement: 'post', init: 'gpt2' },
].map((base) => ({ ...base, weight_decay: 0.1 }) as Partial<Config>);

const valuesOf = (key: Key): Value[] =>
  field(key).kind === 'choice'
    ? (Object.keys(CHOICES[key as ChoiceKey]) as Value[])
    : [OTHER[key]!];

/** What a record says of three steps, but for the settings themselves. */
async function framesOf(config: Config): Promise<string> {
  const session = await sessionOf(config);
  const { layout } = session.report;
  const frames: Frame[] = [];
  const evaluations = new Map<number, Evaluation>();
  for (let step = 0; step < 3; step++) {
    if (evaluatesApart(config)) evaluations.set(step, await session.evaluate());
    frames.push(unpack(layout, await session.measure(true)));
  }
  const device = { backend: 'wasm', adapter: '' } as const;
  const { config: _settings, ...record } = buildRecord({
    config,
    device,
    app: '',
    layout,
    frames,
    evaluations,
  });
  session.dispose();
  return JSON.stringify(record);
}

/** Every change of a field from a base that leaves all other settings alone. */
const changes = KEYS.flatMap((key) =>
  BASES.flatMap((base, i) =>
    valuesOf(key).flatMap((value) => {
      const from = configOf({ ...TINY, ...base });
      const { config: to, problems } = complete({ [key]: value }, from);
      if (problems.length || from[key] === value) return [];
      return [{ key, value: String(value), base: i, from, to }];
    }),
  ),
);

/** A record lists heads and the gains of their norms also where no score is computed. */
const isListed = (key: Key) => key === 'n_heads' || key === 'qk_norm';

/** `auto` is one of the other two. */
const isSame = (key: Key, from: Config, to: Config) =>
  key === 'final_norm' && hasFinalNorm(from) === hasFinalNorm(to);

describe('no setting is ignored', () => {
  const baseRecords = new Map<number, Promise<string>>();
  const recordOf = (base: number, config: Config) => {
    if (!baseRecords.has(base)) baseRecords.set(base, framesOf(config));
    return baseRecords.get(base)!;
  };

  test.each(changes)('$key $value on base $base', async ({ key, base, from, to }) => {
    const changed = (await framesOf(to)) !== (await recordOf(base, from));
    const reason = whyNot(key, from) ?? whyNot(key, to);
    if (reason && isListed(key)) return;
    const isChange = reason === null && !isSame(key, from, to);
    expect({ changed, reason }).toEqual({ changed: isChange, reason });
  });

  test.each(KEYS)('%s changes something somewhere', (key) => {
    const acting = changes.filter(
      (change) => change.key === key && !whyNot(key, change.from) && !whyNot(key, change.to),
    );
    expect(acting.length).toBeGreaterThan(0);
  });
});
