import type { Config } from '../../config/fields';
import type { Claim, Spread } from '../claim';
import { defineClaim } from '../define';
import { linkTo } from '../links';
import { standardError } from '../numbers';
import { PAPERS } from '../papers';
import { always, fails, lossOf, outcomeOf, spread, stepsOf, trains } from './loss';
import { LLAMA } from './setting';

const LENGTH = 300;
const RATE = 0.003;

interface Ablation {
  id: string;
  title: string;
  problem: string;
  without: string;
  change: Partial<Config>;
  published: string;
  /** Demand on the loss without, besides that it is higher. */
  asked?: (without: Spread) => boolean;
  note: string;
  scale?: Claim['picture']['scale'];
}

/** A claim that the model of the course has a lower loss than one in which something is taken out, at one rate. */
const ablation = ({
  id,
  title,
  problem,
  without,
  change,
  published,
  asked = () => true,
  note,
  scale = 'linear',
}: Ablation): Claim =>
  defineClaim({
    id,
    title,
    source: PAPERS.cs336,
    figure: `section 7.3, problem ${problem}`,
    phenomena: ['training'],
    links: [
      linkTo({
        settings: { ...LLAMA, lr: RATE },
        lanes: [{}, change],
        magnitude: 'rms@resid_post',
        step: LENGTH - 1,
      }),
    ],
    lanes: ['as in the course', without],
    seeds: 4,
    steps: stepsOf(LENGTH),
    measure([whole, without]) {
      const losses = [lossOf(whole), lossOf(without)] as const;
      return {
        'loss of the model': losses[0],
        'loss without': losses[1],
        'loss that it costs': losses[1] - losses[0],
      };
    },
    predicate(measured) {
      const cost = measured['loss that it costs'];
      return outcomeOf(
        always(cost, (nats) => nats > 0) && cost.mean > 0.02 && asked(measured['loss without']),
        cost.mean > standardError(cost.values),
      );
    },
    published,
    says: (measured) =>
      `loss after ${LENGTH} steps ${spread(measured['loss of the model'], 4)}; ${without} ${spread(measured['loss without'], 4)}, higher by ${spread(measured['loss that it costs'], 2)}`,
    note: `Four blocks of width 32 (RMSNorm before the branches, rotary positions, SwiGLU, no biases), Adam at ${RATE} without warm-up. Asked for: a higher loss under every seed, by more than 0.02 nats in the mean; the direction asks that this mean is above its standard error. The handout poses the question and has no numbers. ${note}`,
    picture: { quantity: 'loss', along: 'step', scale },
  });

export const ABLATIONS: readonly Claim[] = [
  ablation({
    id: 'cs336-no-norm',
    title: 'Without norms training at a rate that suits the model with norms fails',
    problem: 'layer_norm_ablation',
    without: 'without norms',
    change: { placement: 'none' },
    published:
      'it is often said that layer normalization is important for the stability of training; what happens at the previous best rate, and does a lower one help?',
    asked: fails,
    note: 'To fail is to be no more than 0.1 nats below the entropy of single letters, 3.07, under every seed: without norms the model is far behind, and under some seed yet gets below that. Losses above 20 nats count as 20.',
    scale: 'log',
  }),
  ablation({
    id: 'cs336-post-norm',
    title: 'Post-norm trains worse than pre-norm at one learning rate',
    problem: 'pre_norm_ablation',
    without: 'post-norm',
    change: { placement: 'post' },
    published: 'implement post-norm, train it, and compare with pre-norm',
    note: 'Four layers are shallow enough for post-norm to train; the claims of warm-up and depth show where it does not.',
  }),
  ablation({
    id: 'cs336-no-positions',
    title: 'A causal model without position encoding trains, but worse than with rotary ones',
    problem: 'no_pos_emb',
    without: 'without positions',
    change: { positions: 'none' },
    published:
      'a causal model can in theory infer positions without being told; compare with rotary ones',
    asked: trains,
    note: 'To train is to be more than 0.1 nats below the entropy of single letters, 3.07, under every seed. The mask alone tells order here.',
  }),
  ablation({
    id: 'cs336-silu',
    title: 'SwiGLU trains better than SiLU at the same number of weights',
    problem: 'swiglu_ablation',
    without: 'SiLU',
    change: { activation: 'silu', mlp_ratio: 4 },
    published:
      'compare SwiGLU with SiLU of 4·d features, about as many weights; Shazeer 2020 found gated ones better',
    note: 'SwiGLU has 85 features in three matrices, SiLU 128 in two.',
  }),
];
