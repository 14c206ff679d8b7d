import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { standardError } from '../numbers';
import { PAPERS } from '../papers';
import { last, numberIn } from '../read';
import { gainFor, THEORY } from './setting';

const square = (run: Run, site: string, statistic = 'rms'): number =>
  numberIn(last(run).measured, `blocks.0.${site}/${statistic}`) ** 2;

const PI = Math.PI;
/** Mean squares of an activation of normals of variance 1, and of its slope. */
const RELU = { forward: 1 / 2, backward: 1 / 2 };
const GELU = {
  // Variance plus squared mean, at σ = 1.
  forward: 1 / 4 + Math.asin(1 / 2) / (2 * PI) + 1 / (2 * PI * Math.sqrt(3)),
  backward: 1 / 4 + Math.asin(1 / 2) / (2 * PI) + 8 / (4 * PI * 3 ** 1.5),
};
const DROPOUT = 0.25;
/** Variance of scores whose softmax is looked at: the law is for small ones. */
const SCORES = 0.25;

const ONE_LAYER = {
  ...THEORY,
  n_layers: 1,
  placement: 'pre',
  d_model: 256,
  seq_len: 64,
  batch_size: 8,
  final_norm: 'off',
} as const;

export const COMPONENTS = defineClaim({
  id: 'kedia-components',
  title:
    'Closed forms give the moments of the parts of a Transformer, and those of ReLU and GELU backward too',
  source: PAPERS.kedia,
  figure: 'tables of moments of components',
  phenomena: ['magnitude', 'gradient'],
  links: [
    linkTo({
      settings: { ...ONE_LAYER, sublayers: 'mlp' },
      lanes: [
        { activation: 'relu' },
        { activation: 'gelu' },
        { activation: 'relu', dropout: DROPOUT },
      ],
      magnitude: 'rms@mlp_out',
      theory: 'on',
    }),
    linkTo({
      settings: { ...ONE_LAYER, sublayers: 'attn', attention: 'softmax' },
      lanes: [{ init_gain: gainFor(SCORES) }],
      magnitude: 'rms@attn.pattern',
    }),
  ],
  lanes: ['ReLU', 'GELU', 'ReLU and dropout', 'softmax'],
  seeds: 8,
  steps: [0],
  measure([relu, gelu, dropout, softmax]) {
    const T = ONE_LAYER.seq_len;
    const forward = (run: Run) => square(run, 'mlp_out') / square(run, 'mlp_in');
    const backward = (run: Run) =>
      square(run, 'mlp_in', 'grad_rms') / square(run, 'mlp_out', 'grad_rms');
    const scores = square(softmax, 'attn.scores');
    return {
      'LayerNorm, forward': square(relu, 'mlp_in'),
      'linear, forward, over d σ_w²σ²':
        square(softmax, 'attn.v') / square(softmax, 'attn_in') / Math.sqrt(SCORES),
      'ReLU, forward, over ½': forward(relu) / RELU.forward,
      'ReLU, backward, over ½': backward(relu) / RELU.backward,
      'GELU, forward, over its form': forward(gelu) / GELU.forward,
      'GELU, backward, over its form': backward(gelu) / GELU.backward,
      'dropout, over 1/(1 − p)':
        (square(dropout, 'mlp_add') / square(dropout, 'mlp_out')) * (1 - DROPOUT),
      'softmax, over e^{σ²}/n²': (square(softmax, 'attn.pattern') * T ** 2) / Math.exp(scores),
    };
  },
  predicate(measured) {
    const off = Object.values(measured).map(({ mean, values }) => ({
      by: Math.abs(mean - 1),
      chance: 3 * standardError(values),
    }));
    if (off.every(({ by, chance }) => by < Math.min(0.05, Math.max(0.01, chance)))) return 'yes';
    return off.every(({ by }) => by < 0.1) ? 'direction' : 'no';
  },
  published:
    'closed forms for linear maps, ReLU, GELU, dropout, LayerNorm and softmax, forward and backward; in simulation the error is under 10 % in 99 of 100 cases',
  says: (measured) =>
    `measured over the closed form: LayerNorm ${said(measured['LayerNorm, forward'], 4)}; linear ${said(measured['linear, forward, over d σ_w²σ²'], 4)}; ReLU ${said(measured['ReLU, forward, over ½'], 4)} and ${said(measured['ReLU, backward, over ½'], 4)} backward; GELU ${said(measured['GELU, forward, over its form'], 4)} and ${said(measured['GELU, backward, over its form'], 4)}; dropout ${said(measured['dropout, over 1/(1 − p)'], 4)}; softmax ${said(measured['softmax, over e^{σ²}/n²'], 4)}`,
  note: 'One layer at d = 256, mean squares with the mean in them. The second matrix of the MLP and the first, which have variance 1/d, are part of what is measured. Reproduced is within 1 %, or within three standard errors of the mean over seeds where these are more, and in no case 5 % off: tokens share an MLP’s matrices, so that its forward gain scatters by some per cent from seed to seed. The direction is within the 10 % of the paper’s own simulations. Backward, linear maps, dropout, LayerNorm and softmax are not measured here.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'linear', isSquared: true },
});
