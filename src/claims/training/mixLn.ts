import type { Run } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { areNearerToOne, geometricMean, range } from '../numbers';
import { PAPERS } from '../papers';
import { blockGradients } from '../read';
import { always, below, lossOf, outcomeOf, spread, stepsOf, WINDOW } from './loss';
import { LLAMA } from './setting';

const LENGTH = 400;

/** Norm of the gradient of each block, geometric means over the last steps. [L] */
function gradientNorms(run: Run): number[] {
  const norms = run.moments.slice(-WINDOW).map((moment) => blockGradients(run, moment));
  return norms[0]!.map((_, layer) => geometricMean(norms.map((ofLayer) => ofLayer[layer]!)));
}

/** Gradient norm of the first quarter of the layers over that of the last, geometric means. */
function lowerOverUpper(run: Run): number {
  const norms = gradientNorms(run);
  const quarter = norms.length / 4;
  return geometricMean(norms.slice(0, quarter)) / geometricMean(norms.slice(-quarter));
}

export const MIX_LN_EVENS_GRADIENTS = defineClaim({
  id: 'mix-ln-gradients-in-training',
  title:
    'Pre-LN has small gradients in deep layers, post-LN in early ones, and Mix-LN is more even',
  source: PAPERS.li,
  figure: 'abstract',
  phenomena: ['gradient', 'training'],
  links: [
    linkTo({
      settings: { ...LLAMA, n_layers: 12, init: 'gpt2', lr: 1e-3 },
      lanes: [{ placement: 'pre' }, { placement: 'post' }, { layer_overrides: '0-2:post' }],
      gradient: 'param_grad_rms@mlp.w_out',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['pre-LN', 'post-LN', 'Mix-LN'],
  seeds: 3,
  steps: stepsOf(LENGTH, 25),
  measure: ([pre, post, mix]) => ({
    'first quarter over last, pre-LN': lowerOverUpper(pre),
    'first quarter over last, post-LN': lowerOverUpper(post),
    'first quarter over last, Mix-LN': lowerOverUpper(mix),
    'largest layer over least, pre-LN': range(gradientNorms(pre)),
    'largest layer over least, post-LN': range(gradientNorms(post)),
    'largest layer over least, Mix-LN': range(gradientNorms(mix)),
    'loss of pre-LN': lossOf(pre),
    'loss of post-LN': lossOf(post),
    'loss of Mix-LN': lossOf(mix),
  }),
  predicate(measured) {
    const [pre, post] = [
      measured['first quarter over last, pre-LN'],
      measured['first quarter over last, post-LN'],
    ];
    const areAsPublished = always(pre, (ratio) => ratio > 1) && always(post, (ratio) => ratio < 1);
    const mix = measured['first quarter over last, Mix-LN'];
    const range = measured['largest layer over least, Mix-LN'];
    return outcomeOf(
      areAsPublished &&
        below(range, measured['largest layer over least, pre-LN']) &&
        below(range, measured['largest layer over least, post-LN']),
      areAsPublished &&
        areNearerToOne(mix.values, pre.values) &&
        areNearerToOne(mix.values, post.values),
    );
  },
  published:
    'pre-LN has diminished gradients in deep layers, post-LN vanishing ones in early layers; with post-LN in the first quarter they are more uniform, and perplexity is lower',
  says: (measured) =>
    `after ${LENGTH} steps the gradient of the first quarter of the layers is ${spread(measured['first quarter over last, pre-LN'])} times that of the last in pre-LN, ${spread(measured['first quarter over last, post-LN'], 2)} in post-LN, ${spread(measured['first quarter over last, Mix-LN'])} in Mix-LN; losses ${spread(measured['loss of pre-LN'])}, ${spread(measured['loss of post-LN'])} and ${spread(measured['loss of Mix-LN'])}`,
  note: 'Twelve blocks of Llama of width 32, GPT-2’s initialization, a rate of 0.001; norms of the gradients of all matrices of a layer, means over the last 20 steps. The whole claim asks for a smaller range over all layers than in the other two, the direction for first and last quarters that differ less, both under every seed. The range is not smaller. Tried besides: at a rate of 0.0003 Mix-LN lies between the two, post-LN being more even; with Xavier’s initialization it is less even than pre-LN, and with 24 layers so initialized its lower six get next to no gradient.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});
