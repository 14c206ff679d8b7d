import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { areNearerToOne, isNearerToOne } from '../numbers';
import { PAPERS } from '../papers';
import { blockGradients, byLayer, momentAt } from '../read';

/** Early in training: the last of so many steps. */
const EARLY = 30;

const WEIGHT = 'mlp.w_out/param_grad_rms';
const firstOverLast = (values: readonly number[]): number => values[0]! / values.at(-1)!;

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
    'first over last, pre-LN, step 0': firstOverLast(byLayer(pre, WEIGHT, momentAt(pre, 0))),
    'first over last, NormFormer, step 0': firstOverLast(
      byLayer(former, WEIGHT, momentAt(former, 0)),
    ),
  }),
  predicate(measured) {
    const pre = measured['first over last, pre-LN'];
    const former = measured['first over last, NormFormer'].mean;
    const isReversed = measured['first over last, post-LN'].values.every((ratio) => ratio < 1);
    const isMuchLarger = pre.values.every((ratio) => ratio > 2);
    if (isMuchLarger && isReversed && isNearerToOne(former, Math.sqrt(pre.mean))) return 'yes';
    return pre.mean > 1.2 && isReversed && isNearerToOne(former, pre.mean) ? 'direction' : 'no';
  },
  published:
    'early in training the gradients of the second MLP matrix are much larger in early layers than in late ones under pre-LN, the other way round under post-LN, and NormFormer brings them together (12 layers, 125 million parameters)',
  says: (measured) =>
    `layer 1 over layer 12 at step ${EARLY}: ${said(measured['first over last, pre-LN'])} for pre-LN, ${said(measured['first over last, NormFormer'])} for NormFormer, ${said(measured['first over last, post-LN'])} for post-LN; at step 0 ${said(measured['first over last, pre-LN, step 0'])} for pre-LN and ${said(measured['first over last, NormFormer, step 0'])} for NormFormer`,
  note: 'Weights begin with a standard deviation of 0.02, as theirs do; characters of an English text, AdamW at 10⁻³, and root mean squares instead of mean absolute values. Much larger is twice as large in every seed, and together within the root of pre-LN’s ratio. The direction asks for a ratio above 1.2 in pre-LN that NormFormer brings nearer to 1, and below 1 in post-LN. It comes about in the first steps of training, as the ratios of step 0 show.',
  picture: { quantity: WEIGHT, along: 'layer', scale: 'log' },
});

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
    'first over last, pre-LN': firstOverLast(blockGradients(pre)),
    'first over last, post-LN': firstOverLast(blockGradients(post)),
    'first over last, Mix-LN': firstOverLast(blockGradients(mix)),
    'first over last, post-LN, step 0': firstOverLast(blockGradients(post, momentAt(post, 0))),
  }),
  predicate(measured) {
    const pre = measured['first over last, pre-LN'];
    const post = measured['first over last, post-LN'];
    const mix = measured['first over last, Mix-LN'];
    const hasBothEnds = pre.mean > 1.25 && post.mean < 0.8;
    const isEvenest =
      areNearerToOne(mix.values, pre.values) && areNearerToOne(mix.values, post.values);
    if (hasBothEnds && isEvenest) return 'yes';
    return isNearerToOne(mix.mean, pre.mean) && isNearerToOne(mix.mean, post.mean)
      ? 'direction'
      : 'no';
  },
  published:
    'pre-LN has small gradients in its deeper layers, post-LN in its earlier ones; post-LN in the first quarter and pre-LN in the rest makes them more uniform',
  says: (measured) =>
    `gradient of layer 1 over that of layer 12 at step ${EARLY}: ${said(measured['first over last, pre-LN'])} for pre-LN, ${said(measured['first over last, post-LN'])} for post-LN, ${said(measured['first over last, Mix-LN'])} for Mix-LN; at step 0 ${said(measured['first over last, post-LN, step 0'])} for post-LN`,
  note: 'Norms over all matrices of a layer, LLaMA’s kind of block at d = 64, characters of an English text, AdamW at 10⁻³; four seeds, at step 30, where the paper looks at models in full training. Asked for: means above 1.25 in pre-LN and below 0.8 in post-LN, and a ratio of Mix-LN nearer to 1 than either under every seed; the direction asks that it is nearer in the mean. By the ratio of first and last layer alone: what lies between is judged by the claim about training.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});
