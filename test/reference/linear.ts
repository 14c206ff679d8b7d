import type { Model } from './model';
import { add, div, matmul, mul, tensor, transpose, type Tensor } from './tape';

/**
 * a @ b + bias. Under autocast (Micikevicius et al. 2018) all that goes into the product is cast to the format, the sum
 * is exact, and the result is stored in the format; on the way back its gradient is cast, and those of a, b and bias
 * are stored.
 */
export function product({ inFormat }: Model, a: Tensor, b: Tensor, bias?: Tensor): Tensor {
  const y = matmul(inFormat(a), inFormat(b));
  return inFormat(bias ? add(y, inFormat(bias)) : y);
}

/** x @ W + b, for `w_in` and `b_in`, `wq` and `bq`, … */
export function linear(model: Model, at: string, part: string, x: Tensor): Tensor {
  const bias = model.settings.bias ? model.param(`${at}.b${part}`) : undefined;
  return product(model, x, matrix(model, `${at}.w${part}`), bias);
}

/** W, or under σReparam W·γ/σ(W). */
function matrix(model: Model, name: string): Tensor {
  const W = model.param(name);
  if (model.settings.weight_reparam !== 'sigma' || !model.has(`${name}.gamma`)) return W;
  return div(mul(W, model.param(`${name}.gamma`)), spectralNorm(model, name, W));
}

/**
 * σ = vᵀWu after one power step from the kept u [out]: v = Wu/‖Wu‖ [in], then u = Wᵀv/‖Wᵀv‖. Both vectors
 * are constants to the gradient, so that ∂σ/∂W = v uᵀ. Where there is no u yet, it is W's own singular vector.
 */
function spectralNorm(model: Model, name: string, W: Tensor): Tensor {
  const column = (values: ArrayLike<number>): Tensor => tensor([values.length, 1], values);
  const isKept = model.has(`${name}.u`);
  const kept = column(isKept ? model.param(`${name}.u`).data : rightSingularVector(W));
  const v = column(model.constant(`${name}.v`, () => normalized(matmul(W, kept).data)));
  const u = column(model.constant(`${name}.u`, () => normalized(matmul(transpose(W), v).data)));
  model.update(`${name}.u`, u.data);
  return matmul(matmul(transpose(v), W), u); // [1, 1]
}

/** To the largest singular value: a column of a high power of WᵀW, by squaring, the longest one. */
export function rightSingularVector(W: Tensor): Float64Array {
  const n = W.shape[1]!;
  let power = matmul(transpose(W), W);
  for (let i = 0; i < 40; i++) {
    const largest = power.data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    const unit = tensor(
      [n, n],
      power.data.map((x) => x / largest),
    );
    power = matmul(unit, unit);
  }
  const columns = Array.from({ length: n }, (_, j) => power.data.filter((_, i) => i % n === j));
  return normalized(columns.reduce((a, b, j) => (b[j]! > Math.max(...a) ? b : a)));
}

function normalized(x: Float64Array): Float64Array {
  const length = Math.sqrt(x.reduce((total, value) => total + value * value, 0));
  return x.map((value) => value / length);
}
