import { entropyFloor } from '../../theory/entropyFloor';
import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { mean } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer } from '../read';
import { gainFor, THEORY } from './setting';

const T = 128;
const ONE_LAYER = {
  ...THEORY,
  attention: 'softmax',
  placement: 'pre',
  n_layers: 1,
  sublayers: 'attn',
  seq_len: T,
  batch_size: 1,
} as const;

const VARIANCES = [0.25, 1, 2, 36];

/** Mean entropy of rows, in nats. */
const entropy = (run: Run): number => mean(byLayer(run, 'attn/entropy')) * Math.log(T);

export const ENTROPY = defineClaim({
  id: 'softmax-entropy',
  title:
    'The entropy of attention falls by half the variance of its scores, and collapses beyond 2 ln T',
  source: PAPERS.giorlandino,
  figure: 'attention as a random energy model',
  phenomena: ['attention'],
  links: [
    linkTo({
      settings: ONE_LAYER,
      lanes: VARIANCES.map((variance) => ({ init_gain: gainFor(variance) })),
      attention: 'entropy@attn',
      theory: 'on',
    }),
  ],
  lanes: ['variance 0.25', 'variance 1', 'variance 2', 'variance 36'],
  seeds: 8,
  steps: [0],
  measure([quarter, one, two, large]) {
    const fall = (run: Run) => Math.log(T) - entropy(run);
    return {
      'fall at variance 0.25': fall(quarter),
      'fall at variance 1': fall(one),
      'fall at variance 2': fall(two),
      'entropy at variance 36': entropy(large),
    };
  },
  predicate(measured) {
    const falls = [
      measured['fall at variance 0.25'].mean / 0.125,
      measured['fall at variance 1'].mean / 0.5,
      measured['fall at variance 2'].mean / 1,
    ];
    const hasCollapsed = measured['entropy at variance 36'].mean < 0.25 * Math.log(T);
    if (falls.every((ratio) => Math.abs(ratio - 1) < 0.15) && hasCollapsed) return 'yes';
    return falls.every((ratio) => ratio > 0.5) && hasCollapsed ? 'direction' : 'no';
  },
  published: `ln T − σ²/2 below the critical variance 2 ln T (${(2 * Math.log(T)).toFixed(1)} for T = ${T}), and a few keys alone beyond it`,
  says: (measured) =>
    `the entropy is below ln ${T} by ${said(measured['fall at variance 0.25'])}, ${said(measured['fall at variance 1'])} and ${said(measured['fall at variance 2'])} nats at variances 0.25, 1 and 2; at 36 it is ${said(measured['entropy at variance 36'])} nats of ${Math.log(T).toFixed(2)}`,
  note: 'One head of 128 features over 128 keys without a mask. The law is one of many keys; at 128 the fall is some per cent smaller. Within 15 %. Collapsed is under a quarter of ln T: what is left of few keys is of order 1, and of ln T only for far larger T.',
  picture: { quantity: 'attn/entropy', along: 'layer', scale: 'linear' },
});

/** Least entropy of a row of scores as large as those of a run on average, as a share of ln T. */
const floorOf = (run: Run): number =>
  entropyFloor(Math.sqrt(T) * mean(byLayer(run, 'attn.scores/rms')), T) / Math.log(T);

export const ENTROPY_FLOOR = defineClaim({
  id: 'sigma-reparam-entropy-floor',
  title:
    'Large weights let the entropy of attention fall, as its lower bound does, and σReparam holds both up',
  source: PAPERS.zhai,
  figure: 'theorem 3.1',
  phenomena: ['attention'],
  links: [
    linkTo({
      settings: { ...ONE_LAYER, n_layers: 2 },
      lanes: [
        { init_gain: 1 },
        { init_gain: 3 },
        { init_gain: 1, weight_reparam: 'sigma' },
        { init_gain: 3, weight_reparam: 'sigma' },
      ],
      attention: 'entropy@attn',
      theory: 'on',
    }),
  ],
  lanes: ['gain 1', 'gain 3', 'σReparam, gain 1', 'σReparam, gain 3'],
  seeds: 4,
  steps: [0],
  measure([plain, large, sigma, sigmaLarge]) {
    const shareOf = (run: Run) => mean(byLayer(run, 'attn/entropy'));
    return {
      'entropy, gain 1': shareOf(plain),
      'floor, gain 1': floorOf(plain),
      'entropy, gain 3': shareOf(large),
      'floor, gain 3': floorOf(large),
      'entropy, σReparam, gain 1': shareOf(sigma),
      'floor, σReparam, gain 1': floorOf(sigma),
      'entropy, σReparam, gain 3': shareOf(sigmaLarge),
      'floor, σReparam, gain 3': floorOf(sigmaLarge),
    };
  },
  predicate(measured) {
    const falls = measured['entropy, gain 3'].mean < measured['entropy, gain 1'].mean / 2;
    const isHeldUp =
      measured['entropy, σReparam, gain 1'].mean > 0.9 &&
      measured['entropy, σReparam, gain 3'].mean > 0.9;
    const isBounded =
      measured['floor, σReparam, gain 3'].mean > 0.5 && measured['floor, gain 3'].mean < 0.05;
    if (falls && isHeldUp && isBounded) return 'yes';
    return measured['entropy, σReparam, gain 3'].mean > measured['entropy, gain 3'].mean
      ? 'direction'
      : 'no';
  },
  published:
    'the least entropy of scores of size σ is about σ T e^{−σ}, so large scores let it collapse; dividing each matrix by its spectral norm keeps σ small whatever the weights are',
  says: (measured) =>
    `as shares of ln T, floor and entropy are ${said(measured['floor, gain 1'], 2)} and ${said(measured['entropy, gain 1'], 2)} at gain 1, ${said(measured['floor, gain 3'], 2)} and ${said(measured['entropy, gain 3'], 2)} at gain 3; with σReparam ${said(measured['floor, σReparam, gain 1'], 2)} and ${said(measured['entropy, σReparam, gain 1'], 2)}, ${said(measured['floor, σReparam, gain 3'], 2)} and ${said(measured['entropy, σReparam, gain 3'], 2)}`,
  note: 'The bound is a theorem and the floor a formula, evaluated at √T times the root mean square of the measured scores, mean over rows and layers: it illustrates what the bound allows, and no row is held to it one by one. Judged are the entropies, which at a gain of 3 have to be less than half of those at 1, and above 0.9 of ln T under σReparam at both, and that the floor is below 0.05 without σReparam and above 0.5 with it. Rows of chance weights are far above the floor, which only the sharpest row of that size would reach. That σReparam does not care for the gain is by construction; that it prevents collapse in training is another claim.',
  picture: { quantity: 'attn/entropy', along: 'layer', scale: 'linear' },
});
