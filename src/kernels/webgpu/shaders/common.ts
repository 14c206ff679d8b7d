/*
 * Functions that shaders share. A compiler may take it that there is no NaN, so that what is to be kept
 * is looked for in the bits; elementary functions of which adapters may be far off are written out.
 */

/** `isNaN(x)`, and the larger of two numbers, or NaN where one is. */
export const NAN = `
  fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
  fn larger(a: f32, b: f32) -> f32 {
    if (isNaN(a)) { return a; }
    if (isNaN(b)) { return b; }
    return max(a, b);
  }`;

/** The smallest float32, as what the largest of no numbers is. */
export const LOWEST = '-0x1.fffffep+127';
export const HIGHEST = '0x1.fffffep+127';

/** tanh x = x P(x²)/Q(x²), to 4e-7 of it, as in `assembly/simd.ts`; some adapters’ own overflows. Needs NAN. */
export const TANH = `
  fn tanhOf(x: f32) -> f32 {
    if (isNaN(x)) { return x; }
    let c = clamp(x, -9.0, 9.0);
    let z = c * c;
    let p = (((1.335424e-8 * z + 2.0608772e-5) * z + 3.495569e-3) * z + 0.1338101) * z + 1.0;
    let q = (((7.776384e-7 * z + 3.285604e-4) * z + 2.587691e-2) * z + 0.46714327) * z + 1.0;
    return clamp(c * p / q, -1.0, 1.0);
  }`;

/** erf x = x P(x²)/Q(x²), to 4e-7 of it, as in `assembly/simd.ts`. Needs NAN. */
export const ERF = `
  fn erfOf(x: f32) -> f32 {
    if (isNaN(x)) { return x; }
    let c = clamp(x, -4.0, 4.0);
    let z = c * c;
    let p = ((((1.9867587e-6 * z + 2.845622e-4) * z + 3.88329e-3) * z + 5.3101577e-2) * z
      + 0.19354418) * z + 1.1283791;
    let q = ((((3.741973e-5 * z + 1.1855533e-3) * z + 1.5207147e-2) * z + 0.11534959) * z
      + 0.50485665) * z + 1.0;
    return clamp(c * p / q, -1.0, 1.0);
  }`;

/** Φ(x) from its smaller tail, as in `assembly/`; gauss is e^(−x²/2). */
export const NORMAL_CDF = `
  fn normalCdf(x: f32, gauss: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.26 * abs(x));
    var p = 0.030504787 * t - 0.15282838;
    p = p * t + 0.25149044;
    p = p * t - 0.15094809;
    p = p * t + 0.16094731;
    p = p * t + 0.051027898;
    p = p * t + 0.103030205;
    p = p * t + 0.10301676;
    p = p * t + 0.10375906;
    let tail = p * t * gauss;
    return select(1.0 - tail, tail, x < 0.0);
  }`;

/**
 * ln x for normal x > 0 and ln(1 + x) for x ≥ 0, exact to a few last digits of the result: WGSL allows its own
 * an absolute error of 5e-7 near 1.
 */
export const LOG = `
  fn artanhTwice(s: f32) -> f32 {
    let z = s * s;
    return 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z * (1.0 / 9.0
      + z * (1.0 / 11.0 + z * (1.0 / 13.0)))))));
  }
  /** An exponent e, and ln(x/2^e); x is finite. */
  fn logParts(x: f32) -> vec2f {
    let bits = bitcast<u32>(x);
    var exponent = i32((bits >> 23u) & 0xffu) - 127;
    var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
    if (m > 1.4142135) {
      m *= 0.5;
      exponent++;
    }
    return vec2f(f32(exponent), artanhTwice((m - 1.0) / (m + 1.0)));
  }
  fn ln(x: f32) -> f32 {
    if ((bitcast<u32>(x) & 0x7fffffffu) >= 0x7f800000u) { return x; }
    let parts = logParts(x);
    return parts.x * 0.6931472 + parts.y;
  }
  fn lnOnePlus(x: f32) -> f32 {
    if (x > 0.4) { return ln(1.0 + x); }
    return artanhTwice(x / (2.0 + x));
  }`;

interface Reduction {
  /** The function's name: called on all lanes at once, it gives all of them the result. */
  name: string;
  type: string;
  /** Puts `a` and `b` together. */
  combine: string;
  /** The body of a function of x: what the lanes of a subgroup have, put together. */
  inSubgroup: string;
}

/**
 * The way lanes learn of each other: by `subgroups` first, which are the lanes that run in step, and then by memory;
 * by `memory` alone; or not at all, where each has a row of its own.
 */
export type Sharing = 'subgroups' | 'memory' | 'none';

const WIDTH = 8;

/** In two steps, each of few numbers: a tree would have all lanes wait for each other six times. */
function byMemory(lanes: number, { name, type }: Reduction): string {
  const few = lanes / WIDTH;
  return `
    var<workgroup> ${name}All: array<${type}, ${lanes}>;
    var<workgroup> ${name}Few: array<${type}, ${few}>;
    fn ${name}(x: ${type}, lane: u32) -> ${type} {
      ${name}All[lane] = x;
      workgroupBarrier();
      if (lane < ${few}u) {
        var part = ${name}All[lane];
        for (var i = 1u; i < ${WIDTH}u; i++) {
          part = ${name}Two(part, ${name}All[lane + i * ${few}u]);
        }
        ${name}Few[lane] = part;
      }
      workgroupBarrier();
      var whole = ${name}Few[0];
      for (var i = 1u; i < ${few}u; i++) { whole = ${name}Two(whole, ${name}Few[i]); }
      return whole;
    }`;
}

/** No device has subgroups of fewer lanes. */
const LEAST = 4;

/**
 * A number for each subgroup, put together by all lanes. Two sets of places take turns, so that nobody writes
 * where another still reads of the time before.
 */
function bySubgroups(lanes: number, { name, type, inSubgroup }: Reduction): string {
  const most = lanes / LEAST;
  return `
    var<workgroup> ${name}Parts: array<${type}, ${2 * most}>;
    var<private> ${name}Turn = 0u;
    fn ${name}InSubgroup(x: ${type}) -> ${type} { ${inSubgroup} }
    fn ${name}(x: ${type}, _lane: u32) -> ${type} {
      let part = ${name}InSubgroup(x);
      let first = ${name}Turn * ${most}u;
      ${name}Turn = 1u - ${name}Turn;
      if (subgroupElect()) { ${name}Parts[first + subgroup.id] = part; }
      workgroupBarrier();
      var whole = ${name}Parts[first];
      for (var i = 1u; i < subgroup.count; i++) {
        whole = ${name}Two(whole, ${name}Parts[first + i]);
      }
      return whole;
    }`;
}

/** Functions that put together what lanes of a workgroup found. */
export const reductions = (sharing: Sharing, lanes: number, list: Reduction[]): string =>
  list
    .map((one) => {
      const { name, type, combine } = one;
      if (sharing === 'none') return `fn ${name}(x: ${type}, _lane: u32) -> ${type} { return x; }`;
      return `
        fn ${name}Two(a: ${type}, b: ${type}) -> ${type} { return ${combine}; }
        ${sharing === 'subgroups' ? bySubgroups(lanes, one) : byMemory(lanes, one)}`;
    })
    .join('\n');

const sum = (name: string, type: string): Reduction => ({
  ...{ name, type, combine: 'a + b', inSubgroup: 'return subgroupAdd(x);' },
});
export const SUM = sum('sum', 'f32');
export const SUM2 = sum('sum2', 'vec2f');
export const SUM4 = sum('sum4', 'vec4f');
/** Needs NAN. */
export const LARGEST: Reduction = {
  ...{ name: 'largest', type: 'f32', combine: 'larger(a, b)' },
  // The largest of numbers may pass over what is none; a sum does not.
  inSubgroup: 'return select(subgroupMax(x), subgroupAdd(x), subgroupAny(isNaN(x)));',
};
export type { Reduction };
