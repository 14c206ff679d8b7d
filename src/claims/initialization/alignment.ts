import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { isWithin, power } from '../numbers';
import { PAPERS } from '../papers';
import { alongStream, byLayer } from '../read';
import { THEORY } from './setting';

const cosine = (run: Run): number => alongStream(run, 'token_cosine').at(-1)!;

const DEEP = 32;
/** Attention alone without a norm, all maps linear: the setting of Noci’s lemmas. */
const LINEAR = {
  ...THEORY,
  n_layers: DEEP,
  d_model: 64,
  batch_size: 8,
  sublayers: 'attn',
  placement: 'none',
  init: 'lecun',
} as const;
/** ρ_L for α² = 1/L: a = (1 + 1/L)^L, and the tokens begin independent. */
const scaledCosine = (n: number): number => {
  const a = (1 + 1 / DEEP) ** DEEP;
  return (a - 1) / (n - 1 + a);
};

export const RANK_COLLAPSE = defineClaim({
  id: 'noci-rank-collapse',
  title: 'Tokens align with depth, and branches divided by √L keep them apart',
  source: PAPERS.noci,
  figure: 'section 3, propagation of inner products',
  phenomena: ['alignment'],
  links: [
    linkTo({
      settings: LINEAR,
      lanes: [{ residual_scale: 'one' }, { residual_scale: 'inv_sqrt_depth' }],
      attention: 'token_cosine@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['branches as they are', 'branches over √L'],
  seeds: 8,
  steps: [0],
  measure: ([plain, scaled]) => ({
    'cosine at the top, α = 1': cosine(plain),
    'cosine at the top, α = 1/√L': cosine(scaled),
  }),
  predicate(measured) {
    const [plain, scaled] = [
      measured['cosine at the top, α = 1'].mean,
      measured['cosine at the top, α = 1/√L'].mean,
    ];
    if (plain > 0.99 && isWithin(scaled / scaledCosine(32), 0.8, 1.2)) return 'yes';
    return plain > scaled + 0.3 ? 'direction' : 'no';
  },
  published: `ρ → 1 with depth for α = 1; with α² = 1/L the cosine stays what (1 + 1/L)^L makes of it at any depth: ${scaledCosine(32).toFixed(3)} for 32 layers and 32 tokens`,
  says: (measured) =>
    `after 32 layers the mean cosine of two tokens is ${said(measured['cosine at the top, α = 1'], 4)} for α = 1 and ${said(measured['cosine at the top, α = 1/√L'])} for α = 1/√L`,
  note: 'Uniform attention without norm or MLP, as in the paper’s lemmas, and independent tokens at first. Within 20 % of the predicted cosine: at d = 64 its mean over seeds still scatters by some 5 %, and finite width makes it smaller.',
  picture: { quantity: 'resid_post/token_cosine', along: 'layer', scale: 'linear' },
});

export const POST_LN_ALIGNS = defineClaim({
  id: 'noci-post-ln-alignment',
  title: 'Tokens of post-LN align the more the deeper it is, unless its branches are scaled down',
  source: PAPERS.noci,
  figure: 'figure 1, at initialization',
  phenomena: ['alignment'],
  links: [
    linkTo({
      settings: { placement: 'post', seq_len: 32 },
      lanes: [
        { n_layers: 6 },
        { n_layers: 12 },
        { n_layers: 24 },
        { n_layers: 24, residual_scale: 'inv_sqrt_depth' },
      ],
      attention: 'token_cosine@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['6 layers', '12 layers', '24 layers', '24 layers, branches over √N'],
  seeds: 4,
  steps: [0],
  measure: ([six, twelve, deep, scaled]) => ({
    'cosine at the top of 6': cosine(six),
    'cosine at the top of 12': cosine(twelve),
    'cosine at the top of 24': cosine(deep),
    'cosine at the top of 24, scaled': cosine(scaled),
  }),
  predicate(measured) {
    const [six, twelve, deep, scaled] = [
      measured['cosine at the top of 6'].mean,
      measured['cosine at the top of 12'].mean,
      measured['cosine at the top of 24'].mean,
      measured['cosine at the top of 24, scaled'].mean,
    ];
    if (six < twelve && twelve < deep && deep > 0.95 && scaled < six) return 'yes';
    return deep > six && deep > scaled ? 'direction' : 'no';
  },
  published:
    'before training, the cosine between tokens is the larger the deeper the post-LN Transformer, near 1 for the deepest, and small with residual scaling',
  says: (measured) =>
    `${said(measured['cosine at the top of 6'])}, ${said(measured['cosine at the top of 12'])} and ${said(measured['cosine at the top of 24'])} after 6, 12 and 24 layers; ${said(measured['cosine at the top of 24, scaled'])} after 24 with branches over √N`,
  note: 'Characters of an English text instead of translation, d = 64. The figure goes on through training; this is its left edge.',
  picture: { quantity: 'resid_post/token_cosine', along: 'layer', scale: 'linear' },
});

const PURE = {
  ...THEORY,
  attention: 'softmax',
  n_heads: 4,
  d_model: 64,
  n_layers: 6,
  placement: 'none',
  init: 'xavier',
} as const;

/** 1 − ρ after each layer, no smaller than float32 can tell from 0. */
const apart = (run: Run): number[] =>
  byLayer(run, 'resid_post/token_cosine').map((rho) => Math.max(1 - rho, 1e-7));

export const PURE_ATTENTION = defineClaim({
  id: 'dong-doubly-exponential',
  title: 'Without skip connections attention makes all tokens one, doubly exponentially in depth',
  source: PAPERS.dong,
  figure: 'abstract; figure 2',
  phenomena: ['alignment'],
  links: [
    linkTo({
      settings: PURE,
      lanes: [
        { sublayers: 'attn', residual_scale: 'skipless' },
        { sublayers: 'attn' },
        { sublayers: 'both', residual_scale: 'skipless' },
        { sublayers: 'both' },
      ],
      attention: 'token_cosine@resid_post',
    }),
  ],
  lanes: ['pure attention', 'with skip', 'with MLP', 'with both'],
  seeds: 8,
  steps: [0],
  measure([pure, skip, mlp, both]) {
    const [one, two, three] = apart(pure).map(Math.log);
    return {
      'ln(1 − ρ) after 1 layer, pure': one!,
      'ln(1 − ρ) after 2 layers, pure': two!,
      'ln(1 − ρ) after 3 layers, pure': three!,
      '1 − ρ after 6 layers, with skip': apart(skip).at(-1)!,
      'ln(1 − ρ) after 3 layers, with MLP': Math.log(apart(mlp)[2]!),
      '1 − ρ after 6 layers, with both': apart(both).at(-1)!,
    };
  },
  predicate(measured) {
    const [one, two, three] = [1, 2, 3].map(
      (l) =>
        measured[
          `ln(1 − ρ) after ${l} layer${l > 1 ? 's' : ''}, pure` as 'ln(1 − ρ) after 1 layer, pure'
        ].mean,
    ) as [number, number, number];
    const isDouble = two < 2 * one && three < 2 * two;
    const skipHelps = measured['1 − ρ after 6 layers, with skip'].mean > 0.05;
    if (isDouble && skipHelps) return 'yes';
    return three < -5 ? 'direction' : 'no';
  },
  published:
    'the residual from rank 1 is cubed by every layer of pure attention, so that its logarithm triples; skip connections and MLPs stop it',
  says: (measured) =>
    `ln(1 − ρ) is ${said(measured['ln(1 − ρ) after 1 layer, pure'])}, ${said(measured['ln(1 − ρ) after 2 layers, pure'])} and ${said(measured['ln(1 − ρ) after 3 layers, pure'])} after 1, 2 and 3 layers of pure attention; with skip connections 1 − ρ is still ${said(measured['1 − ρ after 6 layers, with skip'])} after six, with MLPs alone ln(1 − ρ) is ${said(measured['ln(1 − ρ) after 3 layers, with MLP'])} after three`,
  note: 'Doubly exponential is what more than doubles its logarithm from layer to layer; the bound allows tripling, and chance attention does more at first. Float32 ends at 10⁻⁷, after three layers. The residual is measured as one minus the mean cosine of two tokens, instead of a norm of the deviation from the best rank-1 matrix.',
  picture: { quantity: 'resid_post/token_cosine', along: 'layer', scale: 'linear' },
});

const CORRELATIONS = [0, 0.5, 0.9, 0.99];

/** Gradient of the queries’ matrix over that of the values’. */
const queryOverValue = (run: Run): number =>
  byLayer(run, 'attn.wq/param_grad_rms')[0]! / byLayer(run, 'attn.wv/param_grad_rms')[0]!;

export const QUERIES_VANISH = defineClaim({
  id: 'noci-queries-vanish',
  title: 'The gradient of queries and keys vanishes as tokens align',
  source: PAPERS.noci,
  figure: 'section 3, vanishing gradients under rank collapse',
  phenomena: ['gradient', 'alignment', 'attention'],
  links: [
    linkTo({
      settings: {
        ...THEORY,
        attention: 'softmax',
        n_layers: 1,
        sublayers: 'attn',
        placement: 'none',
        batch_size: 4,
      },
      lanes: CORRELATIONS.map((token_correlation) => ({ token_correlation })),
      gradient: 'param_grad_rms@attn.wq',
      theory: 'on',
    }),
  ],
  lanes: ['ρ = 0', 'ρ = 0.5', 'ρ = 0.9', 'ρ = 0.99'],
  seeds: 8,
  steps: [0],
  measure(runs) {
    const shares = runs.map(queryOverValue);
    return {
      'dQ over dV at ρ = 0': shares[0]!,
      'dQ over dV at ρ = 0.5': shares[1]!,
      'dQ over dV at ρ = 0.9': shares[2]!,
      'dQ over dV at ρ = 0.99': shares[3]!,
      'power of 1 − ρ': power(
        CORRELATIONS.slice(1).map((rho) => 1 - rho),
        shares.slice(1),
      ),
    };
  },
  predicate(measured) {
    if (isWithin(measured['power of 1 − ρ'].mean, 0.9, 1.3)) return 'yes';
    return measured['dQ over dV at ρ = 0.99'].mean < measured['dQ over dV at ρ = 0'].mean / 10
      ? 'direction'
      : 'no';
  },
  published:
    'the gradients of W_Q and W_K are 0 where all tokens are equal, while that of W_V is not; to first order they go with 1 − ρ',
  says: (measured) =>
    `‖dW_Q‖ is ${said(measured['dQ over dV at ρ = 0'])}, ${said(measured['dQ over dV at ρ = 0.5'])}, ${said(measured['dQ over dV at ρ = 0.9'])} and ${said(measured['dQ over dV at ρ = 0.99'])} of ‖dW_V‖ at ρ = 0, 0.5, 0.9 and 0.99: ∝ (1 − ρ) to the ${said(measured['power of 1 − ρ'])}`,
  note: 'One layer of softmax attention over noise of this correlation, and a unit gradient from above. The theorem is about ρ = 1 itself; the way there is measured. W_V’s own gradient grows with ρ, as aligned tokens add up, which makes the power a little more than 1.',
  picture: { quantity: 'attn.wq/param_grad_rms', along: 'layer', scale: 'log' },
});
