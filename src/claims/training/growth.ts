import type { Run } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { PAPERS } from '../papers';
import { last, meanSquares, momentAt } from '../read';
import { always, below, lossOf, outcomeOf, spread, stepsOf } from './loss';

const LENGTH = 300;

/** Mean square of the stream at the top of the stack over what it was at initialization. */
const growthOf = (run: Run) =>
  meanSquares(run, last(run)).at(-1)! / meanSquares(run, momentAt(run, 0)).at(-1)!;

/** Mean square at the top of the stack over that which leaves the first layer, at the end. */
const acrossLayers = (run: Run) => {
  const V = meanSquares(run);
  return V.at(-1)! / V[1]!;
};

export const PERI_LN_GROWS_LESS = defineClaim({
  id: 'kim-growth-in-training',
  title: 'The stream of pre-LN grows in training, and that of Peri-LN far less',
  source: PAPERS.kim,
  figure: 'abstract',
  phenomena: ['magnitude', 'training'],
  links: [
    linkTo({
      settings: { d_model: 32, n_layers: 8, lr: 0.01 },
      lanes: [{ placement: 'pre' }, { placement: 'peri' }],
      magnitude: 'rms@resid_post',
      view: { lower: 'traces' },
      traces: 'rms@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['pre-LN', 'Peri-LN'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure: ([pre, peri]) => ({
    'growth of pre-LN in training': growthOf(pre),
    'growth of Peri-LN in training': growthOf(peri),
    'loss of pre-LN': lossOf(pre),
    'loss of Peri-LN': lossOf(peri),
  }),
  predicate(measured) {
    const [pre, peri] = [
      measured['growth of pre-LN in training'],
      measured['growth of Peri-LN in training'],
    ];
    return outcomeOf(
      always(pre, (factor) => factor > 10) &&
        pre.values.every((factor, seed) => factor > 4 * peri.values[seed]!),
      pre.mean > peri.mean,
    );
  },
  published:
    'pre-LN is prone to massive activations in training; the growth of variance of Peri-LN is balanced (models of up to 3.2 billion weights)',
  says: (measured) =>
    `after ${LENGTH} steps the mean square at the top is ${spread(measured['growth of pre-LN in training'])} times that at initialization in pre-LN, ${spread(measured['growth of Peri-LN in training'], 2)} times in Peri-LN; losses ${spread(measured['loss of pre-LN'])} and ${spread(measured['loss of Peri-LN'])}`,
  note: 'Eight layers of width 32 at a rate of 0.01. Asked for under every seed: a growth of pre-LN above tenfold, and above four times Peri-LN’s. Rates as high make up for the short run: at 0.003 the factors are about 16 and 5 (one seed, RMSNorm without biases). The better loss that the paper has for Peri-LN does not show here.',
  picture: { quantity: 'blocks.7.resid_post/rms', along: 'step', scale: 'log' },
});

export const LAYERNORM_SCALING_FLATTENS = defineClaim({
  id: 'sun-layernorm-scaling-in-training',
  title: 'LayerNorm Scaling holds back the growth of variance with depth, in training too',
  source: PAPERS.sun,
  figure: 'figure 1 of the first version, table 1',
  phenomena: ['magnitude', 'training'],
  links: [
    linkTo({
      settings: { d_model: 32, n_layers: 12, lr: 0.003 },
      lanes: [{ norm_scale: 'one' }, { norm_scale: 'inv_sqrt_layer' }],
      magnitude: 'rms@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['pre-LN', 'LayerNorm Scaling'],
  seeds: 3,
  steps: stepsOf(LENGTH, 25),
  measure: ([pre, scaled]) => ({
    'V_12 over V_1 of pre-LN': acrossLayers(pre),
    'V_12 over V_1 with LayerNorm Scaling': acrossLayers(scaled),
    'loss of pre-LN': lossOf(pre),
    'loss with LayerNorm Scaling': lossOf(scaled),
  }),
  predicate(measured) {
    const [pre, scaled] = [
      measured['V_12 over V_1 of pre-LN'],
      measured['V_12 over V_1 with LayerNorm Scaling'],
    ];
    return outcomeOf(
      pre.values.every((factor, seed) => factor > 2 * scaled.values[seed]!) &&
        below(measured['loss with LayerNorm Scaling'], measured['loss of pre-LN'], -0.05),
      scaled.mean < pre.mean,
    );
  },
  published:
    'in a Llama of 130 million weights the variance of pre-LN’s layers grows with depth and with training, and LayerNorm Scaling controls it; perplexity falls from 26.73 to 25.76',
  says: (measured) =>
    `after ${LENGTH} steps the mean square grows ${spread(measured['V_12 over V_1 of pre-LN'])} times from layer 1 to 12 in pre-LN and ${spread(measured['V_12 over V_1 with LayerNorm Scaling'])} times with the scaling; losses ${spread(measured['loss of pre-LN'])} and ${spread(measured['loss with LayerNorm Scaling'])}`,
  note: 'Twelve layers of width 32 at a rate of 0.003. Asked for are half the growth at most, and a loss that is not higher by 0.05 nats; that it is lower does not show in so short a run.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});
