import { choices, type Choice } from './choice';

/**
 * The operations of one residual update, for any kind of value X: tensors when the model runs, nodes of a drawing when
 * the block strip shows it, names when the parameters are listed.
 */
export interface UpdateOperations<X> {
  /** The sublayer: attention or MLP (both, side by side, where the topology is parallel). */
  f(x: X): X;
  /** The norms, by the names of their parameters. */
  norm(x: X): X;
  norm_out(x: X): X;
  /** The stream made larger than the branch, by the placement's `streamFactor`. */
  amplify(x: X): X;
  /** Stream plus branch, with the residual scale. */
  add(stream: X, branch: X): X;
}

/**
 * The streams between the updates of a stack, by name. They hold for the whole model, or not at all. A stack begins
 * with `enter`; each update acts on what is `read`, and is followed by `write`; after the last one, `leave` makes one
 * stream of them.
 */
interface StreamsBy<Name extends string> {
  /** x: the embedding. */
  enter<X>(x: X): Record<Name, X>;
  read<X>(streams: Record<Name, X>): X;
  /** x: the result of the update. added: its branches, as `add` took them. */
  write<X>(
    streams: Record<Name, X>,
    update: { x: X; added: X },
    operations: Pick<StreamOperations<X>, 'plus'>,
  ): Record<Name, X>;
  leave<X>(streams: Record<Name, X>, operations: StreamOperations<X>): X;
}
export type Streams = StreamsBy<string>;

export interface StreamOperations<X> {
  plus(stream: X, other: X): X;
  /** The final norm: one that `leave` uses stands by definition, and no setting takes it out. */
  norm(x: X): X;
}

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
}

export const placements = choices<Placement>()({
  pre: {
    label: 'pre-LN',
    formula: String.raw`x \leftarrow x + f(\mathrm{N}(x))`,
    note: 'The norm stands inside the branch; the stream itself is never normalized and grows with depth.',
    source: 'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, table 1',
    update: (x, { f, norm, add }) => add(x, f(norm(x))),
    endsInNorm: true,
  },
  post: {
    label: 'post-LN',
    formula: String.raw`x \leftarrow \mathrm{N}(x + f(x))`,
    note: 'The norm stands on the stream after the addition; every layer starts from RMS 1 and the gradient passes every norm.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, section 3.1',
    update: (x, { f, norm, add }) => norm(add(x, f(x))),
    endsInNorm: false,
  },
  none: {
    label: 'no norm',
    formula: String.raw`x \leftarrow x + f(x)`,
    note: 'No norm in any block: magnitudes multiply from layer to layer.',
    update: (x, { f, add }) => add(x, f(x)),
    endsInNorm: false,
  },
  sandwich: {
    label: 'sandwich',
    formula: String.raw`x \leftarrow x + \mathrm{N}_{out}(f(\mathrm{N}(x)))`,
    note: 'Norms before and after the sublayer: every branch adds mean square 1, so V grows by 2 per layer, in a straight line.',
    source: 'Ding et al. 2021, CogView, section 2.4; Gemma Team 2024, Gemma 2',
    update: (x, { f, norm, norm_out, add }) => add(x, norm_out(f(norm(x)))),
    endsInNorm: true,
  },
  peri: {
    label: 'peri-LN',
    formula: String.raw`x_0 \leftarrow \mathrm{N}(x_0),\quad x \leftarrow x + \mathrm{N}_{out}(f(\mathrm{N}(x)))`,
    note: 'Sandwich, with a norm on the embedding too: V = V₀ + 2l at initialization.',
    source:
      'Kim et al. 2025, Peri-LN: Revisiting Normalization Layer in the Transformer Architecture',
    update: (x, { f, norm, norm_out, add }) => add(x, norm_out(f(norm(x)))),
    endsInNorm: true,
    normsEmbedding: true,
  },
  reordered: {
    label: 'reordered',
    formula: String.raw`x \leftarrow x + \mathrm{N}_{out}(f(x))`,
    note: 'The norm only on what the branch adds: the sublayer reads the raw stream, and no branch can add more than its norm lets it.',
    source: 'Liu et al. 2022, Swin Transformer V2, section 3.2; OLMo Team 2025, 2 OLMo 2 Furious',
    update: (x, { f, norm_out, add }) => add(x, norm_out(f(x))),
    endsInNorm: true,
  },
  deepnorm: {
    label: 'DeepNorm',
    formula: String.raw`x \leftarrow \mathrm{N}(\alpha x + f(x)),\; \alpha = (2L)^{1/4},\; \beta = (8L)^{-1/4}`,
    note: 'Post-LN with a stream that outweighs the branch, and smaller values, outputs and MLPs (β) at initialization: the update per step stays bounded at any depth.',
    source:
      'Wang et al. 2022, DeepNet: Scaling Transformers to 1,000 Layers, figure 2, decoder-only',
    update: (x, { f, norm, amplify, add }) => norm(add(amplify(x), f(x))),
    endsInNorm: false,
    streamFactor: (L) => (2 * L) ** 0.25,
    initFactor: (L) => (8 * L) ** -0.25,
  },
  residual: {
    label: 'ResiDual',
    formula: String.raw`x \leftarrow \mathrm{N}(x + f(x)),\; r \leftarrow r + f(x),\; y = x + \mathrm{N}(r)`,
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
