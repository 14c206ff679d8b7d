import type { Config } from '../../config/fields';
import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { mean } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer } from '../read';
import { always, below, lossOf, outcomeOf, spread, stepsOf } from './loss';
import { SMALL } from './setting';

const LENGTH = 300;

/** Wortsman et al. 2023, section 2.1, but for the sizes, weight decay and z-loss; warm-up and decay as shares of the run. */
const PROXY = {
  ...SMALL,
  positions: 'rope',
  bias: false,
  init: 'lecun',
  norm_eps: 1e-6,
  beta2: 0.95,
  grad_clip: 1,
  schedule: 'cosine',
  warmup_steps: 20,
  schedule_steps: LENGTH,
} as const satisfies Partial<Config>;

const [LOW, HIGH] = [0.003, 0.3];
/** The cap of Gemma 2’s scores. */
const CAP = 50;

const page = (lanes: readonly Partial<Config>[]) =>
  linkTo({
    settings: PROXY,
    lanes,
    attention: 'max_logit@attn',
    view: { lower: 'traces' },
    traces: 'max_logit@attn',
    step: LENGTH - 1,
  });

/** The largest score of any layer, heads averaged. */
const largestScore = (run: Run) => Math.max(...byLayer(run, 'attn/max_logit'));
/** Entropy of the rows over that of uniform ones, mean over heads and layers. */
const entropy = (run: Run) => mean(byLayer(run, 'attn/entropy'));

export const QK_NORM_STOPS_GROWTH = defineClaim({
  id: 'wortsman-logit-growth',
  title:
    'A high learning rate grows the scores of attention, and a norm on queries and keys stops it',
  source: PAPERS.wortsman,
  figure: 'figure 2',
  phenomena: ['attention', 'training'],
  links: [page([{ lr: LOW }, { lr: HIGH }, { lr: HIGH, qk_norm: 'layernorm' }])],
  lanes: ['rate 0.003', 'rate 0.3', 'rate 0.3, q/k norm'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure: ([low, high, normed]) => ({
    'largest score at rate 0.003': largestScore(low),
    'largest score at rate 0.3': largestScore(high),
    'largest score at rate 0.3 with q/k norm': largestScore(normed),
    'entropy at rate 0.3': entropy(high),
    'entropy at rate 0.3 with q/k norm': entropy(normed),
    'loss at rate 0.003': lossOf(low),
    'loss at rate 0.3': lossOf(high),
    'loss at rate 0.3 with q/k norm': lossOf(normed),
  }),
  predicate(measured) {
    const scores = measured['largest score at rate 0.3'];
    const normed = measured['largest score at rate 0.3 with q/k norm'];
    const losses = [
      measured['loss at rate 0.3 with q/k norm'],
      measured['loss at rate 0.3'],
    ] as const;
    return outcomeOf(
      below(normed, scores, 1000) &&
        always(measured['largest score at rate 0.003'], (score) => score < 100) &&
        always(normed, (score) => score < 100) &&
        below(...losses, 0.1),
      normed.mean < scores.mean && losses[0].mean < losses[1].mean,
    );
  },
  published:
    'at two sizes a thousandfold apart the largest score of layer 0 grows and the loss diverges at high rates; with a q/k norm neither does, and even 1.2 billion weights train at 0.3',
  says: (measured) =>
    `largest score ${spread(measured['largest score at rate 0.3'])} and loss ${spread(measured['loss at rate 0.3'])} at a rate of 0.3, ${spread(measured['largest score at rate 0.3 with q/k norm'])} and ${spread(measured['loss at rate 0.3 with q/k norm'])} with q/k norm; ${said(measured['largest score at rate 0.003'], 2)} and ${spread(measured['loss at rate 0.003'])} at 0.003`,
  note: 'The paper’s recipe (no bias, rotary positions, LeCun initialization, β₂ = 0.95, clipping at 1, warm-up and cosine decay) at width 32 and 300 steps, without weight decay and z-loss. The largest score is that of the whole batch, mean over heads, in the layer where it is most; the paper has that of layer 0. Asked for under every seed: scores below 100 but for the lane of a high rate without q/k norm, there above by 1,000, and a loss that is 0.1 nats higher there. That loss stays high, and does not leave the scale as in the paper. Dehghani et al. 2023 found the same in a vision transformer of 22 billion weights.',
  picture: { quantity: 'blocks.3.attn/max_logit', along: 'step', scale: 'log' },
});

export const SOFT_CAP_BOUNDS = defineClaim({
  id: 'gemma2-soft-cap',
  title: 'A soft cap bounds the scores that a high learning rate would let grow',
  source: PAPERS.gemma2,
  figure: 'section 2',
  phenomena: ['attention', 'training'],
  links: [page([{ lr: HIGH }, { lr: HIGH, attn_softcap: CAP }])],
  lanes: ['no cap', 'cap of 50'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure: ([free, capped]) => ({
    'largest score without a cap': largestScore(free),
    'largest score with a cap': largestScore(capped),
    'entropy without a cap': entropy(free),
    'entropy with a cap': entropy(capped),
    'loss without a cap': lossOf(free),
    'loss with a cap': lossOf(capped),
  }),
  predicate(measured) {
    const [free, capped] = [
      measured['largest score without a cap'],
      measured['largest score with a cap'],
    ];
    return outcomeOf(
      always(capped, (score) => score <= CAP) &&
        always(free, (score) => score > 10 * CAP) &&
        below(measured['loss with a cap'], measured['loss without a cap']),
      capped.mean < free.mean,
    );
  },
  published: 'scores pass through 50·tanh(s/50) and stay between −50 and 50',
  says: (measured) =>
    `largest score ${spread(measured['largest score without a cap'])} without a cap and ${said(measured['largest score with a cap'])} with it, entropy ${spread(measured['entropy without a cap'])} and ${spread(measured['entropy with a cap'])} of the uniform, loss ${spread(measured['loss without a cap'])} and ${spread(measured['loss with a cap'])}`,
  note: 'The report gives the cap and no comparison; this is one, in the setting of Wortsman et al. at a rate of 0.3. Asked for under every seed: scores of at most 50 with the cap and above 500 without, and a lower loss with it. The scores do not stay small, but lie at the cap, where the gradient that would bring them back is 0: a q/k norm trains better.',
  picture: { quantity: 'blocks.3.attn/max_logit', along: 'step', scale: 'log' },
});

export const SIGMA_REPARAM_KEEPS_ENTROPY = defineClaim({
  id: 'zhai-entropy-collapse',
  title: 'σReparam prevents the collapse of attention entropy at a high learning rate',
  source: PAPERS.zhai,
  figure: 'abstract',
  phenomena: ['attention', 'training'],
  links: [
    linkTo({
      settings: PROXY,
      lanes: [{ lr: HIGH }, { lr: HIGH, weight_reparam: 'sigma' }],
      attention: 'entropy@attn',
      view: { lower: 'traces' },
      traces: 'entropy@attn',
      step: LENGTH - 1,
    }),
  ],
  lanes: ['plain', 'σReparam'],
  seeds: 4,
  steps: stepsOf(LENGTH),
  measure: ([plain, sigma]) => ({
    'entropy of the plain model': entropy(plain),
    'entropy with σReparam': entropy(sigma),
    'loss of the plain model': lossOf(plain),
    'loss with σReparam': lossOf(sigma),
  }),
  predicate(measured) {
    const [plain, sigma] = [
      measured['entropy of the plain model'],
      measured['entropy with σReparam'],
    ];
    const losses = [measured['loss with σReparam'], measured['loss of the plain model']] as const;
    return outcomeOf(
      always(plain, (share) => share < 0.02) &&
        always(sigma, (share) => share > 0.1) &&
        below(...losses, 0.1),
      plain.mean < sigma.mean && losses[0].mean < losses[1].mean,
    );
  },
  published:
    'low entropy goes with oscillating loss or divergence; with σReparam the entropy does not collapse, and training is stable',
  says: (measured) =>
    `entropy ${spread(measured['entropy of the plain model'])} of the uniform and loss ${spread(measured['loss of the plain model'])} without σReparam, ${spread(measured['entropy with σReparam'])} and ${spread(measured['loss with σReparam'])} with it`,
  note: 'The recipe of Wortsman et al. 2023 at width 32, a rate of 0.3 and 300 steps. The entropy is that of a row over the logarithm of the number of its keys, mean over heads and layers. Asked for under every seed: below 0.02 without, above 0.1 with σReparam, and a loss lower by 0.1 nats. The paper trains larger models for longer, and shows collapse in vision, translation, speech and language.',
  picture: { quantity: 'blocks.3.attn/entropy', along: 'step', scale: 'log' },
});
