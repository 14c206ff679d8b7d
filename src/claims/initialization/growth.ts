import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { farthest, isWithin } from '../numbers';
import { PAPERS } from '../papers';
import { alongStream, meanSquares } from '../read';
import { THEORY } from './setting';

const DEPTH = 24;

/** Short sequences and gated MLPs: what the branches write is then nearly independent from layer to layer. */
const INDEPENDENT = {
  n_layers: DEPTH,
  d_model: 128,
  activation: 'swiglu',
  attention: 'uniform',
  causal: false,
  task: 'gaussian',
  objective: 'random_projection',
  seq_len: 4,
  batch_size: 16,
  n_heads: 1,
  mlp_ratio: 1,
} as const;

/** Mean square of the stream of peri-LN after l layers, where it begins at 1 and each branch adds 1. */
const line = (l: number) => 1 + 2 * l;

export const PERI = defineClaim({
  id: 'peri-linear-growth',
  title: 'The stream of peri-LN grows in a straight line: each sublayer adds one unit of variance',
  source: PAPERS.kim,
  figure: 'variance of hidden states by depth',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...INDEPENDENT, embed_std: 2 },
      lanes: [{ placement: 'peri' }, { placement: 'sandwich' }, { placement: 'post' }],
      magnitude: 'rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['peri-LN', 'sandwich', 'post-LN'],
  seeds: 8,
  steps: [0],
  measure([peri, sandwich, post]) {
    const [V, S] = [meanSquares(peri), meanSquares(sandwich)];
    return {
      'V_4 of peri-LN': V[4]!,
      'V_8 of peri-LN': V[8]!,
      'V_12 of peri-LN': V[12]!,
      'V_16 of peri-LN': V[16]!,
      'V_20 of peri-LN': V[20]!,
      'V_24 of peri-LN': V[24]!,
      'V_24 of sandwich': S[DEPTH]!,
      'V_24 of post-LN': meanSquares(post)[DEPTH]!,
      'farthest of any layer from V_0 + 2l, of one seed': farthest(
        V,
        V.map((_, l) => line(l)),
      ),
    };
  },
  predicate(measured) {
    const V = [
      measured['V_4 of peri-LN'].mean,
      measured['V_8 of peri-LN'].mean,
      measured['V_12 of peri-LN'].mean,
      measured['V_16 of peri-LN'].mean,
      measured['V_20 of peri-LN'].mean,
      measured['V_24 of peri-LN'].mean,
    ];
    if (V.every((v, i) => isWithin(v / line(4 * (i + 1)), 0.95, 1.05))) return 'yes';
    return V.at(-1)! > 4 * measured['V_24 of post-LN'].mean ? 'direction' : 'no';
  },
  published:
    'linear growth of the variance for peri-LN, since the output norm gives every sublayer the same variance; at unit gains the mean square after l layers is 2l more than at first, so 49 after 24',
  says: (measured) =>
    `the mean square of the stream after 8, 16 and 24 layers is ${said(measured['V_8 of peri-LN'])}, ${said(measured['V_16 of peri-LN'])} and ${said(measured['V_24 of peri-LN'])} for peri-LN; after 24 it is ${said(measured['V_24 of sandwich'])} for sandwich (which begins at 4), ${said(measured['V_24 of post-LN'])} for post-LN`,
  note: 'Within 5 % of the line at every fourth layer, for the mean over seeds; the layer of one seed that is farthest from it is off by as much on average. The line holds where branches are independent of the stream; tokens that align under ReLU or GELU make them correlated, and V scatters around it. The paper’s other half, that pre-LN’s variance grows exponentially, is about training: at initialization it is linear too.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'linear', isSquared: true },
});

/** The gain of V in the second half of the layers, over that in the first. */
function lateOverEarly(run: Run): number {
  const V = meanSquares(run);
  const half = (V.length - 1) / 2;
  return (V.at(-1)! - V[half]!) / (V[half]! - V[0]!);
}
/** Σ 1/(l + 1) over the second half of the layers, over the same of the first. */
const HARMONIC = (() => {
  const sum = (from: number, to: number) => {
    let total = 0;
    for (let l = from; l < to; l++) total += 1 / (l + 1);
    return total;
  };
  return sum(DEPTH / 2, DEPTH) / sum(0, DEPTH / 2);
})();

export const LAYERNORM_SCALING = defineClaim({
  id: 'layernorm-scaling-growth',
  title: 'LayerNorm Scaling turns the growth of pre-LN’s variance into that of a logarithm',
  source: PAPERS.sun,
  figure: 'figure 1; eq. 4',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...INDEPENDENT, activation: 'gelu', placement: 'pre' },
      lanes: [{ norm_scale: 'one' }, { norm_scale: 'inv_sqrt_layer' }],
      magnitude: 'rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['pre-LN', 'LayerNorm Scaling'],
  seeds: 8,
  steps: [0],
  measure: ([pre, scaled]) => ({
    'V_24 of pre-LN': meanSquares(pre)[DEPTH]!,
    'V_24 of LayerNorm Scaling': meanSquares(scaled)[DEPTH]!,
    'late over early growth, pre-LN': lateOverEarly(pre),
    'late over early growth, LayerNorm Scaling': lateOverEarly(scaled),
  }),
  predicate(measured) {
    const late = measured['late over early growth, LayerNorm Scaling'].mean;
    const isFlatter =
      measured['V_24 of pre-LN'].mean > 2 * measured['V_24 of LayerNorm Scaling'].mean;
    if (isFlatter && isWithin(late / HARMONIC, 0.7, 1.3)) return 'yes';
    return isFlatter && late < 0.7 * measured['late over early growth, pre-LN'].mean
      ? 'direction'
      : 'no';
  },
  published:
    'output variance that grows without bound with depth under pre-LN stays small in all layers when every norm is divided by the root of its layer’s number (LLaMA-130M, after 10,000 steps)',
  says: (measured) =>
    `the mean square of the stream after 24 layers is ${said(measured['V_24 of pre-LN'])} for pre-LN and ${said(measured['V_24 of LayerNorm Scaling'])} with scaling; layers 13 to 24 add ${said(measured['late over early growth, pre-LN'])} and ${said(measured['late over early growth, LayerNorm Scaling'])} times what layers 1 to 12 add`,
  note: `Measured at initialization, where pre-LN grows linearly and not yet exponentially; the paper’s figure is of trained models. A branch whose input is divided by √(l + 1) adds 1/(l + 1) of the variance, so that the later half of the layers adds ${HARMONIC.toFixed(3)} of the earlier half; within 30 % of that is called a logarithm, since GELU’s output is not exactly ∝ its input. Angular distances of deep layers are about trained models and are not looked at here.`,
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});

/** 2^¼: with it both matrices of a ReLU MLP together keep the mean square. */
const UNIT_GAIN = 1.18921;

export const DEEPSCALE = defineClaim({
  id: 'deepscalelm-unit-variance',
  title: 'DeepScaleLM keeps signal and gradient at unit variance through depth',
  source: PAPERS.kedia,
  figure: 'section 4',
  phenomena: ['magnitude', 'gradient'],
  links: [
    linkTo({
      settings: {
        ...THEORY,
        n_layers: 48,
        sublayers: 'mlp',
        init_gain: UNIT_GAIN,
        placement: 'pre',
      },
      lanes: [{ residual_scale: 'deepscale' }, { residual_scale: 'one' }],
      magnitude: 'rms@resid_post',
      gradient: 'grad_rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['DeepScaleLM', 'pre-LN'],
  seeds: 4,
  steps: [0],
  measure([deepscale, plain]) {
    const [V, gradient] = [meanSquares(deepscale), alongStream(deepscale, 'grad_rms')];
    const overTop = (l: number) => (gradient[l]! / gradient[48]!) ** 2;
    return {
      'V_12 of DeepScaleLM': V[12]!,
      'V_24 of DeepScaleLM': V[24]!,
      'V_36 of DeepScaleLM': V[36]!,
      'V_48 of DeepScaleLM': V[48]!,
      'G_0 over G_48 of DeepScaleLM': overTop(0),
      'G_12 over G_48 of DeepScaleLM': overTop(12),
      'G_24 over G_48 of DeepScaleLM': overTop(24),
      'G_36 over G_48 of DeepScaleLM': overTop(36),
      'V_48 of pre-LN': meanSquares(plain)[48]!,
    };
  },
  predicate(measured) {
    const V = [
      measured['V_12 of DeepScaleLM'].mean,
      measured['V_24 of DeepScaleLM'].mean,
      measured['V_36 of DeepScaleLM'].mean,
      measured['V_48 of DeepScaleLM'].mean,
    ];
    const G = [
      measured['G_0 over G_48 of DeepScaleLM'].mean,
      measured['G_12 over G_48 of DeepScaleLM'].mean,
      measured['G_24 over G_48 of DeepScaleLM'].mean,
      measured['G_36 over G_48 of DeepScaleLM'].mean,
    ];
    if (V.every((v) => isWithin(v, 0.9, 1.1)) && G.every((g) => isWithin(g, 0.8, 1.25))) {
      return 'yes';
    }
    return V.at(-1)! < measured['V_48 of pre-LN'].mean / 4 ? 'direction' : 'no';
  },
  published:
    'x ← √(1 − 2/N)·x + √(2/N)·f(x) with unit branches: variance 1 of the signal, and of the gradient within a constant factor, at every depth up to 1000 layers',
  says: (measured) =>
    `the mean square of the stream after 12, 24, 36 and 48 layers is ${said(measured['V_12 of DeepScaleLM'])}, ${said(measured['V_24 of DeepScaleLM'])}, ${said(measured['V_36 of DeepScaleLM'])} and ${said(measured['V_48 of DeepScaleLM'])}, and the squared gradient at layers 0, 12, 24 and 36 is ${said(measured['G_0 over G_48 of DeepScaleLM'])}, ${said(measured['G_12 over G_48 of DeepScaleLM'])}, ${said(measured['G_24 over G_48 of DeepScaleLM'])} and ${said(measured['G_36 over G_48 of DeepScaleLM'])} times that at the top; plain pre-LN has a mean square of ${said(measured['V_48 of pre-LN'])} after 48`,
  note: 'Of up to 1000 layers 48 are tried. Asked for at every twelfth, in the mean over seeds: V within 10 % of 1, and a squared gradient of 0.8 to 1.25 times that at the top. MLPs alone, with weights 2^¼ times LeCun’s, so that branches have mean square 1, as the paper’s initialization brings about. Attention over tokens that differ gives less than 1 by itself: the paper scales its matrices by the tokens’ correlation, which is not a setting here.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});
