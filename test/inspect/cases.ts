import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { norms } from '../../src/config/norms';
import { placements } from '../../src/config/placements';
import { residualScales } from '../../src/config/scales';
import { randomSettings, tamed } from '../engine/randomSettings';
import { TINY } from '../engine/support';

const keys = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as K[];

/** Post-LN puts every norm on the stream, where it has to be carried through. */
const NORMS = keys(norms).map((norm): Partial<Config> => ({
  ...{ norm, placement: 'post', final_norm: 'on' },
  ...(norm === 'prmsnorm' && { norm_eps: 0.5 }),
}));

const PLACEMENTS = keys(placements).map((placement): Partial<Config> => ({ placement }));
const SCALES = keys(residualScales).map((residual_scale): Partial<Config> => ({
  ...{ residual_scale, placement: 'post', norm: 'rmsnorm' },
}));

const COMBINED: Partial<Config>[] = [
  { placement: 'post', norm_scale: 'inv_sqrt_layer', n_layers: 3 },
  { placement: 'pre', norm_scale: 'inv_sqrt_layer' },
  { placement: 'post', topology: 'parallel', norm: 'dyt' },
  { placement: 'residual', topology: 'parallel', norm_scale: 'inv_sqrt_layer' },
  { placement: 'residual', norm: 'batchnorm', n_layers: 3 },
  { placement: 'residual', norm: 'derf', residual_scale: 'inv_sqrt_depth', sublayers: 'mlp' },
  { placement: 'deepnorm', residual_scale: 'deepscale', norm: 'seednorm', n_layers: 3 },
  { placement: 'deepnorm', sublayers: 'attn', norm: 'powernorm' },
  { placement: 'post', sublayers: 'mlp', norm: 'derf', bias: false },
  { placement: 'post', norm: 'batchnorm', bias: false },
  { layer_overrides: '0:post', n_layers: 3 },
  { layer_overrides: '0-1:/rmsnorm,1-2:deepnorm,2:/batchnorm', n_layers: 3 },
  { layer_overrides: '1:none', placement: 'post', final_norm: 'on', n_layers: 3 },
  { tie_embeddings: true, logit_softcap: 3 },
  { tie_embeddings: true, placement: 'residual', logit_softcap: 2, attn_softcap: 2 },
  { causal: false, positions: 'alibi', inner_norm: 'normformer' },
  { task: 'two_modality', norm: 'adaptive', placement: 'post' },
  { task: 'two_modality', norm: 'adaptive', placement: 'residual', bias: false },
  { task: 'induction', placement: 'sandwich', norm: 'rmsnorm' },
  { task: 'gaussian', objective: 'random_projection', placement: 'post', causal: false },
  { objective: 'random_projection', placement: 'deepnorm' },
  { weight_reparam: 'sigma', inner_norm: 'subln', qk_norm: 'rmsnorm' },
];

const whole = (settings: Partial<Config>): Partial<Config> =>
  tamed(complete({ ...TINY, ...settings }).config);

export const CASES: { name: string; settings: Partial<Config> }[] = [
  ...NORMS,
  ...PLACEMENTS,
  ...SCALES,
  ...COMBINED,
].map((settings) => ({ name: JSON.stringify(settings), settings: whole(settings) }));

/** Combinations that nobody has picked. */
export const RANDOM = Array.from({ length: 40 }, (_, seed) => ({
  name: String(seed),
  settings: randomSettings(seed),
}));
