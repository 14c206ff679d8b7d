import { mapValues } from '../lib/objects';
import { choices, type Choice } from './choice';
import { equationsOf, PLAIN } from './equation';
import type { Streams, StreamsBy, UpdateOperations } from './update';

export type { StreamOperations, Streams, UpdateOperations } from './update';

const streams = <Name extends string>(by: StreamsBy<Name>): Streams => by;

const ONE = streams<'x'>({
  enter: (x) => ({ x }),
  read: ({ x }) => x,
  write: (_, { x }) => ({ x }),
  leave: ({ x }) => x,
});

export interface Placement extends Choice {
  update<X>(x: X, operations: UpdateOperations<X>): X;
  /** The streams, where x is not alone. */
  streams?: Streams;
  /** A stack of these ends in a norm of its own under `final_norm: auto`. */
  endsInNorm: boolean;
  /** The embedding is normalized before the first block. */
  normsEmbedding?: boolean;
  /** α: the factor by which `amplify` enlarges the stream. L: number of layers. */
  streamFactor?: (L: number) => number;
  /** β: the factor of wv, wo, w_in and w_out at initialization. */
  initFactor?: (L: number) => number;
  /** α and β in TeX. */
  constants?: string[];
}

const DEFINITIONS = choices<Placement>()({
  pre: {
    label: 'pre-LN',
    note: 'The norm stands inside the branch; the stream itself is never normalized and grows with depth.',
    source: 'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, table 1',
    update: (x, { f, norm, add }) => add(x, f(norm(x))),
    endsInNorm: true,
  },
  post: {
    label: 'post-LN',
    note: 'The norm stands on the stream after the addition; every layer starts from RMS 1 and the gradient passes every norm.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, section 3.1',
    update: (x, { f, norm, add }) => norm(add(x, f(x))),
    endsInNorm: false,
  },
  none: {
    label: 'no norm',
    note: 'No norm in any block: magnitudes multiply from layer to layer.',
    update: (x, { f, add }) => add(x, f(x)),
    endsInNorm: false,
  },
  sandwich: {
    label: 'sandwich',
    note: 'Norms before and after the sublayer: every branch adds mean square 1, so V grows by 2 per layer, in a straight line.',
    source: 'Ding et al. 2021, CogView, section 2.4; Gemma Team 2024, Gemma 2',
    update: (x, { f, norm, norm_out, add }) => add(x, norm_out(f(norm(x)))),
    endsInNorm: true,
  },
  peri: {
    label: 'peri-LN',
    note: 'Sandwich, with a norm on the embedding too: V = V₀ + 2l at initialization.',
    source:
      'Kim et al. 2025, Peri-LN: Revisiting Normalization Layer in the Transformer Architecture',
    update: (x, { f, norm, norm_out, add }) => add(x, norm_out(f(norm(x)))),
    endsInNorm: true,
    normsEmbedding: true,
  },
  reordered: {
    label: 'reordered',
    note: 'The norm only on what the branch adds: the sublayer reads the raw stream, and no branch can add more than its norm lets it.',
    source: 'Liu et al. 2022, Swin Transformer V2, section 3.2; OLMo Team 2025, 2 OLMo 2 Furious',
    update: (x, { f, norm_out, add }) => add(x, norm_out(f(x))),
    endsInNorm: true,
  },
  deepnorm: {
    label: 'DeepNorm',
    note: 'Post-LN with a stream that outweighs the branch, and smaller values, outputs and MLPs (β) at initialization: the update per step stays bounded at any depth.',
    source:
      'Wang et al. 2022, DeepNet: Scaling Transformers to 1,000 Layers, figure 2, decoder-only',
    update: (x, { f, norm, amplify, add }) => norm(add(amplify(x), f(x))),
    endsInNorm: false,
    streamFactor: (L) => (2 * L) ** 0.25,
    initFactor: (L) => (8 * L) ** -0.25,
    constants: [String.raw`\alpha = (2L)^{1/4}`, String.raw`\beta = (8L)^{-1/4}`],
  },
  residual: {
    label: 'ResiDual',
    note: 'Post-LN with a second stream that no norm touches: the gradient has a way around every norm. The sites are those of x.',
    source: 'Xie et al. 2023, ResiDual: Transformer with Dual Residual Connections, eq. 4',
    update: (x, { f, norm, add }) => norm(add(x, f(x))),
    streams: streams<'x' | 'r'>({
      enter: (x) => ({ x, r: x }),
      read: ({ x }) => x,
      write: ({ r }, { x, added }, { plus }) => ({ x, r: plus(r, added) }),
      leave: ({ x, r }, { plus, norm }) => plus(x, norm(r)),
    }),
    endsInNorm: true,
  },
});

/** Every placement with its equations, which follow from its definition. */
export const placements: Record<keyof typeof DEFINITIONS, Placement> = mapValues(
  DEFINITIONS,
  (placement) => {
    const { before, update, after } = equationsOf(placement, PLAIN);
    const formula = [...before, update, ...after, ...(placement.constants ?? [])].join(',\\; ');
    return { ...placement, formula };
  },
);

export type PlacementId = keyof typeof placements;

/** The places in an update at which a norm with parameters of its own can stand. */
export const NORM_PLACES = ['norm', 'norm_out'] as const;
export type NormPlace = (typeof NORM_PLACES)[number];

/** The norms that a placement uses, found by walking its definition. */
export function normsOf(placement: PlacementId): NormPlace[] {
  const used: NormPlace[] = [];
  const visit = (name: NormPlace) => (x: null) => {
    used.push(name);
    return x;
  };
  placements[placement].update(null, {
    f: (x) => x,
    add: () => null,
    amplify: (x) => x,
    norm: visit('norm'),
    norm_out: visit('norm_out'),
  });
  return used;
}

export const streamsOf = (id: PlacementId): Streams => placements[id].streams ?? ONE;

/** The names of the streams, x first: it is read by the sublayers. */
export const streamNames = (id: PlacementId): string[] => Object.keys(streamsOf(id).enter(null));

/** Tests of two placements that can stand in one stack. */
export const canMix = (a: PlacementId, b: PlacementId): boolean => streamsOf(a) === streamsOf(b);

/** Tests of a placement that ends in the final norm by definition, found by walking it. */
export function leavesByNorm(id: PlacementId): boolean {
  let used = false;
  const { enter, leave } = streamsOf(id);
  leave(enter(null), {
    plus: () => null,
    norm() {
      used = true;
      return null;
    },
  });
  return used;
}
