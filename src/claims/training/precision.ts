import type { Run } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { PAPERS, VANISHING } from '../papers';
import { overLayers } from '../read';
import { always, fails, lossOf, outcomeOf, spread, stepsOf, trains } from './loss';

const LENGTH = 100;

/** Results of operations of the last step that fp16 does not hold, all layers together. */
const overflowsOf = (run: Run) => overLayers(run, 'block/overflow');

export const PRE_LN_OVERFLOWS_FP16 = defineClaim({
  id: 'kim-fp16-overflow',
  title:
    'In fp16 the stream of pre-LN grows past what its norms can square; that of Peri-LN does not',
  source: PAPERS.kim,
  figure: 'abstract, and the authors’ article of June 2025',
  phenomena: ['precision', 'magnitude', 'training'],
  links: [
    linkTo({
      settings: { d_model: 32, n_layers: 8, lr: 0.03, loss_scale: 1024, precision: 'fp16' },
      lanes: [{ placement: 'pre' }, { placement: 'peri' }, { placement: 'pre', precision: 'fp32' }],
      magnitude: 'rms@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['pre-LN, fp16', 'Peri-LN, fp16', 'pre-LN, fp32'],
  seeds: 3,
  steps: stepsOf(LENGTH),
  measure: ([pre, peri, exact]) => ({
    'overflows of pre-LN': overflowsOf(pre),
    'overflows of Peri-LN': overflowsOf(peri),
    'loss of pre-LN in fp16': lossOf(pre),
    'loss of Peri-LN in fp16': lossOf(peri),
    'loss of pre-LN in fp32': lossOf(exact),
  }),
  predicate(measured) {
    const [pre, peri] = [measured['loss of pre-LN in fp16'], measured['loss of Peri-LN in fp16']];
    return outcomeOf(
      fails(pre) &&
        trains(peri) &&
        trains(measured['loss of pre-LN in fp32']) &&
        always(measured['overflows of pre-LN'], (count) => count > 100) &&
        always(measured['overflows of Peri-LN'], (count) => count < 10),
      pre.mean > peri.mean &&
        measured['overflows of pre-LN'].mean > measured['overflows of Peri-LN'].mean,
    );
  },
  published:
    'pre-LN is prone to massive activations, and most failures in the training of OPT-175B stemmed from it together with fp16; the growth of Peri-LN is balanced',
  says: (measured) =>
    `after ${LENGTH} steps ${spread(measured['overflows of pre-LN'])} results of a pass overflow in pre-LN and ${spread(measured['overflows of Peri-LN'])} in Peri-LN; losses ${spread(measured['loss of pre-LN in fp16'])} and ${spread(measured['loss of Peri-LN in fp16'])}, and ${spread(measured['loss of pre-LN in fp32'])} of pre-LN in fp32`,
  note: 'Eight layers of width 32 at a rate of 0.03, every operation in fp16. Asked for under every seed: pre-LN in fp16 within 0.1 nats of the entropy of single letters or above, the other two farther below, more than 100 overflows in pre-LN, and fewer than 10 in Peri-LN. What overflows here is the sum of squares of a norm, from 32·rms² = 65504 on, at an RMS of 45: the norm then gives 0, and the loss is the entropy of single letters.',
  picture: { quantity: 'blocks.7.resid_post/rms', along: 'step', scale: 'log' },
});

const EPSILON_LENGTH = 200;

export const EPSILON_VANISHES_IN_FP16 = defineClaim({
  id: 'fp16-epsilon-in-training',
  title: 'An ε of 10⁻⁸ is nothing in fp16: a norm of a small stream divides by zero',
  source: PAPERS.micikevicius,
  figure: VANISHING.figure,
  phenomena: ['precision', 'training'],
  links: [
    linkTo({
      settings: { d_model: 32, n_layers: 2, lr: 0.003, embed_std: 1e-4, precision: 'fp16' },
      lanes: [{ norm_eps: 1e-8 }, { norm_eps: 1e-5 }, { norm_eps: 1e-8, precision: 'fp32' }],
      magnitude: 'rms@attn_in',
      step: EPSILON_LENGTH - 1,
    }),
  ],
  lanes: ['fp16, ε = 10⁻⁸', 'fp16, ε = 10⁻⁵', 'fp32, ε = 10⁻⁸'],
  seeds: 3,
  steps: stepsOf(EPSILON_LENGTH),
  measure: ([lost, kept, exact]) => ({
    'loss in fp16 with ε of 1e-8': lossOf(lost),
    'loss in fp16 with ε of 1e-5': lossOf(kept),
    'loss in fp32 with ε of 1e-8': lossOf(exact),
  }),
  predicate(measured) {
    const [lost, kept, exact] = [
      measured['loss in fp16 with ε of 1e-8'],
      measured['loss in fp16 with ε of 1e-5'],
      measured['loss in fp32 with ε of 1e-8'],
    ];
    return outcomeOf(
      always(lost, (nats) => nats > Math.log(78)) && trains(kept) && trains(exact),
      lost.mean > kept.mean,
    );
  },
  published: VANISHING.published,
  says: (measured) =>
    `mean loss of the last of ${EPSILON_LENGTH} steps, where what is no number counts as 20: ${spread(measured['loss in fp16 with ε of 1e-8'])} in fp16 with ε = 10⁻⁸, ${spread(measured['loss in fp16 with ε of 1e-5'])} with 10⁻⁵, ${spread(measured['loss in fp32 with ε of 1e-8'])} in fp32 with 10⁻⁸`,
  note: 'Asked for under every seed: in fp16 with 10⁻⁸ a loss above that of guessing, in the other two lanes 0.1 nats below the entropy of single letters. The paper speaks of weights and updates; ε is a number like others. Embeddings of 10⁻⁴ make it matter: their squares are zero in fp16, too. With embeddings of 10⁻³ fp16 trains with an ε of 10⁻⁸, too (one seed).',
  picture: { quantity: 'loss', along: 'step', scale: 'linear' },
});
