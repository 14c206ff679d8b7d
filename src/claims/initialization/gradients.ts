import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { isWithin, mean, power, range } from '../numbers';
import { PAPERS } from '../papers';
import { alongStream } from '../read';
import { THEORY } from './setting';

/** The largest over the least gradient of the stream, from what enters to what leaves the stack. */
const unevenness = (run: Run): number => range(alongStream(run, 'grad_rms'));

export const DEEPNORM = defineClaim({
  id: 'deepnorm-even-gradient',
  title: 'DeepNorm keeps the gradient even through 24 and 48 layers, where post-LN does not',
  source: PAPERS.wang,
  figure: 'figure 2 (α and β of a decoder) and the bound that they are from',
  phenomena: ['gradient'],
  links: [
    linkTo({
      settings: THEORY,
      lanes: [
        { placement: 'deepnorm', n_layers: 24 },
        { placement: 'post', n_layers: 24 },
        { placement: 'deepnorm', n_layers: 48 },
        { placement: 'post', n_layers: 48 },
      ],
      gradient: 'grad_rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['DeepNorm, L = 24', 'post-LN, L = 24', 'DeepNorm, L = 48', 'post-LN, L = 48'],
  seeds: 4,
  steps: [0],
  measure: ([deep24, post24, deep48, post48]) => ({
    'largest over least gradient, DeepNorm, 24': unevenness(deep24),
    'largest over least gradient, post-LN, 24': unevenness(post24),
    'largest over least gradient, DeepNorm, 48': unevenness(deep48),
    'largest over least gradient, post-LN, 48': unevenness(post48),
  }),
  predicate(measured) {
    const deep = [
      measured['largest over least gradient, DeepNorm, 24'].mean,
      measured['largest over least gradient, DeepNorm, 48'].mean,
    ];
    const post = [
      measured['largest over least gradient, post-LN, 24'].mean,
      measured['largest over least gradient, post-LN, 48'].mean,
    ];
    if (deep.every((ratio) => ratio < 2) && post.every((ratio) => ratio > 4)) return 'yes';
    return deep.every((ratio, i) => ratio < post[i]!) ? 'direction' : 'no';
  },
  published:
    'with α = (2L)^¼ and β = (8L)^−¼ of a decoder the update of the whole model is bounded by a constant at any depth',
  says: (measured) =>
    `the largest gradient over the least: ${said(measured['largest over least gradient, DeepNorm, 24'])} and ${said(measured['largest over least gradient, DeepNorm, 48'])} for DeepNorm of 24 and 48 layers, ${said(measured['largest over least gradient, post-LN, 24'])} and ${said(measured['largest over least gradient, post-LN, 48'])} for post-LN`,
  note: 'The paper bounds updates, and has no number for what is measured here: the gradient of the stream by layer, on which its constants act. That bounded updates go with an even gradient is our inference. Even means within a factor of 2, where post-LN’s is above 4.',
  picture: { quantity: 'resid_post/grad_rms', along: 'layer', scale: 'log' },
});

const EXPLOSION = Math.PI / (Math.PI - 1);
/** Layers from 3 to 17, away from both ends. */
function growthPerLayer(run: Run): number {
  const G = alongStream(run, 'grad_rms').slice(3, 18);
  return (G[0]! / G.at(-1)!) ** (2 / (G.length - 1));
}

export const BATCHNORM_EXPLODES = defineClaim({
  id: 'batchnorm-gradient-explosion',
  title: 'Under BatchNorm and ReLU the squared gradient grows by π/(π − 1) with every layer',
  source: PAPERS.yang,
  figure: 'gradient explosion of ReLU networks with large batches',
  phenomena: ['gradient', 'statistics'],
  links: [
    linkTo({
      settings: {
        ...THEORY,
        placement: 'pre',
        sublayers: 'mlp',
        residual_scale: 'skipless',
        final_norm: 'off',
        n_layers: 20,
        batch_size: 16,
      },
      lanes: [{ norm: 'batchnorm' }, { norm: 'layernorm' }],
      gradient: 'grad_rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['BatchNorm', 'LayerNorm'],
  seeds: 4,
  steps: [0],
  measure: ([batch, layer]) => ({
    'factor per layer, BatchNorm': growthPerLayer(batch),
    'factor per layer, LayerNorm': growthPerLayer(layer),
  }),
  predicate(measured) {
    const batch = measured['factor per layer, BatchNorm'].mean;
    const layer = measured['factor per layer, LayerNorm'].mean;
    if (isWithin(batch / EXPLOSION, 0.97, 1.03) && isWithin(layer, 0.9, 1.1)) return 'yes';
    return batch > layer + 0.1 ? 'direction' : 'no';
  },
  published: `π/(π − 1) = ${EXPLOSION.toFixed(3)} per layer toward the input for large batches, whatever the weights’ variance`,
  says: (measured) =>
    `${said(measured['factor per layer, BatchNorm'], 4)} per layer with BatchNorm, ${said(measured['factor per layer, LayerNorm'], 4)} with LayerNorm`,
  note: 'MLPs alone without skip connections, 512 tokens in a batch, d = 128, between layers 3 and 17 of 20. An MLP here has two matrices; the first, between norm and ReLU, keeps the variance both ways and so changes nothing. Within 3 %.',
  picture: { quantity: 'resid_post/grad_rms', along: 'layer', scale: 'log' },
});

const DEEP = 32;
/** The power of depth with which the squared gradient grows toward the input, in layers 2 to 8 and in layers 8 to 32. */
function powersOfDepth(run: Run): { shallow: number; deep: number } {
  const G = alongStream(run, 'grad_rms').map((g) => g ** 2);
  const between = (from: number, to: number) => {
    const l = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    // From depth l the gradient at the bottom, as a multiple of that at l.
    return power(
      l,
      l.map((l) => G[0]! / G[l]!),
    );
  };
  return { shallow: between(2, 8), deep: between(8, DEEP) };
}

export const DYT_SUBCRITICAL = defineClaim({
  id: 'dyt-stretched-exponential',
  title: 'Without norms the gradient grows faster than any power of depth: DyT, against pre-LN',
  source: PAPERS.alekseev,
  figure: 'abstract',
  phenomena: ['gradient'],
  links: [
    linkTo({
      settings: { ...THEORY, placement: 'pre', n_layers: DEEP, final_norm: 'off' },
      lanes: [{ norm: 'layernorm' }, { norm: 'dyt', dyt_alpha: 1 }, { norm: 'derf' }],
      gradient: 'grad_rms@resid_post',
      theory: 'on',
    }),
  ],
  lanes: ['LayerNorm', 'DyT', 'Derf'],
  seeds: 4,
  steps: [0],
  measure([layer, dyt, derf]) {
    const [a, b, c] = [layer, dyt, derf].map(powersOfDepth);
    return {
      'power up to layer 8, LayerNorm': a!.shallow,
      'power from layer 8 to 32, LayerNorm': a!.deep,
      'power up to layer 8, DyT': b!.shallow,
      'power from layer 8 to 32, DyT': b!.deep,
      'power up to layer 8, Derf': c!.shallow,
      'power from layer 8 to 32, Derf': c!.deep,
    };
  },
  predicate(measured) {
    const dyt = measured['power from layer 8 to 32, DyT'].mean;
    const derf = measured['power from layer 8 to 32, Derf'].mean;
    const layer = measured['power from layer 8 to 32, LayerNorm'].mean;
    const rises =
      dyt > 1.25 * measured['power up to layer 8, DyT'].mean &&
      derf > 1.25 * measured['power up to layer 8, Derf'].mean;
    const stays = layer < 1.25 * measured['power up to layer 8, LayerNorm'].mean;
    if (rises && stays) return 'yes';
    return mean([dyt, derf]) > layer ? 'direction' : 'no';
  },
  published:
    'gradient amplification grows as a power of depth in pre-LN, and as a stretched exponential where LayerNorm is replaced by functions like tanh (DyT, Derf)',
  says: (measured) =>
    `the squared gradient goes with depth to the ${said(measured['power up to layer 8, LayerNorm'])} up to layer 8 and to the ${said(measured['power from layer 8 to 32, LayerNorm'])} from there to 32 for LayerNorm; ${said(measured['power up to layer 8, DyT'])} and ${said(measured['power from layer 8 to 32, DyT'])} for DyT; ${said(measured['power up to layer 8, Derf'])} and ${said(measured['power from layer 8 to 32, Derf'])} for Derf`,
  note: 'A power law has the same power at all depths; one that rises by more than a quarter is faster than a power. The paper’s measure, the averaged partial Jacobian norm, is the squared gradient for a unit gradient at the top.',
  picture: { quantity: 'resid_post/grad_rms', along: 'layer', scale: 'log' },
});
