/** The inspector’s views from their definitions: plain loops in float64 over what the reference’s sites hold. */
import { softCap } from './activations';
import {
  complete,
  hasFinalNorm,
  layerPlans,
  lookUp,
  sublayerCount,
  updatesOf,
  type RefConfig,
  type Settings,
} from './config';
import type { ReferenceFrame } from './frame';
import type { Batch, Weights } from './model';
import { norms } from './norms';
import { placements } from './placements';
import { residualScales } from './residualScales';
import { erf } from './special';
import { entropy } from './statistics';
import { tensor } from './tape';

type Numbers = ArrayLike<number>;

/** A model with all that flowed in it. */
export interface Seen {
  config: RefConfig;
  weights: Weights;
  frame: ReferenceFrame;
  batch: Batch | null;
}

const add = (a: Float64Array, b: Numbers): Float64Array => a.map((x, i) => x + b[i]!);
const times = (a: Float64Array, factor: number): Float64Array => a.map((x) => x * factor);
const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const inner = (a: Numbers, b: Numbers): number =>
  Array.from(a).reduce((total, x, i) => total + x * b[i]!, 0);
const length = (a: Numbers): number => Math.sqrt(inner(a, a));

/** Rows of D numbers. */
export const rowsOf = (x: Float64Array, D: number): Float64Array[] =>
  Array.from({ length: x.length / D }, (_, n) => x.slice(n * D, (n + 1) * D));

const sizesOf = (settings: Settings): [number, number, number] => [
  settings.batch_size,
  settings.seq_len,
  settings.d_model,
];

const modalityOf = (settings: Settings, position: number): number =>
  settings.task === 'two_modality' ? position % 2 : 0;

/** A norm in training, without running statistics. u: [B, T, D] */
function normed(
  { config, weights }: Seen,
  name: string,
  kind: string,
  u: Float64Array,
): Float64Array {
  const settings = complete(config);
  const [B, T] = sizesOf(settings);
  const param = (part: string) => {
    const { shape, data } = weights.get(`${name}.${part}`)!;
    return tensor(shape, data);
  };
  return lookUp(norms, kind)(tensor(sizesOf(settings), u), {
    param,
    has: (part) => weights.has(`${name}.${part}`),
    buffer: param,
    update: () => undefined,
    eps: settings.norm_eps,
    bias: settings.bias,
    training: true,
    modality: Array.from({ length: B }, () =>
      Array.from({ length: T }, (_, t) => modalityOf(settings, t)),
    ),
  }).data;
}

const CENTRED_TOKENS = new Set(['layernorm', 'adaptive']);

/** x without the mean that a norm removes. */
function centred(kind: string, x: Float64Array, D: number): Float64Array {
  if (CENTRED_TOKENS.has(kind)) {
    return x.map((value, i) => {
      const row = Math.floor(i / D) * D;
      return value - mean(Array.from(x.subarray(row, row + D)));
    });
  }
  if (kind !== 'batchnorm') return x;
  return x.map((value, i) => value - mean(Array.from(x.filter((_, k) => k % D === i % D))));
}

/** The part of a norm’s result that does not depend on its input: at every token a row of D numbers. */
function constantOf({ config, weights }: Seen, name: string, kind: string): Float64Array {
  const settings = complete(config);
  const [B, T, D] = sizesOf(settings);
  const part = (of: string, at: number): number => weights.get(`${name}.${of}`)?.data[at] ?? 0;
  return Float64Array.from({ length: B * T * D }, (_, i) => {
    const j = i % D;
    if (kind === 'adaptive') {
      return part('shift', modalityOf(settings, Math.floor(i / D) % T) * D + j);
    }
    if (kind === 'derf') return part('gain', j) * erf(part('shift', 0)) + part('bias', j);
    return part('bias', j);
  });
}

/**
 * The parts of the last stream by name, each carried through every norm on the stream as if the norm were the factor by
 * which it changed what it was given: (N(u) − constant)/(u without its mean), number for number.
 */
export function composition(seen: Seen): Map<string, Float64Array> {
  const settings = complete(seen.config);
  const D = settings.d_model;
  const value = (site: string): Float64Array => seen.frame.values.get(site)!;
  const { a } = lookUp(residualScales, settings.residual_scale)(sublayerCount(settings));
  let parts = new Map<string, Float64Array>([['x₀', value('blocks.0.resid_pre')]]);
  let biases: Float64Array = value('blocks.0.resid_pre').map(() => 0);

  layerPlans(settings).forEach((plan, layer) => {
    const placement = lookUp(placements, plan.placement);
    const factor = a * placement.alpha(settings.n_layers);
    updatesOf(settings).forEach((branches, step) => {
      let u: Float64Array = times(
        value(`blocks.${layer}.${step === 0 ? 'resid_pre' : 'resid_mid'}`),
        factor,
      );
      parts = new Map([...parts].map(([name, part]) => [name, times(part, factor)]));
      biases = times(biases, factor);
      for (const branch of branches) {
        const added = value(`blocks.${layer}.${branch}_add`);
        parts.set(`${branch} ${layer}`, added);
        u = add(u, added);
      }
      if (!placement.after) return;
      const name = `blocks.${layer}.${branches[0]!}.norm`;
      const y = normed(seen, name, plan.norm, u);
      const constant = constantOf(seen, name, plan.norm);
      const c = centred(plan.norm, u, D);
      const scale = settings.norm_scale === 'inv_sqrt_layer' ? 1 / Math.sqrt(layer + 1) : 1;
      const carried = (part: Float64Array): Float64Array =>
        centred(plan.norm, part, D).map((x, i) => ((scale * x) / c[i]!) * (y[i]! - constant[i]!));
      parts = new Map([...parts].map(([name, part]) => [name, carried(part)]));
      biases = add(carried(biases), times(constant, scale));
    });
  });
  return new Map([...parts, ['biases', biases]]);
}

/** Of one part beside the last stream, by token. */
export function beside(part: Float64Array, x: Float64Array, D: number) {
  const rows = rowsOf(x, D);
  return rowsOf(part, D).map((a, n) => ({
    ratio: length(a) / length(rows[n]!),
    cosine: inner(a, rows[n]!) / (length(a) * length(rows[n]!)),
    share: inner(a, rows[n]!) / inner(rows[n]!, rows[n]!),
  }));
}

/** x_0 … x_L. */
export const streams = ({ config, frame }: Seen): Float64Array[] => [
  frame.values.get('blocks.0.resid_pre')!,
  ...layerPlans(complete(config)).map((_, layer) =>
    frame.values.get(`blocks.${layer}.resid_post`)!,
  ),
];

/** Mean angles of x_l and x_m over π, over the tokens that are chosen. */
export function angle(seen: Seen, l: number, m: number, last: boolean): number {
  const { seq_len: T, d_model: D } = complete(seen.config);
  const all = streams(seen);
  const [a, b] = [rowsOf(all[l]!, D), rowsOf(all[m]!, D)];
  const angles = a.map((row, n) => {
    const cosine = inner(row, b[n]!) / (length(row) * length(b[n]!));
    return Math.acos(Math.min(1, cosine)) / Math.PI;
  });
  return mean(last ? angles.filter((_, n) => n % T === T - 1) : angles);
}

/** Logits of the model’s own head on x_l, by token. */
export function lens(seen: Seen, l: number): Float64Array[] {
  const settings = complete(seen.config);
  const { d_model: D } = settings;
  const { values } = seen.frame;
  let x: Float64Array = streams(seen)[l]!;
  if (settings.placement === 'residual') {
    let r: Float64Array = streams(seen)[0]!;
    for (let layer = 0; layer < l; layer++) {
      for (const branch of updatesOf(settings).flat()) {
        r = add(r, values.get(`blocks.${layer}.${branch}_add`)!);
      }
    }
    x = add(x, normed(seen, 'final_norm', settings.norm, r));
  } else if (hasFinalNorm(settings)) x = normed(seen, 'final_norm', settings.norm, x);
  const table = seen.weights.get(settings.tie_embeddings ? 'embed.token' : 'unembed')!;
  const V = table.shape[settings.tie_embeddings ? 0 : 1]!;
  return rowsOf(x, D).map((row) => {
    const z = Float64Array.from({ length: V }, (_, v) =>
      row.reduce(
        (sum, value, j) =>
          sum + value * table.data[settings.tie_embeddings ? v * D + j : j * V + v]!,
        0,
      ),
    );
    return softCap(tensor([1, V], z), settings.logit_softcap).data;
  });
}

/** The distribution of one row of logits. */
export function softmax(z: Float64Array): Float64Array {
  const max = Math.max(...z);
  const sum = z.reduce((total, value) => total + Math.exp(value - max), 0);
  return z.map((value) => Math.exp(value - max) / sum);
}

/** The logit lens at x_l, over the counted tokens. */
export function lensReading(seen: Seen, l: number) {
  const targets = seen.batch!.targets.flat();
  const rows = lens(seen, l)
    .map((z, n) => ({ z, p: softmax(z), target: targets[n]! }))
    .filter(({ target }) => target >= 0);
  const ranks = rows
    .map(({ z, target }) => 1 + z.filter((value) => value > z[target]!).length)
    .sort((a, b) => a - b);
  const half = (ranks.length - 1) / 2;
  return {
    crossEntropy: mean(rows.map(({ p, target }) => -Math.log(p[target]!))),
    entropy: mean(rows.map(({ p }) => entropy(p))),
    accuracy: mean(rows.map(({ p, target }) => Number(p.indexOf(Math.max(...p)) === target))),
    rank: (ranks[Math.floor(half)]! + ranks[Math.ceil(half)]!) / 2,
  };
}

/** Singular values by Jacobi’s rotations of pairs of columns (Hestenes 1958), the largest first. W: rows by columns */
export function jacobiSingularValues(rows: readonly Numbers[]): number[] {
  const isWide = rows.length < rows[0]!.length;
  const columns = isWide
    ? rows.map((row) => Float64Array.from(row))
    : Array.from(rows[0]!, (_, j) => Float64Array.from(rows, (row) => row[j]!));
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    columns.forEach((a, i) => {
      for (const b of columns.slice(i + 1)) {
        const [aa, bb, ab] = [inner(a, a), inner(b, b), inner(a, b)];
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) continue;
        turned = true;
        const angle = Math.atan2(2 * ab, aa - bb) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        a.forEach((x, k) => {
          const y = b[k]!;
          a[k] = c * x + s * y;
          b[k] = c * y - s * x;
        });
      }
    });
    if (!turned) break;
  }
  return columns.map(length).sort((a, b) => b - a);
}

/** exp of the entropy of the singular values over their sum. */
export function effectiveRank(x: Float64Array, D: number): number {
  const values = jacobiSingularValues(rowsOf(x, D));
  const total = values.reduce((a, b) => a + b, 0);
  return Math.exp(entropy(values.map((value) => value / total)));
}
