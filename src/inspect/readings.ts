/** Readings of the inspector: a view of a place, read from the raw tensors of up to four lanes at one moment. */

export const VIEWS = [
  'distribution',
  'channels',
  'attention',
  'stream',
  'prediction',
  'tokens',
  'spectrum',
] as const;
export type ViewId = (typeof VIEWS)[number];

/** The view, and the place that it is of. */
export interface Looking {
  view: ViewId;
  /** A site (`blocks.7.resid_post`, `embed`) or a parameter (`blocks.7.attn.wq`). */
  place: string;
  head: number;
  /** Of the batch, and the position in it. */
  sequence: number;
  token: number;
}

/** Counts between edges that lanes share; `counts` has a row per lane, null where there is nothing of it. */
export interface Histogram {
  /** Ascending, one more than bins. */
  edges: number[];
  counts: (number[] | null)[];
}

/** One tensor as numbers, whatever their order. */
export interface Spread {
  /** Elements, and of these the zeros and those that are not finite. */
  elements: number;
  zeros: number;
  notFinite: number;
  mean: number;
  rms: number;
  /** Of the finite ones, at `QUANTILES`. */
  quantiles: number[];
  /** Of the numbers that are not 0, the smallest and the largest absolute value; NaN where there is none. */
  smallest: number;
  largest: number;
}
export const QUANTILES = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1] as const;

/** Numbers of one direction in all lanes. */
export interface Spreads {
  lanes: (Spread | null)[];
  /** Of the finite numbers, as they are: every one of them is in a bin. */
  values: Histogram;
  /** Of log₁₀ of the absolute value, without zeros: with these, all finite numbers. */
  magnitudes: Histogram;
}

export interface Distribution {
  forward: Spreads;
  /** Of the gradient with respect to the same tensor. */
  backward: Spreads;
}

/** An element of a site’s tensor, or a token of it. */
export interface Spot {
  sequence: number;
  position: number;
  /** Its input symbol, by number; null without tokens. */
  symbol: number | null;
}
export interface MassiveElement extends Spot {
  channel: number;
  value: number;
}
export interface SpikeToken extends Spot {
  rms: number;
  /** rms over the median of all tokens. */
  ratio: number;
}

/** Channels and tokens of a site. */
export interface LaneChannels {
  /** Channels by falling RMS over tokens, and their RMS. */
  order: number[];
  rms: number[];
  /** The share of the top 1, 4 and 16 channels in the sum of squares. */
  shares: { top: number; share: number }[];
  /** Median of the absolute values. */
  median: number;
  /** Elements above 100 and above 1000 times that median, the largest first, at most 32 of `massiveCount`. */
  massive: MassiveElement[];
  massiveCount: number;
  /** Of every token, [B·T]. */
  tokenRms: number[];
  /** The tokens of the largest RMS, at most 16. */
  spikes: SpikeToken[];
}
export interface Channels {
  lanes: (LaneChannels | null)[];
}

/** The heads of one layer over one sequence. */
export interface LaneAttention {
  heads: number;
  T: number;
  causal: boolean;
  /** [H, T, T]; row i reads key j. */
  pattern: Float32Array;
  /** Input symbols of the sequence, by number; null without tokens. */
  symbols: number[] | null;
  /** Of this sequence, by head: as the statistics of a frame are defined, for one sequence. */
  entropy: number[];
  sink: number[];
  /** The mean over the queries that may read it, without itself, of what each key is given: [H][T]; NaN where none may. */
  received: number[][];
}
export interface Attention {
  layer: number;
  lanes: (LaneAttention | null)[];
}

/** A part of the final stream: x₀, what a sublayer added, biases of norms, and what is left. */
export interface Part {
  name: string;
  layer: number | null;
  of: 'embed' | 'attn' | 'mlp' | 'bias' | 'rest';
}
export interface LaneStream {
  parts: Part[];
  /** Each [parts][B·T]. */
  ratio: Float32Array[];
  cosine: Float32Array[];
  share: Float32Array[];
  /** Of these the mean over tokens, [parts]. */
  means: { ratio: number[]; cosine: number[]; share: number[] };
  /** Angular distance of x_l and x_m, [L+1][L+1]: at the last token, the mean over sequences; and the mean over all tokens. */
  angular: { last: number[][]; mean: number[][] };
}
export interface Stream {
  lanes: (LaneStream | null)[];
}

/** The logit lens of one lane, by depth: x₀ first, L + 1 of them. */
export interface LanePrediction {
  /** Means over the counted tokens, [L+1]. */
  crossEntropy: number[];
  entropy: number[];
  accuracy: number[];
  /** Median over the counted tokens of the rank of the target, 1 for the likeliest. */
  rank: number[];
  /** Of the token that is looked at: its target (−1 where not counted), and by depth what is likeliest. */
  target: number;
  tops: { symbol: number; p: number }[][];
  targetP: number[];
  targetRank: number[];
  /** Reliability of the model’s own output over the counted tokens (Guo et al. 2017): 15 bins of equal width. */
  calibration: { count: number; confidence: number; accuracy: number }[];
  ece: number;
}
export interface Prediction {
  lanes: (LanePrediction | null)[];
  /** Of the logits that the model gave. */
  logits: Histogram;
}

export interface LaneTokens {
  B: number;
  T: number;
  /** By number, [B·T]; null without tokens. */
  symbols: number[] | null;
  targets: number[] | null;
  /** −ln p of the target, NaN where it is not counted, [B·T]; null without logits. */
  loss: number[] | null;
  /** RMS of the token at the place, and ‖∂loss/∂x‖₂ of it, [B·T]. */
  rms: number[];
  gradient: number[];
}
export interface Tokens {
  lanes: (LaneTokens | null)[];
}

export interface LaneSpectrum {
  /** The matrix, its shape, and its singular values from the largest on. */
  matrix: string;
  shape: readonly number[];
  values: number[];
  /** ‖W‖₂, ‖W‖_F²/‖W‖₂², σ₁/σ_n (Infinity where σ_n is 0). */
  norm: number;
  stableRank: number;
  condition: number;
  /** Effective rank of the stream [B·T, D] at x₀ … x_L, and σ₁²/Σσ². */
  effectiveRank: number[];
  top: number[];
}
export interface Spectrum {
  lanes: (LaneSpectrum | null)[];
}

export interface Readings {
  distribution: Distribution;
  channels: Channels;
  attention: Attention;
  stream: Stream;
  prediction: Prediction;
  tokens: Tokens;
  spectrum: Spectrum;
}

/** A reading with the view that it is of. */
export type Reading = { [V in ViewId]: { view: V } & Readings[V] }[ViewId];
