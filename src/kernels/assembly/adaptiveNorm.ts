import { gradientRow, normRow, STANDARDIZE } from './norm';

/** gains: [M, D] = 1 + scale */
function onePlus(gains: usize, scale: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f32>(gains + (i << 2), 1 + load<f32>(scale + (i << 2)));
}

/** Where the row of a table of D columns begins that belongs to this token: ids: [T] int32. */
// @ts-ignore: decorator
@inline
function rowAt(ids: usize, token: i32, T: i32, D: i32): usize {
  return <usize>(load<i32>(ids + ((token % T) << 2)) * D) << 2;
}

/**
 * y = (x − mean) · r · (1 + scale) + shift, with the row of scale and shift that `ids` names for the position.
 * x, y: [N, D], tokens of sequences of T; stats: [N, 2], mean and r; scale, shift: [M, D]; ids: [T] int32;
 * gains: memory for M·D numbers.
 */
export function adaptiveNorm(
  y: usize,
  stats: usize,
  x: usize,
  scale: usize,
  shift: usize,
  ids: usize,
  N: i32,
  D: i32,
  T: i32,
  M: i32,
  eps: f32,
  gains: usize,
): void {
  onePlus(gains, scale, M * D);
  for (let token = 0; token < N; token++) {
    const row = rowAt(ids, token, T, D);
    normRow(y, stats, x, gains + row, shift + row, D, STANDARDIZE, D, eps, false);
    x += D << 2;
    y += D << 2;
    stats += 8;
  }
}

/** Its gradients, those of scale and shift summed over the tokens of each row: see `rowNormGradient`. */
export function adaptiveNormGradient(
  dx: usize,
  dscale: usize,
  dshift: usize,
  dy: usize,
  x: usize,
  stats: usize,
  scale: usize,
  ids: usize,
  N: i32,
  D: i32,
  T: i32,
  M: i32,
  eps: f32,
  gains: usize,
): void {
  onePlus(gains, scale, M * D);
  memory.fill(dscale, 0, (M * D) << 2);
  memory.fill(dshift, 0, (M * D) << 2);
  for (let token = 0; token < N; token++) {
    const row = rowAt(ids, token, T, D);
    gradientRow(
      dx, dscale + row, dshift + row, dy, x, stats, gains + row,
      D, STANDARDIZE, D, eps, false, true, 1,
    );
    x += D << 2;
    dy += D << 2;
    dx += D << 2;
    stats += 8;
  }
}
