import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, f32, rowwise, u32, type Program } from '../program';
import { HIGHEST, LARGEST, LOG, LOWEST, NAN, SUM, SUM4, TANH, type Reduction } from './common';

/** Sizes for attention’s shaders; see `kernels/operations/attention.ts`. */
export interface AttentionSizes {
  B: number;
  T: number;
  H: number;
  d: number;
  scale: number;
  cap: number;
  causal: boolean;
}

const uniformsOf = ({ T, H, d, scale, cap, causal }: AttentionSizes) => ({
  ...{ T: u32(T), H: u32(H), d: u32(d) },
  ...{ scale: f32(scale), cap: f32(cap), causal: u32(Number(causal)) },
});

/** Row r of B·H·T: its head’s first feature of the first token in q, k and v. */
const PLACES = `
  fn headOf(r: u32) -> u32 { return r / u.T % u.H; }
  fn startOf(r: u32) -> u32 { return r / (u.T * u.H) * u.T * u.H * u.d + headOf(r) * u.d; }`;

/** Stages of the gradient in the order in which gradients arrive where they are measured. */
const [OF_PATTERN, OF_SCORES, OF_V, OF_K, OF_Q] = ['0u', '1u', '2u', '3u', '4u'];

/** Scores, pattern and mixed of a query by one workgroup. */
export const attentionProgram = (
  backend: TapingBackend,
  sizes: AttentionSizes,
  inputs: { q: TensorInfo; k: TensorInfo; v: TensorInfo; penalty?: TensorInfo },
  outputs: { mixed: TensorInfo; scores: TensorInfo; pattern: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'Attention',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [LARGEST, SUM],
      code: () => `
        ${TANH} ${PLACES}
        fn row(r: u32, lane: u32) {
          let i = r % u.T;
          let width = u.H * u.d;
          let start = startOf(r);
          let keys = select(u.T, i + 1u, u.causal == 1u);
          let cap = roundedAgain(u.cap);
          let place = start + i * width;
          if (ROUNDS) {
            // Until it is mixed, the query as it enters the product.
            for (var c = lane; c < u.d; c += LANES) { mixed[place + c] = stored(q[place + c] * roundedAgain(u.scale)); }
            ${backend.hasBarriers ? 'storageBarrier();' : ''}
          }
          var top = ${LOWEST};
          for (var j = lane; j < u.T; j += LANES) {
            var score = 0.0;
            if (ROUNDS) {
              for (var c = 0u; c < u.d; c++) { score += mixed[place + c] * k[start + j * width + c]; }
              score = stored(score);
            } else {
              for (var c = 0u; c < u.d; c++) { score += q[place + c] * k[start + j * width + c]; }
              score *= u.scale;
            }
            if (cap != 0.0) {
              score = rounded(cap * rounded(tanhOf(rounded(score / cap))));
            }
            ${inputs.penalty ? 'score = rounded(score + penalty[(headOf(r) * u.T + i) * u.T + j]);' : ''}
            scores[r * u.T + j] = score;
            if (j < keys) { top = larger(top, score); }
          }
          stage(1u);
          let origin = largest(top, lane);
          var part = 0.0;
          for (var j = lane; j < keys; j += LANES) {
            let e = exp(scores[r * u.T + j] - origin);
            pattern[r * u.T + j] = e;
            part += e;
          }
          let factor = 1.0 / sum(part, lane);
          for (var j = lane; j < u.T; j += LANES) {
            pattern[r * u.T + j] = rounded(select(0.0, pattern[r * u.T + j] * factor, j < keys));
          }
          stage(2u);
          // Operands of products are counted once.
          if (CASTS) {
            for (var j = lane; j < u.T; j += LANES) { _ = stored(pattern[r * u.T + j]); }
          }
          ${backend.hasBarriers ? 'storageBarrier();' : ''}
          for (var c = lane; c < u.d; c += LANES) {
            var value = 0.0;
            for (var j = 0u; j < keys; j++) {
              value += operand(pattern[r * u.T + j]) * v[start + j * width + c];
            }
            mixed[place + c] = stored(value);
          }
        }`,
    },
    sizes.B * sizes.H * sizes.T,
  );

/**
 * Gradients of pattern and scores of a query, by one workgroup; `raw` is that of the scores before the cap,
 * where there is one.
 */
export const scoreGradientProgram = (
  backend: TapingBackend,
  sizes: AttentionSizes,
  inputs: {
    dmixed: TensorInfo;
    v: TensorInfo;
    pattern: TensorInfo;
    scores?: TensorInfo;
    penalty?: TensorInfo | undefined;
  },
  outputs: { dscores: TensorInfo; dpattern: TensorInfo; raw?: TensorInfo },
  /** True where what comes of it goes through the gradient of a cap, in a program of its own. */
  capped = false,
): Program =>
  rowwise(
    backend,
    {
      name: `ScoreGradient/${capped}`,
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [TOP, SUM],
      code: () => `
        ${PLACES}
        fn row(r: u32, lane: u32) {
          let i = r % u.T;
          let width = u.H * u.d;
          let start = startOf(r);
          let keys = select(u.T, i + 1u, u.causal == 1u);
          stage(${OF_PATTERN});
          // The gradient at the largest p is where the others are measured from.
          var best = vec2f(-1.0, 0.0);
          for (var j = lane; j < u.T; j += LANES) {
            var dp = 0.0;
            for (var c = 0u; c < u.d; c++) {
              dp += dmixed[start + i * width + c] * v[start + j * width + c];
            }
            dpattern[r * u.T + j] = stored(dp);
            let p = pattern[r * u.T + j];
            if (j < keys && p > best.x) { best = vec2f(p, f32(j)); }
          }
          let at = u32(top(best, lane).y);
          ${backend.hasBarriers ? 'storageBarrier();' : ''}
          let origin = dpattern[r * u.T + at];
          var part = 0.0;
          for (var j = lane; j < keys; j += LANES) {
            part += pattern[r * u.T + j] * (dpattern[r * u.T + j] - origin);
          }
          let mean = sum(part, lane);
          stage(${OF_SCORES});
          for (var j = lane; j < u.T; j += LANES) {
            var ds = 0.0;
            if (j < keys) {
              ds = rounded(pattern[r * u.T + j] * (dpattern[r * u.T + j] - origin - mean));
            }
            dscores[r * u.T + j] = ds;
            ${
              outputs.raw
                ? `var t = scores[r * u.T + j];
                   ${inputs.penalty ? 't -= penalty[(headOf(r) * u.T + i) * u.T + j];' : ''}
                   t /= u.cap;
                   raw[r * u.T + j] = ds * (1.0 - t * t);`
                : ''
            }
          }
          ${
            capped
              ? ''
              : `if (CASTS) {
                   stage(${OF_Q});
                   for (var j = lane; j < u.T; j += LANES) { _ = stored(dscores[r * u.T + j]); }
                 }`
          }
        }`,
    },
    sizes.B * sizes.H * sizes.T,
  );

/**
 * The gradient before the cap where a format is emulated: rounded scores do not tell what they were, so that they are
 * computed again. A pair of tokens by a thread.
 */
export const capGradientProgram = (
  sizes: AttentionSizes,
  inputs: { q: TensorInfo; k: TensorInfo; dscores: TensorInfo },
  outputs: { raw: TensorInfo },
): Program =>
  elementwise(
    {
      name: 'CapGradient',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      code: () => `
        ${NAN} ${TANH} ${PLACES}
        fn each(n: u32) {
          stage(${OF_Q});
          let cap = roundedAgain(u.cap);
          let width = u.H * u.d;
          let r = n / u.T;
          let start = startOf(r);
          let query = start + r % u.T * width;
          let key = start + n % u.T * width;
          var score = 0.0;
          for (var c = 0u; c < u.d; c++) { score += storedAgain(q[query + c] * roundedAgain(u.scale)) * k[key + c]; }
          let bent = roundedAgain(tanhOf(roundedAgain(storedAgain(score) / cap)));
          let slope = rounded(1.0 - rounded(bent * bent));
          let through = rounded(dscores[n] * slope);
          raw[n] = stored(through);
        }`,
    },
    sizes.B * sizes.H * sizes.T * sizes.T,
  );

/** (p, j) of the largest p, the first of equals. */
const TOP: Reduction = {
  name: 'top',
  type: 'vec2f',
  combine: 'select(a, b, b.x > a.x || (b.x == a.x && b.y < a.y))',
  inSubgroup: `
    let most = subgroupMax(x.x);
    return vec2f(most, subgroupMin(select(${HIGHEST}, x.y, x.x == most)));`,
};

const QUERY_GRADIENT = `
  var query = 0.0;
  for (var j = 0u; j < until; j++) {
    query += operand(raw[square + t * u.T + j]) * k[first + j * width];
  }
  stage(${OF_Q});
  dq[n] = rounded(scale * stored(query));`;
const KEY_GRADIENTS = `
  var key = 0.0;
  var value = 0.0;
  for (var i = select(0u, t, u.causal == 1u); i < u.T; i++) {
    var asked = q[first + i * width];
    if (ROUNDS) { asked = storedAgain(asked * scale); }
    key += operand(raw[square + i * u.T + t]) * asked;
    value += operand(pattern[square + i * u.T + t]) * dmixed[first + i * width];
  }
  stage(${OF_K});
  dk[n] = stored(select(scale * key, key, ROUNDS));
  stage(${OF_V});
  dv[n] = stored(value);`;

/** dq, of k and raw; dk and dv, of the others: a thread for each feature of each token. */
export const headGradientProgram = (
  sizes: AttentionSizes,
  inputs: {
    dmixed?: TensorInfo;
    q?: TensorInfo;
    k?: TensorInfo;
    pattern?: TensorInfo;
    raw: TensorInfo;
  },
  outputs: { dq: TensorInfo } | { dk: TensorInfo; dv: TensorInfo },
): Program =>
  elementwise(
    {
      name: 'HeadGradient',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      code: () => `
        fn each(n: u32) {
          let scale = roundedAgain(u.scale);
          let width = u.H * u.d;
          let c = n % width;
          let t = n / width % u.T;
          let first = n / (width * u.T) * width * u.T + c;
          let square = (n / (width * u.T) * u.H + c / u.d) * u.T * u.T;
          let until = select(u.T, t + 1u, u.causal == 1u);
          ${'dq' in outputs ? QUERY_GRADIENT : ''}
          ${'dk' in outputs ? KEY_GRADIENTS : ''}
        }`,
    },
    sizes.B * sizes.T * sizes.H * sizes.d,
  );

/** The statistics of a head by one workgroup, each lane with rows of its own: see `kernels/statistics/headMoments.ts`. */
export const headStatisticsProgram = (
  backend: TapingBackend,
  { B, H, T, causal }: Pick<AttentionSizes, 'B' | 'H' | 'T' | 'causal'>,
  inputs: { scores: TensorInfo; pattern: TensorInfo },
  outputs: { statistics: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'HeadStatistics',
      ...{ inputs, outputs },
      uniforms: { B: u32(B), H: u32(H), T: u32(T), causal: u32(Number(causal)) },
      reductions: [LARGEST, SUM4],
      code: () => `
        ${LOG}
        fn row(h: u32, lane: u32) {
          var highest = ${LOWEST};
          var sums = vec4f();
          for (var n = lane; n < u.B * u.T; n += LANES) {
            let i = n % u.T;
            let at = ((n / u.T * u.H + h) * u.T + i) * u.T;
            let keys = select(u.T, i + 1u, u.causal == 1u);
            var most = ${LOWEST};
            for (var j = 0u; j < keys; j++) { most = larger(most, scores[at + j]); }
            highest = larger(highest, most);
            var counted = 0.0;
            var rest = 0.0;
            var weighted = 0.0;
            var distance = 0.0;
            for (var j = 0u; j < keys; j++) {
              let apart = scores[at + j] - most;
              // A difference of huge scores may be −∞, and 0·∞ is no number.
              let below = select(max(apart, -1e4), apart, isNaN(apart));
              let weight = pattern[at + j];
              if (below == 0.0) { counted += 1.0; }
              else {
                rest += exp(below);
                weighted += weight * below;
              }
              distance += weight * (f32(i) - f32(j));
            }
            sums.z += distance;
            if (i > 0u) {
              let z = ln(counted) + lnOnePlus(rest / counted);
              sums.x += (z - weighted) / ln(f32(keys));
              sums.y += pattern[at];
            }
          }
          let whole = sum4(sums, lane);
          let score = largest(highest, lane);
          if (lane != 0u) { return; }
          // One row has no mean over the others.
          let rows = f32(u.B * (u.T - 1u));
          let nothing = bitcast<f32>(0x7fc00000u | (h >> 31u));
          statistics[h] = select(whole.x / rows, nothing, u.T == 1u);
          statistics[u.H + h] = score;
          statistics[2u * u.H + h] = select(whole.y / rows, nothing, u.T == 1u);
          statistics[3u * u.H + h] = whole.z / f32(u.B * u.T);
        }`,
    },
    H,
    256,
  );
