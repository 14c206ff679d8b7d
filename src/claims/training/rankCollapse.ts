import type { Moment } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { PAPERS } from '../papers';
import { byLayer, momentAt } from '../read';
import { always, isStuck, lossOf, outcomeOf, spread, stepsOf, trains } from './loss';

const LENGTH = 250;

export const RANK_COLLAPSE_HINDERS = defineClaim({
  id: 'noci-rank-collapse-in-training',
  title: 'Where tokens align, queries and keys get no gradient, and a deep post-LN does not train',
  source: PAPERS.noci,
  figure: 'abstract',
  phenomena: ['alignment', 'gradient', 'training'],
  links: [
    linkTo({
      lanes: [{ placement: 'pre' }, { placement: 'post' }],
      gradient: 'param_grad_rms@attn.wq',
      attention: 'token_cosine@resid_post',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['pre-LN', 'post-LN'],
  seeds: 3,
  steps: stepsOf(LENGTH, 25),
  measure([pre, post]) {
    const first = momentAt(post, 0);
    const top = (name: string, moment?: Moment) => byLayer(post, name, moment).at(-1)!;
    const overValues = (name: string, moment?: Moment) =>
      top(`${name}/param_grad_rms`, moment) / top('attn.wv/param_grad_rms', moment);
    return {
      'loss of pre-LN': lossOf(pre),
      'loss of post-LN': lossOf(post),
      'cosine of tokens at the top of pre-LN': byLayer(pre, 'resid_post/token_cosine').at(-1)!,
      'cosine of tokens at the top of post-LN': top('resid_post/token_cosine'),
      'gradient of queries over that of values at the top of post-LN': overValues('attn.wq'),
      'gradient of keys over that of values at the top of post-LN': overValues('attn.wk'),
      'cosine of tokens at the top of post-LN, step 0': top('resid_post/token_cosine', first),
      'gradient of queries over that of values at the top of post-LN, step 0': overValues(
        'attn.wq',
        first,
      ),
    };
  },
  predicate(measured) {
    const [pre, post] = [measured['loss of pre-LN'], measured['loss of post-LN']];
    const aligned = measured['cosine of tokens at the top of post-LN'];
    const ratios = [
      measured['gradient of queries over that of values at the top of post-LN'],
      measured['gradient of keys over that of values at the top of post-LN'],
    ];
    return outcomeOf(
      trains(pre) &&
        isStuck(post) &&
        always(aligned, (cosine) => cosine > 0.99) &&
        ratios.every((ratio) => always(ratio, (share) => share < 0.01)),
      pre.mean < post.mean && aligned.mean > measured['cosine of tokens at the top of pre-LN'].mean,
    );
  },
  published:
    'rank collapse of the tokens hinders training by causing the gradients of queries and keys to vanish at initialization',
  says: (measured) =>
    `twelve layers, ${LENGTH} steps: post-LN has a loss of ${spread(measured['loss of post-LN'])}, tokens with a cosine of ${said(measured['cosine of tokens at the top of post-LN'])} at its top, and gradients of queries and keys of ${said(measured['gradient of queries over that of values at the top of post-LN'], 2)} and ${said(measured['gradient of keys over that of values at the top of post-LN'], 2)} of that of values (at step 0 a cosine of ${said(measured['cosine of tokens at the top of post-LN, step 0'])}, and ${said(measured['gradient of queries over that of values at the top of post-LN, step 0'], 2)} of queries); pre-LN has ${spread(measured['loss of pre-LN'])} and a cosine of ${said(measured['cosine of tokens at the top of pre-LN'], 2)}`,
  note: 'The page as it opens. 3.07 nats are the entropy of single letters, which needs no attention. Asked for under every seed: post-LN within 0.1 nats of it and pre-LN more than 0.1 below; at the last step a cosine above 0.99, and gradients of queries and of keys under a hundredth of that of values. The paper speaks of initialization: there, at step 0, tokens are on their way together and the gradients small, and some steps of training bring both to an end. A rate of 0.003 with 100 steps of warm-up does not help post-LN here; six layers do.',
  picture: { quantity: 'loss', along: 'step', scale: 'linear' },
});
