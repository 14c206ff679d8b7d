import { beforeAll, expect, test } from 'vitest';
import { BLOCK_SITES } from '../../src/config/blockSites';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { configOf, TINY } from '../engine/support';
import { CASES } from '../parity/cases';
import { findPython } from '../parity/python';
import { nameOf } from '../support/everySetting';
import { besideEngine, type Result } from './modelSupport';

/** Cases that those of parity lack: formats, draws, interventions, blocks of several kinds. */
const MORE: Partial<Config>[] = [
  ...Object.keys(CHOICES.precision)
    .filter((id) => id !== 'fp32')
    .map((id) => ({ precision: id, precision_policy: 'autocast' }) as Partial<Config>)
    .flatMap((format) => [
      format,
      {
        ...format,
        bias: false,
        tie_embeddings: true,
        activation: 'swiglu',
        weight_reparam: 'sigma',
        attn_softcap: 3,
        logit_softcap: 5,
        positions: 'rope',
        qk_norm: 'l2',
      } as const,
    ]),
  ...Object.keys(BLOCK_SITES).map((site) => ({ interventions: `1:noise.${site}=0.3` })),
  {
    interventions:
      '0-1:scale.attn=0.5@3,1:scale.mlp=-2@0-4,0-2:silence=1,1:silence=0@0-4,0-1:noise.attn.v=0.1,1:freeze.mlp',
    placement: 'residual',
    topology: 'parallel',
    n_layers: 3,
  },
  { interventions: '1:noise.attn.q=0.3,1:noise.attn.scores=0.5', attention: 'uniform' },
  { dropout: 0.3, stochastic_depth: 0.5, seed: 12345, residual_scale: 'rezero' },
  {
    dropout: 0.3,
    stochastic_depth: 0.5,
    placement: 'residual',
    topology: 'parallel',
    residual_scale: 'layerscale',
    norm_scale: 'inv_sqrt_layer',
    inner_norm: 'normformer',
    batch_size: 3,
  },
  {
    dropout: 0.5,
    task: 'gaussian',
    objective: 'random_projection',
    placement: 'peri',
    token_correlation: 0.5,
  },
  {
    layer_overrides: '0:peri/none,1:deepnorm/dyt,2:sandwich/batchnorm',
    inner_norm: 'subln',
    dyt_alpha: 1,
    dyt_alpha_attn: 2,
    init: 'gpt2',
    init_gain: 2,
    n_layers: 3,
  },
  { layer_overrides: '1:/rmsnorm,2:none/rmsnorm', n_layers: 3 },
  {
    placement: 'post',
    norm: 'none',
    norm_scale: 'inv_sqrt_layer',
    residual_scale: 'skipless',
    final_norm: 'on',
  },
  { placement: 'peri', norm: 'none', task: 'gaussian', objective: 'random_projection' },
  { init: 'orthogonal', weight_reparam: 'sigma', init_gain: 0.5, activation: 'geglu' },
  { task: 'two_modality', modality_scale: 3, init: 'he', init_gain: 2 },
  { residual_scale: 'layerscale', n_layers: 20 },
];

const ALL = [
  ...CASES.filter(({ steps }) => steps === 1),
  ...MORE.map((settings) => ({
    name: nameOf(settings),
    config: configOf({ ...TINY, ...settings }),
  })),
];

const results = new Map<string, Result | string>();

beforeAll(async () => {
  const python = findPython();
  if (!python) throw new Error('These tests need a Python with PyTorch; PYTHON names one.');
  const found = await besideEngine(
    python,
    ALL.map(({ config }) => config),
  );
  found.forEach((result, i) => results.set(ALL[i]!.name, result));
}, 600_000);

/** Numbers drawn alike are alike to the last bits; singular vectors are searched in another way. */
function mostApart(name: string, { init }: Config): number {
  if (!name.endsWith('.u')) return 1e-6;
  // All singular values of an orthogonal matrix are one, and rounding alone says whose vector it is.
  return init === 'orthogonal' ? 1 : 1e-5;
}

/** Noise makes weights of a pattern negative, of which an entropy is not defined. */
const isDefined = (what: string, { interventions }: Config): boolean =>
  !(interventions.includes('noise.attn.pattern') && what.startsWith('0 layer'));

test.each(ALL)('as the engine: $name', ({ name, config }) => {
  const result = results.get(name)!;
  if (typeof result === 'string') throw new Error(result);
  const { apart, halves, frame } = result;
  expect(Object.keys(apart).length).toBeGreaterThan(0);
  const drawnApart = Object.entries(apart).filter(
    ([tensor, distance]) => !(Number(distance) <= mostApart(tensor, config)),
  );
  expect(drawnApart).toEqual([]);
  expect(halves).toBeLessThan(1e-5);
  expect(frame.length).toBeGreaterThan(100);
  const wrong = frame.filter(({ what, distance }) => !(distance <= 1) && isDefined(what, config));
  expect(wrong).toEqual([]);
});
