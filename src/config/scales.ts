import { choices, type Choice } from './choice';
import { equationsOf, PLAIN, type Written } from './equation';

/** A factor that follows from the number N of sublayers in the stack. */
interface FixedScale extends Written {
  value(N: number): number;
}

/** A learned factor: whose it is, its shape for d features, and what it starts with in L layers. */
export interface LearnedScale extends Written {
  per: 'layer' | 'sublayer';
  shape(d: number): number[];
  start(L: number): number;
}

/** The factors of stream and branch where they are added: a·x + b·f(x). */
export interface ResidualScale extends Choice {
  a: FixedScale;
  b: FixedScale | LearnedScale;
}

export const isLearned = (scale: FixedScale | LearnedScale): scale is LearnedScale =>
  'start' in scale;

/** As a number of three digits, or in symbols. */
const fixed = (value: (N: number) => number, symbols: string): FixedScale => ({
  value,
  tex: (N) => (N === 'N' ? symbols : String(Number(value(N).toPrecision(3)))),
});
const ONE = fixed(() => 1, '1');
const ZERO = fixed(() => 0, '0');

type Entry = Omit<ResidualScale, 'formula'> & {
  /** The start of a learned scale, in TeX. */
  start?: string;
};

/** A scale with its equation. */
const written = ({ start, ...entry }: Entry): ResidualScale => {
  const update = <X>(x: X, { f, add }: { f(x: X): X; add(x: X, f: X): X }) => add(x, f(x));
  const { update: equation } = equationsOf({ update }, { ...PLAIN, residual: entry });
  return { ...entry, formula: start ? `${equation},\\; ${start}` : equation };
};

export const residualScales = choices<ResidualScale>()({
  one: written({
    label: '1',
    note: 'Stream and branch are added as they are.',
    a: ONE,
    b: ONE,
  }),
  inv_sqrt_depth: written({
    label: '1/√N',
    note: 'Every branch is divided by the root of the number N of sublayers, so that pre-LN’s variance about doubles over the whole stack instead of growing with every layer.',
    source: 'Noci et al. 2022, Signal Propagation in Transformers, section 3',
    a: ONE,
    b: fixed((N) => 1 / Math.sqrt(N), String.raw`\tfrac{1}{\sqrt{N}}`),
  }),
  deepscale: written({
    label: 'DeepScaleLM',
    note: 'Stream and branch share a variance of 1: with unit branches neither signal nor gradient changes with depth.',
    source: 'Kedia et al. 2024, Transformers Get Stable, section 4',
    a: fixed((N) => Math.sqrt(1 - 2 / N), String.raw`\sqrt{1 - \tfrac2N}`),
    b: fixed((N) => Math.sqrt(2 / N), String.raw`\sqrt{\tfrac2N}`),
  }),
  rezero: written({
    label: 'ReZero',
    start: String.raw`\alpha_l = 0`,
    note: 'One learned number per layer, 0 at first: at step 0 every block is the identity, and only the numbers themselves have a gradient.',
    source: 'Bachlechner et al. 2020, ReZero is All You Need, eq. 2',
    a: ONE,
    b: { per: 'layer', shape: () => [1], start: () => 0, tex: () => String.raw`\alpha_l` },
  }),
  skipinit: written({
    label: 'SkipInit',
    start: String.raw`\alpha_f = 0`,
    note: 'One learned number per sublayer, 0 at first.',
    source:
      'De, Smith 2020, Batch Normalization Biases Residual Blocks Towards the Identity Function',
    a: ONE,
    b: { per: 'sublayer', shape: () => [1], start: () => 0, tex: () => String.raw`\alpha_f` },
  }),
  layerscale: written({
    label: 'LayerScale',
    note: 'One learned number per feature and sublayer; 0.1 at first up to 18 layers, 1e-5 up to 24, 1e-6 deeper.',
    source: 'Touvron et al. 2021, Going Deeper with Image Transformers, section 2.1',
    a: ONE,
    b: {
      per: 'sublayer',
      shape: (d) => [d],
      start: (L) => (L <= 18 ? 0.1 : L <= 24 ? 1e-5 : 1e-6),
      tex: () => String.raw`\lambda_f \odot`,
    },
  }),
  skipless: written({
    label: 'no skip',
    note: 'The stream is multiplied by 0: no residual connection. Attention alone makes all tokens the same, doubly exponentially fast.',
    source: 'Dong, Cordonnier, Loukas 2021, Attention is Not All You Need',
    a: ZERO,
    b: ONE,
  }),
});

/** The factor of what the norms of a block give. l: the layer, counted from 0, or its letter. */
export interface NormScale extends Choice {
  value(l: number): number;
  /** Written after the norm. */
  tex(l: number | 'l'): string;
}

export const normScales = choices<NormScale>()({
  one: {
    label: '1',
    note: 'What a norm gives is used as it is.',
    value: () => 1,
    tex: () => '',
  },
  inv_sqrt_layer: {
    label: '1/√(l + 1)',
    formula: String.raw`\mathrm{N}(x)/\sqrt{l + 1}`,
    note: 'LayerNorm Scaling: deeper norms give less, so pre-LN’s variance grows like a logarithm at initialization instead of linearly.',
    source: 'Sun et al. 2025, The Curse of Depth in Large Language Models, eq. 4',
    value: (l) => 1 / Math.sqrt(l + 1),
    tex: (l) => String.raw`/\sqrt{${l === 'l' ? 'l + 1' : l + 1}}`,
  },
});
