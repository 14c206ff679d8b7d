import { defineClaim, said, saidPercent } from '../define';
import { linkTo } from '../links';
import { mean } from '../numbers';
import { PAPERS } from '../papers';
import { meanSquares } from '../read';
import { THEORY } from './setting';

const DEPTH = 12;

/** Share of the layers l = 1 … L at which V_l, from V_0 = 1, is within the lemma’s band. */
const insideBand = (V: readonly number[]): number =>
  mean(V.slice(1).map((v, i) => (v >= 1 + (i + 1) / 2 && v <= 1 + (3 * (i + 1)) / 2 ? 1 : 0)));

export const LEMMA_2 = defineClaim({
  id: 'xiong-lemma-2',
  title: 'The stream of pre-LN grows linearly with depth at initialization, within a band',
  source: PAPERS.xiong,
  figure: 'lemma 2',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...THEORY, n_layers: DEPTH },
      lanes: [{ placement: 'pre' }, { placement: 'post' }],
      magnitude: 'rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['pre-LN', 'post-LN'],
  seeds: 4,
  steps: [0],
  measure([pre, post]) {
    const V = meanSquares(pre);
    return {
      'V_12 of pre-LN': V[DEPTH]!,
      'V_12 of post-LN': meanSquares(post)[DEPTH]!,
      'share of layers in the band': insideBand(V),
    };
  },
  predicate(measured) {
    if (measured['share of layers in the band'].values.every((share) => share === 1)) return 'yes';
    return measured['V_12 of pre-LN'].mean > 2 * measured['V_12 of post-LN'].mean
      ? 'direction'
      : 'no';
  },
  published:
    '(1 + l/2)·d ≤ E‖x_l‖² ≤ (1 + 3l/2)·d for pre-LN, so 7 to 19 d after 12 layers; d for post-LN',
  says: (measured) =>
    `E‖x_12‖² is ${said(measured['V_12 of pre-LN'])} d for pre-LN and ${said(measured['V_12 of post-LN'])} d for post-LN; ${saidPercent(measured['share of layers in the band'])} of the layers of all seeds lie in the band`,
  note: 'The setting is the paper’s, with d = 256 and 32 tokens. The band is one of expectations; here every layer of every seed has to lie in it.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log' },
});
