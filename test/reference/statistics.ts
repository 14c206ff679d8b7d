import type { Tensor } from './tape';

export interface SiteStatistics {
  rms: number;
  mean: number;
  absmax: number;
  kurtosis: number;
  outlier: number;
  token_cosine: number;
  rms_typical: number;
  rms_first: number;
  rms_rest: number;
  grad_rms: number;
  /** At what is added to the stream only. */
  branch_ratio?: number;
}

export interface HeadStatistics {
  entropy: number;
  max_logit: number;
  sink: number;
  distance: number;
}

export interface OutputStatistics {
  logit_rms: number;
  output_entropy: number;
  accuracy: number;
  ece: number;
}

type Numbers = ArrayLike<number>;

/** The mean of f(0) … f(n − 1); of nothing, NaN. */
function meanOf(n: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total / n;
}

export const rms = (x: Numbers): number => Math.sqrt(meanOf(x.length, (i) => x[i]! ** 2));

/** E[x⁴]/E[x²]², scale-free. */
function kurtosis(x: Numbers): number {
  const r = rms(x);
  return meanOf(x.length, (i) => (x[i]! / r) ** 4);
}

export function siteStatistics({ shape, data, grad }: Tensor): SiteStatistics {
  const perToken = shape.length === 3; // [B, T, D], not [B, H, T, T]
  return {
    rms: rms(data),
    mean: meanOf(data.length, (i) => data[i]!),
    absmax: data.reduce((max, x) => Math.max(max, Math.abs(x)), 0),
    kurtosis: kurtosis(data),
    outlier: perToken ? outlier(shape[2]!, data) : NaN,
    token_cosine: perToken ? tokenCosine(shape as [number, number, number], data) : NaN,
    ...tokenSizes(perToken ? (shape as [number, number, number]) : null, data),
    grad_rms: rms(grad),
  };
}

/** RMS of the tokens: the geometric mean of those that are not 0, at position 0, and at the other positions. */
function tokenSizes(shape: [number, number, number] | null, x: Float64Array) {
  if (!shape) return { rms_typical: NaN, rms_first: NaN, rms_rest: NaN };
  const [B, T, D] = shape;
  const sizes = Array.from({ length: B * T }, (_, n) => rms(x.subarray(n * D, (n + 1) * D)));
  const logs = sizes.filter((size) => size !== 0).map(Math.log);
  return {
    rms_typical: Math.exp(meanOf(logs.length, (i) => logs[i]!)),
    rms_first: rms(sizes.filter((_, n) => n % T === 0)),
    rms_rest: rms(sizes.filter((_, n) => n % T > 0)),
  };
}

/** The kurtosis of the features' RMS over tokens. */
function outlier(D: number, x: Float64Array): number {
  const features = Array.from({ length: D }, (_, j) => rms(x.filter((_, i) => i % D === j)));
  return kurtosis(features);
}

/** The mean cosine of ordered pairs of one sequence, then of sequences. */
function tokenCosine([B, T, D]: [number, number, number], x: Float64Array): number {
  const units = Array.from({ length: B * T }, (_, token) => {
    const row = x.subarray(token * D, (token + 1) * D);
    const length = rms(row) * Math.sqrt(D);
    return row.map((value) => value / length);
  });
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((total, value, i) => total + value * b[i]!, 0);
  return meanOf(B, (sequence) => {
    let total = 0;
    for (let i = 0; i < T; i++) {
      for (let j = 0; j < T; j++) {
        if (i !== j) total += dot(units[sequence * T + i]!, units[sequence * T + j]!);
      }
    }
    return total / (T * (T - 1));
  });
}

/**
 * −Σ p ln p. The largest p is taken as 1 − rest, so that a row of almost one key keeps its digits:
 * −ln p_max = −log1p(−rest).
 */
export function entropy(p: Numbers): number {
  let largest = 0;
  for (let j = 1; j < p.length; j++) if (p[j]! > p[largest]!) largest = j;
  let rest = 0;
  let total = 0;
  for (let j = 0; j < p.length; j++) {
    if (j === largest) continue;
    rest += p[j]!;
    if (p[j]! !== 0) total -= p[j]! * Math.log(p[j]!);
  }
  return total - p[largest]! * Math.log1p(-rest);
}

/** Of head h: scores and pattern are [B, H, T, T]. */
export function headStatistics(
  scores: Tensor,
  pattern: Tensor,
  h: number,
  causal: boolean,
): HeadStatistics {
  const [B, H, T] = pattern.shape as [number, number, number, number];
  const keys = (i: number): number => (causal ? i + 1 : T);
  /** The unmasked part of a row. */
  const row = (x: Tensor, b: number, i: number): Float64Array => {
    const start = ((b * H + h) * T + i) * T;
    return x.data.subarray(start, start + keys(i));
  };
  /** Over all sequences and the rows from `first` on. */
  const meanRow = (first: number, f: (b: number, i: number) => number): number =>
    meanOf(B, (b) => meanOf(T - first, (i) => f(b, first + i)));

  let max_logit = -Infinity;
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < T; i++) max_logit = Math.max(max_logit, ...row(scores, b, i));
  }
  return {
    entropy: meanRow(1, (b, i) => entropy(row(pattern, b, i)) / Math.log(keys(i))),
    max_logit,
    sink: meanRow(1, (b, i) => row(pattern, b, i)[0]!),
    distance: meanRow(0, (b, i) =>
      row(pattern, b, i).reduce((total, weight, j) => total + weight * (i - j), 0),
    ),
  };
}

const ECE_BINS = 15;

/** Over the counted tokens; the entropy over all, if none is counted. */
export function outputStatistics(logits: Tensor, targets: number[][]): OutputStatistics {
  const V = logits.shape[2]!;
  const tokens = targets.flat().map((target, token) => {
    const p = softmaxOf(logits.data.subarray(token * V, (token + 1) * V));
    const confidence = Math.max(...p);
    return { target, entropy: entropy(p), confidence, right: p.indexOf(confidence) === target };
  });
  const counted = tokens.filter(({ target }) => target >= 0);
  const spread = counted.length > 0 ? counted : tokens;
  const bins = Array.from({ length: ECE_BINS }, (_, bin) =>
    counted.filter(({ confidence }) => Math.ceil(confidence * ECE_BINS) - 1 === bin),
  );
  const gap = (bin: typeof counted): number =>
    Math.abs(bin.reduce((total, { right, confidence }) => total + Number(right) - confidence, 0));
  return {
    logit_rms: rms(logits.data),
    output_entropy: meanOf(spread.length, (i) => spread[i]!.entropy),
    accuracy: meanOf(counted.length, (i) => Number(counted[i]!.right)),
    ece: bins.reduce((total, bin) => total + gap(bin), 0) / counted.length,
  };
}

function softmaxOf(z: Float64Array): Float64Array {
  const max = Math.max(...z);
  const weights = z.map((value) => Math.exp(value - max));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
