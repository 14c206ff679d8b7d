import type { TensorInfo } from '@tensorflow/tfjs-core';
import { MOMENTS, TOKEN_MOMENTS } from '../../statistics/rows';
import type { TapingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { LOG, SUM4, type Reduction } from './common';

/*
 * Sums of powers of numbers up to 1e30 and down to 1e-25, without float64: each lane keeps the largest size
 * that it has met, and its sums are those of numbers over that.
 */

export const SCALED = `
  /** The largest size, NaN if there was one, and sums of powers of numbers over it. */
  struct Scaled { top: f32, sum: f32, squares: f32, fourths: f32 }
  /** x/y for sizes x ≤ y: WGSL leaves open what is divided by more than 2¹²⁶, or by less than 2⁻¹²⁶. */
  fn share(x: f32, y: f32) -> f32 { return (x * 0.125) / max(y * 0.125, 1.2e-38); }
  /** The same sums over a larger size. */
  fn under(a: Scaled, top: f32) -> Scaled {
    var f = 1.0;
    if (a.top != top) { f = share(a.top, top); }
    return Scaled(top, a.sum * f, a.squares * f * f, a.fourths * f * f * f * f);
  }
  fn together(a: Scaled, b: Scaled) -> Scaled {
    // As bits a NaN is larger than all sizes.
    let top = bitcast<f32>(max(bitcast<u32>(a.top), bitcast<u32>(b.top)));
    let p = under(a, top);
    let q = under(b, top);
    return Scaled(top, p.sum + q.sum, p.squares + q.squares, p.fourths + q.fourths);
  }
  fn met(before: Scaled, x: f32) -> Scaled {
    let size = abs(x);
    var a = before;
    if (bitcast<u32>(size) > bitcast<u32>(a.top)) { a = under(a, size); }
    // The largest itself is one also where it is infinite; near the end of float32's normal numbers all is zero.
    var unit = share(x, a.top);
    if (size == a.top) { unit = sign(x); }
    let square = unit * unit;
    return Scaled(a.top, a.sum + unit, a.squares + square, a.fourths + square * square);
  }
  fn rmsOf(a: Scaled, count: u32) -> f32 { return a.top * sqrt(a.squares / f32(count)); }`;

export const TOGETHER: Reduction = {
  ...{ name: 'overall', type: 'Scaled', combine: 'together(a, b)' },
  inSubgroup: `
    // As bits a NaN is larger than all sizes.
    let top = bitcast<f32>(subgroupMax(bitcast<u32>(x.top)));
    let own = under(x, top);
    let sums = subgroupAdd(vec3f(own.sum, own.squares, own.fourths));
    return Scaled(top, sums.x, sums.y, sums.z);`,
};
/** A workgroup has one tensor: as many lanes as every device allows. */
const LANES = 256;

/** As many tensors as one program measures, beside what it writes. */
export const mostMeasured = (backend: TapingBackend): number => backend.mostBuffers - 2;

/**
 * The tensors as x0, x1, … always as many, so that the text does not depend on how many there are: the first
 * stands in for those that are missing. `number(s, i)` is number i of tensor s.
 */
export function tensorsOf(backend: TapingBackend, tensors: TensorInfo[]) {
  const names = Array.from({ length: mostMeasured(backend) }, (_, i) => `x${i}`);
  return {
    inputs: Object.fromEntries(names.map((name, i) => [name, tensors[i] ?? tensors[0]!])),
    code: `
      fn number(s: u32, i: u32) -> f32 {
        switch (s) {
          ${names.map((name, i) => `case ${i}u: { return ${name}[i]; }`).join('\n')}
          default: { return 0.0; }
        }
      }`,
  };
}

/** Root mean squares of tensors of one size, each by one workgroup. → [tensors] */
export function rmsProgram(
  backend: TapingBackend,
  tensors: TensorInfo[],
  size: number,
  values: TensorInfo,
): Program {
  const { inputs, code } = tensorsOf(backend, tensors);
  return rowwise(
    backend,
    {
      name: 'SiteRms',
      inputs,
      outputs: { values },
      uniforms: { size: u32(size) },
      types: SCALED,
      reductions: [TOGETHER],
      code: () => `
        ${code}
        fn row(s: u32, lane: u32) {
          var part = Scaled();
          for (var i = lane; i < u.size; i += LANES) { part = met(part, number(s, i)); }
          let whole = overall(part, lane);
          if (lane == 0u) { values[s] = rmsOf(whole, u.size); }
        }`,
    },
    tensors.length,
    LANES,
  );
}

/** Root mean squares of the tensors in a vector, each by one workgroup. */
export const segmentRmsProgram = (
  backend: TapingBackend,
  inputs: { vector: TensorInfo; starts: TensorInfo },
  values: TensorInfo,
): Program =>
  rowwise(
    backend,
    {
      name: 'SegmentRms',
      inputs,
      outputs: { values },
      types: SCALED,
      reductions: [TOGETHER],
      code: () => `
        fn row(s: u32, lane: u32) {
          let until = u32(starts[s + 1u]);
          var part = Scaled();
          for (var i = u32(starts[s]) + lane; i < until; i += LANES) { part = met(part, vector[i]); }
          let whole = overall(part, lane);
          if (lane == 0u) { values[s] = rmsOf(whole, until - u32(starts[s])); }
        }`,
    },
    values.shape[0]!,
    LANES,
  );

const OVERALL = `
  fn put(at: u32, whole: Scaled, count: u32) {
    values[at] = rmsOf(whole, count);
    values[at + 1u] = whole.top * (whole.sum / f32(count));
    values[at + 2u] = whole.top;
    let relative = whole.fourths * f32(count) / (whole.squares * whole.squares);
    // Of infinite numbers there is none: their bits and one more are those of a NaN.
    let bits = bitcast<u32>(whole.top);
    values[at + 3u] = select(relative, bitcast<f32>(bits | 0x400000u), bits >= 0x7f800000u);
  }`;

/** RMS, mean, largest size and kurtosis of tensors of one size, each by one workgroup. → [tensors, moments] */
export function momentsProgram(
  backend: TapingBackend,
  tensors: TensorInfo[],
  size: number,
  values: TensorInfo,
): Program {
  const { inputs, code } = tensorsOf(backend, tensors);
  return rowwise(
    backend,
    {
      name: 'SiteMoments',
      inputs,
      outputs: { values },
      uniforms: { size: u32(size) },
      types: SCALED,
      reductions: [TOGETHER],
      code: () => `
        ${code} ${OVERALL}
        fn row(s: u32, lane: u32) {
          var part = Scaled();
          for (var i = lane; i < u.size; i += LANES) { part = met(part, number(s, i)); }
          let whole = overall(part, lane);
          if (lane == 0u) { put(${MOMENTS.length}u * s, whole, u.size); }
        }`,
    },
    tensors.length,
    LANES,
  );
}

/** Of the lanes that share a workgroup, as many stand side by side along the features. */
const COLUMNS = 32;

/**
 * The same of tokens, [B, T, D] each, and `TOKEN_MOMENTS`. `lengths` is scratch:
 * the largest number of each token, and its length as a multiple of that, [tensors, B · T, 2]. → [tensors, moments]
 */
export function tokenMomentsProgram(
  backend: TapingBackend,
  tensors: TensorInfo[],
  [B, T, D]: [number, number, number],
  { values, lengths }: { values: TensorInfo; lengths: TensorInfo },
): Program {
  const { inputs, code } = tensorsOf(backend, tensors);
  const isShared = backend.hasBarriers;
  return rowwise(
    backend,
    {
      name: 'TokenMoments',
      inputs,
      outputs: { values, lengths },
      uniforms: { B: u32(B), T: u32(T), D: u32(D) },
      types: SCALED,
      reductions: [TOGETHER, SUM4],
      code: () => `
        ${code} ${OVERALL} ${LOG}
        const COLUMNS = min(LANES, ${COLUMNS}u);
        const PARTS = LANES / COLUMNS;
        ${
          isShared
            ? `var<workgroup> beside: array<f32, LANES>;
               /** The sum over the lanes of one column. */
               fn overParts(x: f32, lane: u32) -> f32 {
                 beside[lane] = x;
                 workgroupBarrier();
                 var whole = 0.0;
                 for (var i = lane % COLUMNS; i < LANES; i += COLUMNS) { whole += beside[i]; }
                 workgroupBarrier();
                 return whole;
               }`
            : 'fn overParts(x: f32, _lane: u32) -> f32 { return x; }'
        }
        fn row(s: u32, lane: u32) {
          let rows = u.B * u.T;
          var parts = array<Scaled, 2>();
          // Of what is not zero: Σ of exponents and of logarithms of mantissas, how many, and what is not finite.
          var logs = vec4f();
          for (var n = lane; n < rows; n += LANES) {
            var token = Scaled();
            for (var j = 0u; j < u.D; j++) { token = met(token, number(s, n * u.D + j)); }
            let place = min(n % u.T, 1u);
            parts[place] = together(parts[place], token);
            let root = sqrt(token.squares);
            lengths[2u * (s * rows + n)] = token.top;
            lengths[2u * (s * rows + n) + 1u] = root;
            if (bitcast<u32>(token.top) >= 0x7f800000u) { logs.w += token.top; }
            else if (token.top > 0.0 && root > 0.0) {
              logs += vec4f(logParts(token.top) + vec2f(0.0, ln(root)), 1.0, 0.0);
            }
          }
          let leading = overall(parts[0], lane);
          let following = overall(parts[1], lane);
          let whole = together(leading, following);
          logs = sum4(logs, lane);
          ${isShared ? 'storageBarrier();' : ''}

          let column = lane % COLUMNS;
          let first = lane / COLUMNS;
          // Σ_j s_j², Σ_j s_j⁴ of the features, Σ_b ‖Σ_t x_t/‖x_t‖‖².
          var sums = vec4f();
          for (var j0 = 0u; j0 < u.D; j0 += COLUMNS) {
            let j = j0 + column;
            var feature = 0.0;
            for (var b = 0u; b < u.B; b++) {
              var along = 0.0;
              for (var t = first; t < u.T && j < u.D; t += PARTS) {
                let n = b * u.T + t;
                let x = number(s, n * u.D + j);
                let unit = share(x, whole.top);
                feature += unit * unit;
                along += share(x, lengths[2u * (s * rows + n)]) / lengths[2u * (s * rows + n) + 1u];
              }
              let total = overParts(along, lane);
              if (first == 0u) { sums.z += total * total; }
            }
            let total = overParts(feature, lane);
            if (first == 0u) { sums += vec4f(total, total * total, 0.0, 0.0); }
          }
          let features = sum4(sums, lane);
          if (lane != 0u) { return; }
          let at = ${MOMENTS.length + TOKEN_MOMENTS.length}u * s;
          put(at, whole, rows * u.D);
          values[at + 4u] = features.y * f32(u.D) / (features.x * features.x);
          // One token has no other: what rounding leaves over 0 would be an infinity.
          let others = f32(u.T) * f32(u.T - 1u);
          let cosine = (features.z / f32(u.B) - f32(u.T)) / others;
          let undefined = bitcast<f32>(0x7fc00000u | (s >> 31u));
          values[at + 5u] = select(cosine, undefined, u.T == 1u);
          // The mean exponent without its whole part, which ldexp puts back.
          let exponent = round(logs.x / logs.z);
          let left = (logs.x - exponent * logs.z) * 0.6931472 + logs.y;
          let typical = exp(left / logs.z) / sqrt(f32(u.D));
          let sized = ldexp(typical, i32(exponent));
          values[at + 6u] = select(select(sized, logs.w, bitcast<u32>(logs.w) != 0u), undefined,
            logs.z == 0.0 && bitcast<u32>(logs.w) == 0u);
          values[at + 7u] = rmsOf(leading, u.B * u.D);
          values[at + 8u] = select(rmsOf(following, (rows - u.B) * u.D), undefined, u.T == 1u);
        }`,
    },
    tensors.length,
    LANES,
  );
}
