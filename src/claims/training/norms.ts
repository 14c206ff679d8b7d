import { defineClaim } from '../define';
import { linkTo } from '../links';
import { PAPERS } from '../papers';
import { always, lossOf, outcomeOf, spread, stepsOf } from './loss';
import { LLAMA, SMALL } from './setting';

const LENGTH = 400;
const RATE = 0.003;

/** Losses that differ by less, in nats, are the same here: the deviation over seeds is twice that. */
const SAME = 0.02;

export const RMSNORM_IS_ENOUGH = defineClaim({
  id: 'zhang-rmsnorm-loss',
  title: 'RMSNorm trains as well as LayerNorm: the mean need not be removed',
  source: PAPERS.zhang,
  figure: 'table 2',
  phenomena: ['training'],
  links: [
    linkTo({
      settings: { ...SMALL, lr: RATE },
      lanes: [{ norm: 'layernorm' }, { norm: 'rmsnorm' }],
      magnitude: 'mean@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['LayerNorm', 'RMSNorm'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure([layer, rms]) {
    const losses = [lossOf(layer), lossOf(rms)] as const;
    return {
      'loss with LayerNorm': losses[0],
      'loss with RMSNorm': losses[1],
      'RMSNorm above LayerNorm': losses[1] - losses[0],
    };
  },
  predicate(measured) {
    const difference = measured['RMSNorm above LayerNorm'];
    return outcomeOf(
      always(difference, (nats) => Math.abs(nats) < SAME),
      difference.mean < 5 * SAME,
    );
  },
  published:
    'BLEU on newstest2014 and newstest2017, RNNSearch: LayerNorm 22.6 and 23.6, RMSNorm 22.4 and 23.7, in a quarter less time',
  says: (measured) =>
    `loss after ${LENGTH} steps ${spread(measured['loss with LayerNorm'], 4)} with LayerNorm, ${spread(measured['loss with RMSNorm'], 4)} with RMSNorm; under one seed they differ by ${spread(measured['RMSNorm above LayerNorm'], 2)}`,
  note: 'Four layers of width 32, a rate of 0.003. Lanes of one seed have the same weights and batches, so that they are compared within it. Asked for: no more than 0.02 nats apart under any. What a norm costs in time is measured on the page, by the panel of that name.',
  picture: { quantity: 'loss', along: 'step', scale: 'linear' },
});

export const DYT_REPLACES_NORMS = defineClaim({
  id: 'zhu-dyt-loss',
  title: 'A tanh in the place of the norms trains about as well as they do',
  source: PAPERS.zhu,
  figure: 'table 4, figure 6',
  phenomena: ['training'],
  links: [
    linkTo({
      settings: { ...LLAMA, lr: RATE },
      lanes: [{ norm: 'rmsnorm' }, { norm: 'dyt' }, { norm: 'none' }],
      magnitude: 'rms@attn_in',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['RMSNorm', 'DyT', 'nothing'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure([rms, dyt, none]) {
    const [norm, tanh, nothing] = [lossOf(rms), lossOf(dyt), lossOf(none)];
    return {
      'loss with RMSNorm': norm,
      'loss with DyT': tanh,
      'loss with nothing': nothing,
      'DyT above RMSNorm': tanh - norm,
      'share of the gap that DyT leaves': (tanh - norm) / (nothing - norm),
    };
  },
  predicate: (measured) =>
    outcomeOf(
      always(measured['DyT above RMSNorm'], (nats) => nats < SAME),
      always(measured['share of the gap that DyT leaves'], (share) => share > -1 && share < 0.25),
    ),
  published:
    'loss of Llama with RMSNorm and with DyT: 1.59 and 1.60 (7 billion weights), 1.53 and 1.54 (13), 1.50 and 1.50 (34), 1.45 and 1.45 (70)',
  says: (measured) =>
    `loss after ${LENGTH} steps ${spread(measured['loss with RMSNorm'])} with RMSNorm, ${spread(measured['loss with DyT'])} with DyT, ${spread(measured['loss with nothing'])} with nothing in their place; DyT is ${spread(measured['DyT above RMSNorm'], 2)} above RMSNorm`,
  note: 'Four blocks of Llama of width 32, α = 0.5 at first. The whole claim asks for 0.02 nats under every seed, the direction for a quarter of what no norm loses. Tried besides, in blocks of GPT-2: α of 0.25 and 1, 1 for attention alone, a rate of 0.001, and 1,000 steps; DyT stays 0.05 to 0.1 nats behind. The paper adds a learned scale after the embedding and trains for 200 billion tokens.',
  picture: { quantity: 'loss', along: 'step', scale: 'linear' },
});
