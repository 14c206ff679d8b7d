import type { NormId } from '../config/norms';
import { isGated, type Config } from '../config/fields';
import type { LayerPlan } from '../config/layers';
import type { Sublayer } from '../config/blockSites';
import { activations } from './activations';
import { patternOf, type Pattern } from './attention';
import { dropped, fresh, mixed, type Field } from './field';
import { hadamard } from './matrix';
import { normLaws } from './norms';
import { turned } from './positions';
import type { Line, Tape } from './tape';
import type { Tokens } from './tokens';
import { weightsOf, type MatrixName, type Weights } from './weights';

/** A linear map that was passed: the gradient of its matrix is of its input and its output's gradient. */
export interface Passed {
  name: string;
  input: Line;
  output: Line;
  weights: Weights;
}

/** The surroundings of the laws of one layer. */
export interface Scope {
  config: Config;
  tape: Tape;
  tokens: Tokens;
  plan: LayerPlan;
  layer: number;
  /** Told of every point of the block. */
  tap(site: string, line: Line): Line;
  /** Told of every linear map. */
  passed(one: Passed): void;
  /** Told of attention. */
  pattern(one: Pattern): void;
}

/** The same random matrix for all tokens: what comes out is new, and so is the gradient that goes in. */
function linear(x: Line, name: MatrixName, of: Sublayer, scope: Scope): Line {
  const { config, tape, plan, layer } = scope;
  const weights = weightsOf(name, plan.placement, config);
  const { fanIn, fanOut, meanSquare } = weights;
  const output = tape.step([x], mixed(x.signal, fanIn * meanSquare), (gradient) => [
    mixed(gradient, fanOut * meanSquare),
  ]);
  scope.passed({ name: `blocks.${layer}.${of}.${name}`, input: x, output, weights });
  return output;
}

/** α of DyT: before attention it may be another than elsewhere. Derf begins with 0.5. */
const alphaOf = (kind: NormId, of: Sublayer | null, { dyt_alpha, dyt_alpha_attn }: Config) =>
  kind === 'dyt' ? (of === 'attn' && dyt_alpha_attn) || dyt_alpha : 0.5;

export function norm(
  x: Line,
  kind: NormId,
  of: Sublayer | null,
  { config, tape }: Pick<Scope, 'config' | 'tape'>,
): Line {
  const { signal, back } = normLaws[kind]!(x.signal, config, alphaOf(kind, of, config));
  return tape.step([x], signal, (gradient) => [back(gradient)]);
}

/** Through a map of the field that acts on gradients alike. */
export const through = (x: Line, f: (field: Field) => Field, { tape }: Pick<Scope, 'tape'>): Line =>
  tape.step([x], f(x.signal), (gradient) => [f(gradient)]);

/** Queries or keys normalized, with what their products are then multiplied by: λ of the scores. */
function normedQueries(q: Line, k: Line, scope: Scope): { q: Line; k: Line; lambda: number } {
  const { qk_norm, seq_len: T } = scope.config;
  if (qk_norm === 'none') return { q, k, lambda: 1 };
  const kind = qk_norm === 'layernorm' ? 'layernorm' : 'rmsnorm';
  const normed = (x: Line) => norm(x, kind, 'attn', scope);
  // A product of unit vectors of d features has variance 1/d of what that of RMS 1 has; gain g (Henry et al. 2020).
  const d = scope.config.d_model / scope.config.n_heads;
  const lambda = qk_norm === 'l2' ? Math.log2(T * T - T) ** 2 / d : 1;
  return { q: normed(q), k: normed(k), lambda };
}

function attention(x: Line, scope: Scope): Line {
  const { config, tape, tokens, plan, tap } = scope;
  const [q, k, v] = (['q', 'k', 'v'] as const).map((part) =>
    tap(`attn.${part}`, linear(x, `w${part}`, 'attn', scope)),
  ) as [Line, Line, Line];
  const isChosen = config.attention === 'softmax';
  const heads = isChosen ? normedQueries(q, k, scope) : { q, k, lambda: 0 };
  const place = (line: Line) =>
    config.positions === 'rope' && isChosen
      ? through(line, (field) => turned(field, tokens, config), scope)
      : line;
  const [queries, keys] = [place(heads.q), place(heads.k)];
  const pattern = patternOf(
    {
      q: queries.signal.second,
      k: keys.signal.second,
      lambda: heads.lambda,
    },
    tokens,
  );
  scope.pattern(pattern);
  const values = v.signal.second;
  let read = tape.step([queries, keys, v], fresh(pattern.read(values)), ({ second }) => {
    const toV = fresh(pattern.write(second));
    if (!isChosen) return [null, null, toV];
    const scores = pattern.toScores(second, values);
    return [fresh(scores.q), fresh(scores.k), toV];
  });
  if (config.inner_norm === 'subln') read = norm(read, plan.norm, 'attn', scope);
  return linear(read, 'wo', 'attn', scope);
}

/** f of single numbers between two matrices, or of a gate, whose product with the other half goes on. */
function mlp(x: Line, scope: Scope): Line {
  const { config, tape, plan } = scope;
  const law = activations[config.activation];
  const gate = linear(x, isGated(config) ? 'w_gate' : 'w_in', 'mlp', scope);
  const K = gate.signal.second;
  const [second, slopes] = [law.second(K), law.slopes(K)];
  let hidden: Line;
  if (isGated(config)) {
    const factor = linear(x, 'w_in', 'mlp', scope);
    const W = factor.signal.second;
    hidden = tape.step([gate, factor], fresh(hadamard(second, W)), (gradient) => [
      fresh(hadamard(gradient.second, hadamard(slopes, W))),
      fresh(hadamard(gradient.second, second)),
    ]);
  } else {
    hidden = tape.step([gate], fresh(second, law.mean(K)), (gradient) => [
      fresh(hadamard(gradient.second, slopes)),
    ]);
  }
  if (config.inner_norm !== 'none') hidden = norm(hidden, plan.norm, 'mlp', scope);
  return linear(hidden, 'w_out', 'mlp', scope);
}

/** A sublayer, from what it reads to what its branch carries on. */
export function branch(x: Line, of: Sublayer, scope: Scope): Line {
  const { config, plan, tap } = scope;
  const read = tap(`${of}_in`, x);
  const out = tap(`${of}_out`, of === 'attn' ? attention(read, scope) : mlp(read, scope));
  const given = through(out, (field) => dropped(field, config.dropout), scope);
  return of === 'attn' && config.inner_norm === 'normformer'
    ? norm(given, plan.norm, 'attn', scope)
    : given;
}
