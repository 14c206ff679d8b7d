import { modalitiesOf, modalityOf, type Config } from '../config/fields';
import type { NormId } from '../config/norms';
import type { Raw } from '../protocol/raw';
import { erf } from '../lib/erf';

/** A norm of the model: the name that its tensors begin with. */
export interface NormAt {
  name: string;
  kind: NormId;
}

/** The mean that a norm removes: none, each token’s over its features, or each feature’s over the tokens of the batch. */
type Centre = 'none' | 'features' | 'batch';

/**
 * A norm as the linear map that it is once its statistics are held still: N(u) = factor ⊙ centre(u) + constant. Parts of u
 * that sum to u are carried through it to parts that, with the constant, sum to N(u).
 */
export interface Frozen {
  centre: Centre;
  /** [N, D] */
  factor: Float64Array;
  /** Of each modality a row, [M, D]; null where there is none. */
  constant: Float64Array | null;
  /** The row of the constant for token n. */
  row(n: number): number;
}

/** A norm’s tensors and sizes. */
interface Scope {
  param(part: string): Float32Array;
  bias: Float32Array | null;
  eps: number;
  D: number;
  row(n: number): number;
}

interface Kind {
  /** Its tensors beside a bias, by the last part of their names. */
  parts: readonly string[];
  hasBias?: true;
  centre?: Centre;
  /** c: the input without the mean that it removes, [N, D] → [N, D] */
  factor(c: Float64Array, scope: Scope): Float64Array;
  /** The constant that it adds, where that is not its bias. */
  constant?(scope: Scope): Float64Array;
}

/** r_n of the first `count` features of every token, from their mean square. [N, D] → [N] */
function perToken(
  c: Float64Array,
  D: number,
  count: number,
  inverse: (meanSquare: number) => number,
): Float64Array {
  const rows = new Float64Array(c.length / D);
  for (let n = 0; n < rows.length; n++) {
    let total = 0;
    for (let i = n * D; i < n * D + count; i++) total += c[i]! * c[i]!;
    rows[n] = inverse(total / count);
  }
  return rows;
}

/** r_j of every feature, from its mean square over tokens. [N, D] → [D] */
function perFeature(
  c: Float64Array,
  D: number,
  inverse: (meanSquare: number) => number,
): Float64Array {
  const squares = new Float64Array(D);
  for (let i = 0; i < c.length; i++) squares[i % D]! += c[i]! * c[i]!;
  return squares.map((total) => inverse((total * D) / c.length));
}

/** r_n g_j, with the row of g that belongs to the token. rows: [N], gains: [M, D] → [N, D] */
function outer(
  rows: Float64Array,
  gains: ArrayLike<number>,
  { D, row }: Pick<Scope, 'D' | 'row'>,
): Float64Array {
  const factor = new Float64Array(rows.length * D);
  for (let n = 0; n < rows.length; n++) {
    const first = row(n) * D;
    for (let j = 0; j < D; j++) factor[n * D + j] = rows[n]! * gains[first + j]!;
  }
  return factor;
}

const inverseRoot = (eps: number) => (meanSquare: number) => 1 / Math.sqrt(meanSquare + eps);

/** Every token over the root mean square of its first features, times a gain. */
const byRms =
  (counted: (D: number) => number = (D) => D): Kind['factor'] =>
  (c, scope) =>
    outer(
      perToken(c, scope.D, counted(scope.D), inverseRoot(scope.eps)),
      scope.param('gain'),
      scope,
    );

/** Every feature over its root mean square over the tokens of the batch, times a gain. */
const overBatch: Kind['factor'] = (c, scope) => {
  const { D, eps, param } = scope;
  const gain = param('gain');
  const gains = perFeature(c, D, inverseRoot(eps)).map((r, j) => r * gain[j]!);
  return outer(new Float64Array(c.length / D).fill(1), gains, scope);
};

/** A function of each number alone, as its secant from 0: g (f(c) − f(0))/c, and g f′(0) where c is 0. */
const secant =
  (f: (c: number) => number, slope: number): Kind['factor'] =>
  (c, { D, param }) => {
    const gain = param('gain');
    const atZero = f(0);
    return c.map((x, i) => gain[i % D]! * (x === 0 ? slope : (f(x) - atZero) / x));
  };

const KINDS: Record<NormId, Kind> = {
  layernorm: { parts: ['gain'], hasBias: true, centre: 'features', factor: byRms() },
  rmsnorm: { parts: ['gain'], factor: byRms() },
  prmsnorm: { parts: ['gain'], factor: byRms((D) => Math.max(1, Math.floor(D / 16))) },
  scalenorm: {
    parts: ['gain'],
    factor(c, scope) {
      const { D, eps, param } = scope;
      const gain = param('gain')[0]!;
      const byLength = (meanSquare: number) => 1 / Math.max(Math.sqrt(meanSquare * D), eps);
      return outer(perToken(c, D, D, byLength), new Float64Array(D).fill(gain), scope);
    },
  },
  batchnorm: { parts: ['gain'], hasBias: true, centre: 'batch', factor: overBatch },
  powernorm: { parts: ['gain'], hasBias: true, factor: overBatch },
  dyt: {
    parts: ['gain', 'alpha'],
    hasBias: true,
    factor(c, scope) {
      const alpha = scope.param('alpha')[0]!;
      return secant((x) => Math.tanh(alpha * x), alpha)(c, scope);
    },
  },
  derf: {
    parts: ['gain', 'alpha', 'shift'],
    hasBias: true,
    factor(c, scope) {
      const [alpha, shift] = [scope.param('alpha')[0]!, scope.param('shift')[0]!];
      const slope = (alpha * 2 * Math.exp(-shift * shift)) / Math.sqrt(Math.PI);
      return secant((x) => erf(alpha * x + shift), slope)(c, scope);
    },
    constant({ param, bias }) {
      const atZero = erf(param('shift')[0]!);
      return Float64Array.from(param('gain'), (gain, j) => gain * atZero + (bias?.[j] ?? 0));
    },
  },
  adaptive: {
    parts: ['scale', 'shift'],
    centre: 'features',
    factor(c, scope) {
      const gains = Float64Array.from(scope.param('scale'), (scale) => 1 + scale);
      return outer(perToken(c, scope.D, scope.D, inverseRoot(scope.eps)), gains, scope);
    },
    constant: ({ param }) => Float64Array.from(param('shift')),
  },
  seednorm: {
    parts: ['gain', 'alpha', 'beta'],
    factor(c, { D, eps, param }) {
      const [gain, alpha, beta] = [param('gain'), param('alpha'), param('beta')];
      const rows = perToken(c, D, D, inverseRoot(eps));
      const factor = new Float64Array(c.length);
      for (let n = 0; n < rows.length; n++) {
        let along = 0;
        for (let j = 0; j < D; j++) along += c[n * D + j]! * beta[j]!;
        const open = Math.tanh(along);
        for (let j = 0; j < D; j++) {
          factor[n * D + j] = rows[n]! * (open * alpha[j]! + gain[j]!);
        }
      }
      return factor;
    },
  },
  none: { parts: [], factor: (c) => new Float64Array(c.length).fill(1) },
};

/** The names of a norm’s tensors, without running statistics. */
export const paramsOf = ({ name, kind }: NormAt, { bias }: Pick<Config, 'bias'>): string[] => {
  const { parts, hasBias } = KINDS[kind];
  return [...parts, ...(hasBias && bias ? ['bias'] : [])].map((part) => `${name}.${part}`);
};

/** Each of `groups` sets of `count` numbers, `step` apart, less its mean. In place. */
function centreEach(x: Float64Array, groups: number, count: number, apart: number, step: number) {
  for (let group = 0; group < groups; group++) {
    const first = group * apart;
    const end = first + count * step;
    let total = 0;
    for (let i = first; i < end; i += step) total += x[i]!;
    const mean = total / count;
    for (let i = first; i < end; i += step) x[i]! -= mean;
  }
}

/** x without its means. In place; x: [N, D] */
function centre(x: Float64Array, of: Centre, D: number): void {
  const N = x.length / D;
  if (of === 'features') centreEach(x, N, D, D, 1);
  if (of === 'batch') centreEach(x, D, N, 1, D);
}

/** A norm at this input, with the statistics of the batch as in training. u: [N, D] */
export function freeze({ name, kind }: NormAt, u: Float64Array, raw: Raw): Frozen {
  const { config, params } = raw;
  const { seq_len: T, d_model: D, norm_eps: eps } = config;
  const M = modalitiesOf(config);
  const of = KINDS[kind];
  const bias = params[`${name}.bias`]?.data ?? null;
  const param = (part: string) => params[`${name}.${part}`]!.data;
  const row = (n: number) => (M === 1 ? 0 : modalityOf(n % T, M));
  // Rows that are chosen by modality are those of adaptive norms; all others have one.
  const scope: Scope = { param, bias, eps, D, row: kind === 'adaptive' ? row : () => 0 };
  const means = of.centre ?? 'none';
  const c = u.slice();
  centre(c, means, D);
  return {
    centre: means,
    factor: of.factor(c, scope),
    constant: of.constant?.(scope) ?? (bias && Float64Array.from(bias)),
    row: scope.row,
  };
}

/** A part of the norm’s input, carried through it: factor ⊙ centre(x). In place; x: [N, D] */
export function carry(x: Float64Array, { centre: of, factor }: Frozen, D: number): void {
  centre(x, of, D);
  for (let i = 0; i < x.length; i++) x[i]! *= factor[i]!;
}

/** The norm’s own constant is added. In place; x: [N, D] */
export function addConstant(x: Float64Array, { constant, row }: Frozen, D: number): void {
  if (!constant) return;
  for (let n = 0; n * D < x.length; n++) {
    const first = row(n) * D;
    for (let j = 0; j < D; j++) x[n * D + j]! += constant[first + j]!;
  }
}

/** N(u). u: [N, D] → [N, D] */
export function normalized(norm: NormAt, u: Float64Array, raw: Raw): Float64Array {
  const { d_model: D } = raw.config;
  const frozen = freeze(norm, u, raw);
  const y = u.slice();
  carry(y, frozen, D);
  addConstant(y, frozen, D);
  return y;
}
