import type { Spread } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { mean } from '../numbers';
import { PAPERS } from '../papers';
import { isStuck, lossOf, outcomeOf, spread, stepsOf, trains } from './loss';
import { SMALL } from './setting';

const LENGTH = 300;
const WARM_UP = { warmup_steps: 100 } as const;

/** Loss that a warm-up saves, seed by seed. */
const gains = (cold: Spread, warm: Spread): number[] =>
  cold.values.map((nats, seed) => nats - warm.values[seed]!);

export const WARM_UP_OF_POST_LN = defineClaim({
  id: 'xiong-warm-up',
  title: 'Post-LN needs a warm-up of the learning rate, and pre-LN does not',
  source: PAPERS.xiong,
  figure: 'figure 2, sections 3.2 and 4',
  phenomena: ['training'],
  links: [
    linkTo({
      settings: { ...SMALL, lr: 0.01, beta2: 0.98 },
      lanes: [
        { placement: 'post' },
        { placement: 'post', ...WARM_UP },
        { placement: 'pre' },
        { placement: 'pre', ...WARM_UP },
      ],
      gradient: 'grad_rms@resid_post',
      attention: 'token_cosine@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['post-LN', 'post-LN, warm-up', 'pre-LN', 'pre-LN, warm-up'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure: ([post, warmPost, pre, warmPre]) => ({
    'loss of post-LN': lossOf(post),
    'loss of post-LN with warm-up': lossOf(warmPost),
    'loss of pre-LN': lossOf(pre),
    'loss of pre-LN with warm-up': lossOf(warmPre),
  }),
  predicate(measured) {
    const [post, warmPost] = [
      measured['loss of post-LN'],
      measured['loss of post-LN with warm-up'],
    ];
    const [pre, warmPre] = [measured['loss of pre-LN'], measured['loss of pre-LN with warm-up']];
    const needed = gains(post, warmPost);
    return outcomeOf(
      isStuck(post) &&
        [warmPost, pre, warmPre].every(trains) &&
        gains(pre, warmPre).every((gain, seed) => gain < needed[seed]! / 4),
      mean(needed) > 0 && mean(needed) > mean(gains(pre, warmPre)),
    );
  },
  published:
    'BLEU on IWSLT14 De-En, Adam: post-LN 8.45 without warm-up and about 34 with it; pre-LN about 34 without',
  says: (measured) =>
    `loss after ${LENGTH} steps: post-LN ${spread(measured['loss of post-LN'])} without warm-up and ${spread(measured['loss of post-LN with warm-up'])} with it; pre-LN ${spread(measured['loss of pre-LN'])} and ${spread(measured['loss of pre-LN with warm-up'])}`,
  note: 'Four layers of width 32 at a rate of 0.01, with Adam’s β₂ of 0.98 as in the paper; a warm-up of 100 steps. 3.07 nats are the entropy of single letters: without warm-up post-LN stays there, its tokens alike. Asked for under every seed are a loss within 0.1 of it without, more than 0.1 below it in the other three lanes, and that warm-up does for pre-LN less than a quarter of what it does for post-LN. At 0.003 four layers of post-LN train without warm-up too, and six do under some seeds; twelve do not even with one.',
  picture: { quantity: 'loss', along: 'step', scale: 'linear' },
});
