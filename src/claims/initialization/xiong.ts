import type { Run, Spread } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { isWithin, power } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer, meanSquares } from '../read';
import { THEORY } from './setting';

export const LEMMA_2 = defineClaim({
  id: 'xiong-lemma-2',
  title: 'The stream of pre-LN grows linearly with depth at initialization, within a band',
  source: PAPERS.xiong,
  figure: 'lemma 2',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...THEORY, n_layers: 12 },
      lanes: [{ placement: 'pre' }, { placement: 'post' }],
      magnitude: 'rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['pre-LN', 'post-LN'],
  seeds: 8,
  steps: [0],
  measure([pre, post]) {
    const V = meanSquares(pre);
    return {
      V_1: V[1]!,
      V_3: V[3]!,
      V_6: V[6]!,
      V_12: V[12]!,
      'V_12 of post-LN': meanSquares(post)[12]!,
    };
  },
  predicate(measured) {
    const { V_1, V_3, V_6, V_12 } = measured;
    const isInBand = ({ mean }: Spread, l: number) => isWithin(mean, 1 + l / 2, 1 + (3 * l) / 2);
    if (isInBand(V_1, 1) && isInBand(V_3, 3) && isInBand(V_6, 6) && isInBand(V_12, 12)) {
      return 'yes';
    }
    return V_12.mean > 2 * measured['V_12 of post-LN'].mean ? 'direction' : 'no';
  },
  published:
    '(1 + l/2)·d ≤ E‖x_l‖² ≤ (1 + 3l/2)·d for pre-LN: 1.5 to 2.5 d after one layer, 7 to 19 d after twelve; d for post-LN',
  says: (measured) =>
    `E‖x_l‖² is ${said(measured.V_1)} d, ${said(measured.V_3)} d, ${said(measured.V_6)} d and ${said(measured.V_12)} d after 1, 3, 6 and 12 layers of pre-LN, and ${said(measured['V_12 of post-LN'])} d after 12 of post-LN`,
  note: 'The setting is the paper’s (one head, uniform attention, square matrices of variance 1/d, ReLU), with d = 128 and 32 tokens. The band is one of expectations, so the mean over seeds has to lie in it; single seeds leave it at the first layer, where it begins 2 % below the mean.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});

const DEPTHS = [4, 8, 12, 16];
const atDepths = (placement: 'pre' | 'post') =>
  linkTo({
    settings: { ...THEORY, placement },
    lanes: DEPTHS.map((n_layers) => ({ n_layers })),
    gradient: 'param_grad_rms@mlp.w_out',
    theory: 'on',
  });

/** ‖∂loss/∂w_out‖ of the last layer goes with its root mean square, since all depths have the same matrices. */
const lastGradient = (run: Run): number => byLayer(run, 'mlp.w_out/param_grad_rms').at(-1)!;
const powerOfDepth = (runs: readonly Run[]): number =>
  power(
    runs.map(({ config }) => config.n_layers),
    runs.map(lastGradient),
  );

export const LAST_LAYER = defineClaim({
  id: 'xiong-last-layer-gradient',
  title:
    'The gradient of the last layer falls with depth as 1/√L in pre-LN, and does not in post-LN',
  source: PAPERS.xiong,
  figure: 'theorem 1; figure 3 (c, d)',
  phenomena: ['gradient'],
  links: [atDepths('pre'), atDepths('post')],
  lanes: [
    'pre-LN, L = 4',
    'pre-LN, L = 8',
    'pre-LN, L = 12',
    'pre-LN, L = 16',
    'post-LN, L = 4',
    'post-LN, L = 8',
    'post-LN, L = 12',
    'post-LN, L = 16',
  ],
  seeds: 4,
  steps: [0],
  measure: (runs) => ({
    'power of L, pre-LN': powerOfDepth(runs.slice(0, 4)),
    'power of L, post-LN': powerOfDepth(runs.slice(4)),
  }),
  predicate(measured) {
    const pre = measured['power of L, pre-LN'].mean;
    const post = measured['power of L, post-LN'].mean;
    if (isWithin(pre, -0.6, -0.4) && isWithin(post, -0.1, 0.1)) return 'yes';
    return pre < post - 0.2 ? 'direction' : 'no';
  },
  published:
    '‖∂loss/∂W₂‖ of the last layer is O(d √(ln d / L)) for pre-LN, so ∝ L⁻⁰·⁵, and O(d √ln d) for post-LN, so ∝ L⁰; models of several depths show the same',
  says: (measured) =>
    `∝ L to the ${said(measured['power of L, pre-LN'])} for pre-LN and to the ${said(measured['power of L, post-LN'])} for post-LN, from 4 to 16 layers`,
  note: 'A unit gradient is sent into the top instead of a translation’s loss. Bounds of 0.1 around the powers: V_L = 1 + O(L) is not yet ∝ L at 4 layers, which alone moves pre-LN’s power by 0.05.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});

/** Gradient of the last layer over that of the first. */
const growth = (run: Run, parameter: string): number => {
  const values = byLayer(run, `${parameter}/param_grad_rms`);
  return values.at(-1)! / values[0]!;
};

export const ALL_LAYERS = defineClaim({
  id: 'xiong-gradient-by-layer',
  title: 'Gradients of post-LN’s MLPs grow from the first layer to the last',
  source: PAPERS.xiong,
  figure: 'figure 3 (a, b)',
  phenomena: ['gradient'],
  links: [
    linkTo({
      settings: { ...THEORY, n_layers: 6 },
      lanes: [
        { placement: 'pre' },
        { placement: 'post' },
        { placement: 'post', attention: 'softmax', n_heads: 4 },
        { placement: 'post', attention: 'softmax', n_heads: 4, n_layers: 24 },
      ],
      gradient: 'param_grad_rms@mlp.w_out',
      theory: 'on',
    }),
  ],
  lanes: ['pre-LN', 'post-LN', 'post-LN, softmax', 'post-LN, softmax, 24 layers'],
  seeds: 4,
  steps: [0],
  measure: ([pre, post, softmax, deep]) => ({
    'last over first, w_out, pre-LN': growth(pre, 'mlp.w_out'),
    'last over first, w_in, pre-LN': growth(pre, 'mlp.w_in'),
    'last over first, w_out, post-LN': growth(post, 'mlp.w_out'),
    'last over first, w_in, post-LN': growth(post, 'mlp.w_in'),
    'last over first, w_out, post-LN, softmax': growth(softmax, 'mlp.w_out'),
    'last over first, w_in, post-LN, softmax': growth(softmax, 'mlp.w_in'),
    'last over first, w_out, post-LN, 24 layers': growth(deep, 'mlp.w_out'),
    'last over first, w_in, post-LN, 24 layers': growth(deep, 'mlp.w_in'),
  }),
  predicate(measured) {
    const post = [
      measured['last over first, w_out, post-LN'].mean,
      measured['last over first, w_in, post-LN'].mean,
      measured['last over first, w_out, post-LN, softmax'].mean,
      measured['last over first, w_in, post-LN, softmax'].mean,
    ];
    if (post.every((ratio) => ratio >= 2)) return 'yes';
    return post.every((ratio) => ratio >= 1.25) ? 'direction' : 'no';
  },
  published:
    'in a 6-6 Transformer the expected gradients of W₁ and W₂ grow with the layer for post-LN, and are almost the same in all layers for pre-LN',
  says: (measured) =>
    `layer 6 over layer 1, post-LN: ${said(measured['last over first, w_out, post-LN'])} for W₂ and ${said(measured['last over first, w_in, post-LN'])} for W₁, with softmax ${said(measured['last over first, w_out, post-LN, softmax'])} and ${said(measured['last over first, w_in, post-LN, softmax'])}, over 24 layers ${said(measured['last over first, w_out, post-LN, 24 layers'])} and ${said(measured['last over first, w_in, post-LN, 24 layers'])}; pre-LN ${said(measured['last over first, w_out, pre-LN'])} and ${said(measured['last over first, w_in, pre-LN'])}`,
  note: 'W₁ grows, W₂ does not: in a stack without cross-attention the activation gradient of post-LN falls by 1/√2 with every layer below the top, while tokens that align on their way up add their gradients the more. Tried were uniform and softmax attention, one head and four, 6 and 24 layers. The growth of both needs cross-attention to a memory whose tokens are alike, which a decoder alone has not. In the activations’ gradient (grad_rms) the fall is plain.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});
