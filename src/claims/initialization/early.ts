import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { PAPERS } from '../papers';
import { byLayer } from '../read';

/** Early in training: the last of so many steps. */
const EARLY = 30;

const WEIGHT = 'mlp.w_out/param_grad_rms';
const firstOverLast = (values: readonly number[]): number => values[0]! / values.at(-1)!;

/** Nearer to 1, as a factor either way. */
const isEvener = (ratio: number, than: number): boolean =>
  Math.abs(Math.log(ratio)) < Math.abs(Math.log(than));

export const NORMFORMER = defineClaim({
  id: 'normformer-gradient-mismatch',
  title:
    'Early layers of pre-LN have larger gradients than late ones, and NormFormer evens them out',
  source: PAPERS.shleifer,
  figure: 'gradients of the second MLP matrix by layer, early in training',
  phenomena: ['gradient'],
  links: [
    linkTo({
      settings: { n_layers: 12, init: 'gpt2' },
      lanes: [
        { placement: 'pre' },
        { placement: 'pre', inner_norm: 'normformer' },
        { placement: 'post' },
      ],
      gradient: 'param_grad_rms@mlp.w_out',
      step: EARLY,
    }),
  ],
  lanes: ['pre-LN', 'NormFormer', 'post-LN'],
  seeds: 4,
  steps: [0, EARLY],
  measure: ([pre, former, post]) => ({
    'first over last, pre-LN': firstOverLast(byLayer(pre, WEIGHT)),
    'first over last, NormFormer': firstOverLast(byLayer(former, WEIGHT)),
    'first over last, post-LN': firstOverLast(byLayer(post, WEIGHT)),
    'first over last, NormFormer, step 0': firstOverLast(
      byLayer(former, WEIGHT, former.moments[0]),
    ),
  }),
  predicate(measured) {
    const pre = measured['first over last, pre-LN'];
    const former = measured['first over last, NormFormer'].mean;
    const isReversed = measured['first over last, post-LN'].values.every((ratio) => ratio < 1);
    const isMuchLarger = pre.values.every((ratio) => ratio > 2);
    if (isMuchLarger && isReversed && isEvener(former, Math.sqrt(pre.mean))) return 'yes';
    return pre.mean > 1.2 && isReversed ? 'direction' : 'no';
  },
  published:
    'early in training the gradients of the second MLP matrix are much larger in early layers than in late ones under pre-LN, the other way round under post-LN, and NormFormer brings them together (12 layers, 125 million parameters)',
  says: (measured) =>
    `layer 1 over layer 12 at step ${EARLY}: ${said(measured['first over last, pre-LN'])} for pre-LN, ${said(measured['first over last, NormFormer'])} for NormFormer, ${said(measured['first over last, post-LN'])} for post-LN`,
  note: 'Weights begin with a standard deviation of 0.02, as theirs do; characters of an English text, AdamW at 10⁻³, and root mean squares instead of mean absolute values. Much larger is twice as large in every seed, and together within the root of pre-LN’s ratio. It comes about in the first steps of training: at step 0 NormFormer’s own ratio is the larger one.',
  picture: { quantity: WEIGHT, along: 'layer', scale: 'log' },
});

/** ‖∂loss/∂(all matrices of a layer)‖, layer by layer. */
function layerGradients(run: Run): number[] {
  const { d_model: d, mlp_ratio } = run.config;
  const sizes = {
    ...{ 'attn.wq': d * d, 'attn.wk': d * d, 'attn.wv': d * d, 'attn.wo': d * d },
    ...{ 'mlp.w_in': mlp_ratio * d * d, 'mlp.w_gate': mlp_ratio * d * d },
    'mlp.w_out': mlp_ratio * d * d,
  };
  const squares = Object.entries(sizes).map(([name, size]) =>
    byLayer(run, `${name}/param_grad_rms`).map((rms) => size * rms ** 2),
  );
  return squares[0]!.map((_, l) => Math.sqrt(squares.reduce((sum, of) => sum + of[l]!, 0)));
}

export const MIX_LN = defineClaim({
  id: 'mix-ln-both-ends',
  title: 'Mix-LN evens the gradient between early and late layers better than pre-LN or post-LN',
  source: PAPERS.li,
  figure: 'abstract; gradient norms by layer of LLaMA-130M',
  phenomena: ['gradient'],
  links: [
    linkTo({
      settings: { n_layers: 12, norm: 'rmsnorm', activation: 'swiglu', positions: 'rope' },
      lanes: [
        { placement: 'pre' },
        { placement: 'post' },
        { placement: 'pre', layer_overrides: '0-2:post' },
      ],
      gradient: 'param_grad_rms@mlp.w_out',
      step: EARLY,
    }),
  ],
  lanes: ['pre-LN', 'post-LN', 'Mix-LN'],
  seeds: 4,
  steps: [0, EARLY],
  measure: ([pre, post, mix]) => ({
    'first over last, pre-LN': firstOverLast(layerGradients(pre)),
    'first over last, post-LN': firstOverLast(layerGradients(post)),
    'first over last, Mix-LN': firstOverLast(layerGradients(mix)),
  }),
  predicate(measured) {
    const pre = measured['first over last, pre-LN'].mean;
    const post = measured['first over last, post-LN'].mean;
    const mix = measured['first over last, Mix-LN'].mean;
    const hasBothEnds = pre > 1.25 && post < 0.8;
    if (hasBothEnds && isEvener(mix, pre) && isEvener(mix, post)) return 'yes';
    return hasBothEnds ? 'direction' : 'no';
  },
  published:
    'pre-LN has small gradients in its deeper layers, post-LN in its earlier ones; post-LN in the first quarter and pre-LN in the rest makes them more uniform',
  says: (measured) =>
    `gradient of layer 1 over that of layer 12 at step ${EARLY}: ${said(measured['first over last, pre-LN'])} for pre-LN, ${said(measured['first over last, post-LN'])} for post-LN, ${said(measured['first over last, Mix-LN'])} for Mix-LN`,
  note: 'Norms over all matrices of a layer, LLaMA’s kind of block at d = 64, characters of an English text, AdamW at 10⁻³; four seeds, after 30 steps, where the paper looks at models in full training. At step 0 post-LN’s early layers are not behind yet.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});
