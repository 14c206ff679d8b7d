import type { Run } from '../claim';
import { defineClaim, said, saidPercent } from '../define';
import { linkTo } from '../links';
import { PAPERS, VANISHING } from '../papers';
import { byLayer, overLayers } from '../read';
import { THEORY } from './setting';

const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;
/** The share of layers in which what attention reads has a finite size. */
const finite = (run: Run): number =>
  share(byLayer(run, 'attn_in/rms').map((rms) => Number.isFinite(rms)));
/** Size of what the first layer’s attention reads; where that is not finite, no size above 0 is measured. */
const firstSize = (run: Run): number => {
  const rms = byLayer(run, 'attn_in/rms')[0]!;
  return Number.isFinite(rms) ? rms : 0;
};

const TINY = {
  ...THEORY,
  norm: 'rmsnorm',
  placement: 'pre',
  n_layers: 4,
  embed_std: 1e-5,
} as const;

export const EPSILON = defineClaim({
  id: 'fp16-epsilon',
  title: 'In fp16 an ε of 10⁻⁸ is 0, and a norm of a stream whose squares vanish too is not finite',
  source: PAPERS.micikevicius,
  figure: VANISHING.figure,
  phenomena: ['precision'],
  links: [
    linkTo({
      settings: TINY,
      lanes: [
        { precision: 'fp16', norm_eps: 1e-8 },
        { precision: 'fp16', norm_eps: 1e-7 },
        { precision: 'fp32', norm_eps: 1e-8 },
        { precision: 'bf16', norm_eps: 1e-8 },
      ],
      magnitude: 'rms@attn_in',
    }),
  ],
  lanes: ['fp16, ε = 10⁻⁸', 'fp16, ε = 10⁻⁷', 'fp32, ε = 10⁻⁸', 'bf16, ε = 10⁻⁸'],
  seeds: 2,
  steps: [0],
  measure: ([small, large, full, brain]) => ({
    'finite layers, fp16, ε = 10⁻⁸': finite(small),
    'finite layers, fp16, ε = 10⁻⁷': finite(large),
    'finite layers, fp32': finite(full),
    'finite layers, bf16': finite(brain),
  }),
  predicate(measured) {
    const small = measured['finite layers, fp16, ε = 10⁻⁸'].mean;
    const rest = [
      measured['finite layers, fp16, ε = 10⁻⁷'].mean,
      measured['finite layers, fp32'].mean,
      measured['finite layers, bf16'].mean,
    ];
    if (small === 0 && rest.every((share) => share === 1)) return 'yes';
    return small < 1 ? 'direction' : 'no';
  },
  published: VANISHING.published,
  says: (measured) =>
    `a stream of size 10⁻⁵ leaves its norm finite in ${said(measured['finite layers, fp16, ε = 10⁻⁸'])} of the layers with ε = 10⁻⁸ in fp16, in ${said(measured['finite layers, fp16, ε = 10⁻⁷'])} with 10⁻⁷, in ${said(measured['finite layers, fp32'])} in fp32 and in ${said(measured['finite layers, bf16'])} in bf16`,
  note: 'The stream’s squares, 10⁻¹⁰, are 0 in fp16 too, so that without ε the norm divides by 0. 10⁻⁷ is above both bounds and 10⁻⁸ below both. The paper says it of the updates of weights, and section 3.2 of gradients, for which it scales the loss. Arithmetic, so two seeds are enough.',
  picture: { quantity: 'attn_in/rms', along: 'layer', scale: 'log' },
});

/** d·rms² passes 65504 from this size on. */
const LIMIT = Math.sqrt(65504 / THEORY.d_model);

export const SUM_OF_SQUARES = defineClaim({
  id: 'fp16-sum-of-squares',
  title:
    'Sums over a vector want fp32: in fp16 a norm’s sum of squares overflows and its output is 0',
  source: PAPERS.micikevicius,
  figure: 'section 3.3: reductions are carried out in FP32',
  phenomena: ['precision', 'magnitude'],
  links: [
    linkTo({
      settings: { ...THEORY, norm: 'rmsnorm', placement: 'pre', n_layers: 2, precision: 'fp16' },
      lanes: [
        { embed_std: 16 },
        { embed_std: 32 },
        { embed_std: 32, precision_policy: 'autocast' },
      ],
      magnitude: 'rms@attn_in',
    }),
  ],
  lanes: ['fp16, size 16', 'fp16, size 32', 'autocast (norms in fp32), size 32'],
  seeds: 2,
  steps: [0],
  measure: ([small, large, autocast]) => ({
    'size after the norm, 16': firstSize(small),
    'size after the norm, 32': firstSize(large),
    'size after the norm, 32, autocast': firstSize(autocast),
    'finite layers, 32': finite(large),
  }),
  predicate(measured) {
    const isOne = (size: number) => Math.abs(size - 1) < 0.01;
    const works =
      isOne(measured['size after the norm, 16'].mean) &&
      isOne(measured['size after the norm, 32, autocast'].mean);
    const large = measured['size after the norm, 32'].mean;
    // A norm that is no number has a size of 0 too, but not an output of 0.
    if (works && large < 0.01 && measured['finite layers, 32'].mean === 1) return 'yes';
    return large < 0.9 ? 'direction' : 'no';
  },
  published:
    'large reductions, as in the statistics of a normalization, are summed up in fp32; the largest number of fp16 is 65504',
  says: (measured) =>
    `RMSNorm gives ${said(measured['size after the norm, 16'])} for a stream of size 16, ${said(measured['size after the norm, 32'])} for one of size 32 (finite in ${saidPercent(measured['finite layers, 32'])} of the layers), and ${said(measured['size after the norm, 32, autocast'])} for the same with norms in fp32`,
  note: `At d = ${THEORY.d_model} the sum passes 65504 at a size of ${LIMIT.toFixed(1)}; x/√∞ is 0, without a word. The paper gives the rule, and this is the case that it prevents. Arithmetic, so two seeds are enough.`,
  picture: { quantity: 'attn_in/rms', along: 'layer', scale: 'linear' },
});

const lost = (run: Run): number => overLayers(run, 'block/grad_underflow');

export const LOSS_SCALE = defineClaim({
  id: 'fp16-loss-scale',
  title: 'In fp16 gradients become zero, and a scaled loss keeps them',
  source: PAPERS.micikevicius,
  figure: 'section 3.2; figure 3',
  phenomena: ['precision', 'gradient'],
  links: [
    linkTo({
      settings: { n_layers: 6, seq_len: 32, batch_size: 4 },
      lanes: [
        { precision: 'fp16', loss_scale: 1 },
        { precision: 'fp16', loss_scale: 32768 },
        { precision: 'bf16', loss_scale: 1 },
      ],
      gradient: 'grad_underflow@block',
    }),
  ],
  lanes: ['fp16', 'fp16, loss × 32768', 'bf16'],
  seeds: 4,
  steps: [0],
  measure: ([plain, scaled, brain]) => ({
    'gradients that became 0, fp16': lost(plain),
    'gradients that became 0, fp16, scaled': lost(scaled),
    'gradients that became 0, bf16': lost(brain),
  }),
  predicate(measured) {
    const plain = measured['gradients that became 0, fp16'].mean;
    const scaled = measured['gradients that became 0, fp16, scaled'].mean;
    if (plain > 0 && scaled < plain / 20 && measured['gradients that became 0, bf16'].mean === 0) {
      return 'yes';
    }
    return scaled < plain ? 'direction' : 'no';
  },
  published:
    'a large share of the gradients lies below 2⁻²⁴ and becomes zero in fp16; multiplying the loss, by 8 to 32768 in the paper, moves them into its range',
  says: (measured) =>
    `${said(measured['gradients that became 0, fp16'])} numbers of the backward pass become 0 in fp16, ${said(measured['gradients that became 0, fp16, scaled'])} with a loss scale of 32768, ${said(measured['gradients that became 0, bf16'])} in bf16`,
  note: 'The paper counts gradients of activations over the training of a detector, here they are those of one step of a small stack at initialization, so that numbers cannot be compared. What must hold for more than the direction is that scaling saves all but a twentieth of them.',
  picture: { quantity: 'block/grad_underflow', along: 'layer', scale: 'linear' },
});
