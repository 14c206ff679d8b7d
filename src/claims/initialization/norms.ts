import { meanOf } from '../../theory/gaussian';
import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { farthest } from '../numbers';
import { PAPERS } from '../papers';
import { byLayer, last, numberIn } from '../read';
import { THEORY } from './setting';

const CENTRED = { n_layers: 2, seq_len: 32, batch_size: 4 } as const;

/** Inputs of a layer of attention, and results that it computes from them. */
const READ = ['attn_in/rms', 'attn_in/absmax', 'attn.q/rms', 'attn.scores/rms', 'attn_out/rms'];
const readIn = (run: Run, layer: number): number[] =>
  READ.map((name) => numberIn(last(run).measured, `blocks.${layer}.${name}`));

export const RMSNORM = defineClaim({
  id: 'rmsnorm-zero-mean',
  title: 'RMSNorm is LayerNorm where the mean is zero; a constant on all features it lets pass',
  source: PAPERS.zhang,
  figure: 'RMSNorm beside LayerNorm; table 1 (re-centering)',
  phenomena: ['statistics', 'magnitude'],
  links: [
    linkTo({
      settings: { ...CENTRED, layer_overrides: '0:post' },
      lanes: [{}, { layer_overrides: '0:post, 1:pre/rmsnorm' }],
      magnitude: 'rms@attn_in',
      view: { baseline: 'a' },
    }),
    linkTo({
      settings: { ...CENTRED, positions: 'sinusoidal', embed_std: 0.1 },
      lanes: [{}, { norm: 'rmsnorm' }],
      magnitude: 'mean@attn_in',
    }),
  ],
  lanes: [
    'LayerNorm of a centred stream',
    'RMSNorm of a centred stream',
    'LayerNorm of a shifted stream',
    'RMSNorm of a shifted stream',
  ],
  seeds: 4,
  steps: [0],
  measure: ([layer, rms, shiftedLayer, shiftedRms]) => ({
    'largest difference at mean zero': farthest(readIn(rms, 1), readIn(layer, 1)),
    'mean that LayerNorm leaves': Math.abs(byLayer(shiftedLayer, 'attn_in/mean')[0]!),
    'mean that RMSNorm leaves': Math.abs(byLayer(shiftedRms, 'attn_in/mean')[0]!),
  }),
  predicate(measured) {
    const isEqual = measured['largest difference at mean zero'].values.every((x) => x < 1e-4);
    const passes =
      measured['mean that RMSNorm leaves'].mean > 0.1 &&
      measured['mean that LayerNorm leaves'].mean < 1e-4;
    if (isEqual && passes) return 'yes';
    return isEqual || passes ? 'direction' : 'no';
  },
  published:
    'RMSNorm equals LayerNorm when the mean of its inputs is zero; LayerNorm is invariant to re-centering of its inputs, RMSNorm is not',
  says: (measured) =>
    `where the stream has mean 0, the largest difference in what attention reads and computes is ${said(measured['largest difference at mean zero'], 2)} in the mean over seeds; of a stream with a constant, LayerNorm leaves a mean of ${said(measured['mean that LayerNorm leaves'], 2)} and RMSNorm one of ${said(measured['mean that RMSNorm leaves'])}`,
  note: 'The centred stream is what a post-LN layer with LayerNorm leaves; the layer above it is pre-LN with one norm or the other, and what its attention reads is compared. The constant comes from sinusoidal positions, whose cosines have a mean; it is of the size of the features, as in no trained model.',
  picture: { quantity: 'attn_in/mean', along: 'layer', scale: 'linear' },
});

const SIZES = [0.01, 1, 100];

export const SCALENORM = defineClaim({
  id: 'scalenorm-length',
  title: 'ScaleNorm gives every token the length √d, whatever comes in',
  source: PAPERS.nguyen,
  figure: 'ScaleNorm: g·x/‖x‖, with g = √d at first',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...THEORY, norm: 'scalenorm', n_layers: 4 },
      lanes: SIZES.map((embed_std) => ({ embed_std })),
      magnitude: 'rms@attn_in',
    }),
  ],
  lanes: ['embeddings of size 0.01', 'of size 1', 'of size 100'],
  seeds: 2,
  steps: [0],
  measure(runs) {
    // A mean and a geometric mean of squares that agree are those of equal numbers.
    const sizes = runs.flatMap((run) => [
      ...byLayer(run, 'attn_in/rms'),
      ...byLayer(run, 'attn_in/rms_typical'),
      ...byLayer(run, 'mlp_in/rms'),
      ...byLayer(run, 'mlp_in/rms_typical'),
    ]);
    return {
      'largest |‖y‖/√d − 1|': farthest(
        sizes,
        sizes.map(() => 1),
      ),
    };
  },
  predicate(measured) {
    const { mean } = measured['largest |‖y‖/√d − 1|'];
    if (mean < 1e-4) return 'yes';
    return mean < 0.1 ? 'direction' : 'no';
  },
  published: '‖y‖ = g, and g = √d at first',
  says: (measured) =>
    `‖y‖ is √d within ${said(measured['largest |‖y‖/√d − 1|'], 2)} of it, in all layers and for streams of size 0.01, 1 and 100`,
  note: 'Exact but for float32, so two seeds are enough. What is compared are the mean and the geometric mean over tokens, which agree only where all tokens have one length.',
  picture: { quantity: 'attn_in/rms', along: 'layer', scale: 'log' },
});

/** E tanh²(x/2) of normal x with standard deviation s. */
const squashed = (s: number): number => meanOf((x) => Math.tanh(x / 2) ** 2, s);
const INPUTS = [1, 4, 16, 64];

export const DYT = defineClaim({
  id: 'dyt-squashes',
  title: 'DyT bounds what it lets through: linear for small inputs, squashed to ±1 for large ones',
  source: PAPERS.zhu,
  figure: 'section 4: γ tanh(αx) + β, α = 0.5 at first',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { ...THEORY, norm: 'dyt', n_layers: 1, batch_size: 4 },
      lanes: INPUTS.map((embed_std) => ({ embed_std })),
      magnitude: 'rms@attn_in',
      theory: 'on',
    }),
  ],
  lanes: ['inputs of size 1', 'of size 4', 'of size 16', 'of size 64'],
  seeds: 4,
  steps: [0],
  measure(runs) {
    const squares = runs.map((run) => byLayer(run, 'attn_in/rms')[0]! ** 2);
    return {
      'mean square, input 1': squares[0]!,
      'mean square, input 4': squares[1]!,
      'mean square, input 16': squares[2]!,
      'mean square, input 64': squares[3]!,
      'largest output': Math.max(...runs.map((run) => byLayer(run, 'attn_in/absmax')[0]!)),
      'farthest from E tanh²': farthest(squares, INPUTS.map(squashed)),
    };
  },
  predicate(measured) {
    const isBounded = measured['largest output'].values.every((y) => y <= 1);
    if (isBounded && measured['farthest from E tanh²'].mean < 0.02) return 'yes';
    return isBounded ? 'direction' : 'no';
  },
  published: `outputs in (−1, 1) for unit gains, so a mean square of E tanh²(x/2): ${INPUTS.map((s) => squashed(s).toFixed(3)).join(', ')} for normal inputs of size ${INPUTS.join(', ')}`,
  says: (measured) =>
    `mean squares ${said(measured['mean square, input 1'])}, ${said(measured['mean square, input 4'])}, ${said(measured['mean square, input 16'])} and ${said(measured['mean square, input 64'])}; the largest output is ${said(measured['largest output'], 6)}`,
  note: 'The paper shows the curve and the models that train with it. Where LayerNorm divides large inputs by their size and so keeps what is between them, DyT makes all of them ±1. Within 2 %.',
  picture: { quantity: 'attn_in/rms', along: 'layer', scale: 'linear' },
});

export const BATCHNORM_LEAK = defineClaim({
  id: 'batchnorm-leak',
  title: 'BatchNorm lets a causal model see the future: earlier outputs move with the last token',
  source: PAPERS.ioffe,
  figure: 'algorithm 1: statistics over all examples of the batch',
  phenomena: ['statistics'],
  links: [
    linkTo({
      settings: { task: 'random', n_layers: 4, seq_len: 8, batch_size: 2 },
      lanes: [{ norm: 'batchnorm' }, { norm: 'layernorm' }],
      view: { evaluation: { open: true } },
    }),
  ],
  lanes: ['BatchNorm', 'LayerNorm'],
  seeds: 4,
  steps: [0],
  measure([batch]) {
    const leak = last(batch).evaluation?.leak;
    if (!leak) throw new Error('The leak is not measured.');
    return { 'leak in training': leak.training, 'leak in evaluation': leak.evaluation };
  },
  predicate(measured) {
    const training = measured['leak in training'].mean;
    const isTightLater = measured['leak in evaluation'].values.every((leak) => leak < 1e-5);
    if (training > 0.01 && isTightLater) return 'yes';
    return training > 1e-4 ? 'direction' : 'no';
  },
  published:
    'the output of a normalized activation depends on all examples of the mini-batch, and with running statistics at inference on its own alone',
  says: (measured) =>
    `when the last token of every sequence is another one, earlier outputs move by ${said(measured['leak in training'])} of their size in training, and by ${said(measured['leak in evaluation'], 2)} in evaluation`,
  note: 'The paper says what the statistics are taken over; that a causal stack leaks by it follows, and is measured. LayerNorm takes statistics over a token alone and has no leak to measure. That a model learns to use it is another finding, about training.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log' },
});
