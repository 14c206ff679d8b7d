import type { Run } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { range } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer } from '../read';
import { always, lossOf, spread, stepsOf } from './loss';

const LENGTH = 200;
/** The matrices of a block, with their sizes in d². */
const MATRICES = {
  'attn.wq': 1,
  'attn.wk': 1,
  'attn.wv': 1,
  'attn.wo': 1,
  'mlp.w_in': 4,
  'mlp.w_out': 4,
} as const;

/** Norm of the gradient of the matrices of every layer, up to one factor. [L] */
function gradientNorms(run: Run): number[] {
  const squares = Object.entries(MATRICES).map(([name, size]) =>
    byLayer(run, `${name}/param_grad_rms`).map((rms) => size * rms ** 2),
  );
  return squares[0]!.map((_, layer) =>
    Math.sqrt(squares.reduce((sum, ofMatrix) => sum + ofMatrix[layer]!, 0)),
  );
}

/** Gradient norm of the first quarter of the layers over that of the last, geometric. */
const lowerOverUpper = (run: Run) => {
  const norms = gradientNorms(run).map(Math.log);
  const quarter = norms.length / 4;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return Math.exp((sum(norms.slice(0, quarter)) - sum(norms.slice(-quarter))) / quarter);
};

export const MIX_LN_EVENS_GRADIENTS = defineClaim({
  id: 'mix-ln-gradients-in-training',
  title:
    'Pre-LN has small gradients in deep layers, post-LN in early ones, and Mix-LN is more even',
  source: PAPERS.mixLn,
  figure: 'abstract',
  phenomena: ['gradient', 'training'],
  links: [
    linkTo({
      settings: { d_model: 32 },
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
    const ends =
      always(measured['first quarter over last, pre-LN'], (factor) => factor > 1) &&
      always(measured['first quarter over last, post-LN'], (factor) => factor < 1);
    const mix = measured['largest layer over least, Mix-LN'];
    const isMoreEven = (['pre-LN', 'post-LN'] as const).every((lane) =>
      measured[`largest layer over least, ${lane}`].values.every(
        (factor, seed) => mix.values[seed]! < factor,
      ),
    );
    if (ends && isMoreEven) return 'yes';
    return isMoreEven ? 'direction' : 'no';
  },
  published:
    'pre-LN has diminished gradients in deep layers, post-LN vanishing ones in early layers; with post-LN in the first quarter they are more uniform, and perplexity is lower',
  says: (measured) =>
    `after ${LENGTH} steps the gradient of the first quarter of the layers is ${spread(measured['first quarter over last, pre-LN'])} times that of the last in pre-LN, ${spread(measured['first quarter over last, post-LN'], 2)} in post-LN, ${spread(measured['first quarter over last, Mix-LN'])} in Mix-LN; losses ${spread(measured['loss of pre-LN'])}, ${spread(measured['loss of post-LN'])} and ${spread(measured['loss of Mix-LN'])}`,
  note: 'Twelve layers of width 32 at a rate of 0.001, the norms of the gradients of all matrices of a layer. Both ends are as the paper has them, but Mix-LN is not more even than pre-LN: its lower layers, post-LN, carry the gradient up to them as before, and their own is larger at this depth, at initialization and after 100 and 200 steps alike. Three layers of post-LN are too few for theirs to vanish.',
  picture: { quantity: 'mlp.w_out/param_grad_rms', along: 'layer', scale: 'log' },
});
