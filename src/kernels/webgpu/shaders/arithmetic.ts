import { bitRules, type EmulatedFormat } from '../../../lib/floats';
import type { Rounding } from '../../precision/current';

/** Numbers of `bitRules`, and others that follow from them, as unsigned integers of either shader language. */
export function roundingConstants(format: EmulatedFormat) {
  const { dropped, normalFrom, overflowFrom, overflowBits, zeroTo, smallestPower } =
    bitRules(format);
  return {
    zeroTo: `${zeroTo}u`,
    overflowFrom: `${overflowFrom}u`,
    overflowBits: `${overflowBits}u`,
    normalFrom: `${normalFrom}u`,
    dropped: `${dropped}u`,
    half: `${2 ** (dropped - 1) - 1}u`,
    /** Less the exponent of a float32, the number of places from its last bit to the smallest number. */
    places: `${smallestPower + 150}u`,
    /** The exponent of an integer falls by this when it is multiplied by the smallest number. */
    scale: `${-smallestPower * 2 ** 23}u`,
  };
}

export const nameOf = ({ format, policy, counter }: Rounding): string =>
  [format, policy, ...(counter ? ['counting'] : [])].join('/');

/**
 * Rounding of `kernels/precision/round.ts`, from bits to bits. Integers throughout: arithmetic on floats may
 * be reordered in a shader, and subnormal numbers taken for 0. A number that is subnormal in the format is
 * normal in float32, but for bfloat16, which has no such case.
 */
function bitsInFormat(format: EmulatedFormat): string {
  const c = roundingConstants(format);
  const subnormal = `
    let places = (${c.places} - (size >> 23u)) & 31u;
    let whole = (size & 0x7fffffu) | 0x800000u;
    let steps = (whole + ((1u << places) >> 1u) - 1u + ((whole >> places) & 1u)) >> places;
    kept = select(kept, bitcast<u32>(f32(steps)) - ${c.scale}, size < ${c.normalFrom});`;
  // Without branches: a kernel has many of these, and a compiler copies each to where it stands.
  return `
    fn bitsInFormat(bits: u32) -> u32 {
      let size = bits & 0x7fffffffu;
      let tie = (size >> ${c.dropped}) & 1u;
      var kept = ((size + ${c.half} + tie) >> ${c.dropped}) << ${c.dropped};
      ${bitRules(format).normalFrom > 0 ? subnormal : ''}
      kept = select(kept, ${c.overflowBits}, size >= ${c.overflowFrom});
      kept = select(kept, 0u, size <= ${c.zeroTo});
      kept = select(kept, size, size > 0x7f800000u);
      return (bits & 0x80000000u) | kept;
    }`;
}

/** Each thread counts for itself: an underflow is a number that is not 0, an overflow one that is finite. */
function counting(format: EmulatedFormat) {
  const { zeroTo, overflowFrom } = roundingConstants(format);
  return {
    statement: `
      let size = bitcast<u32>(x) & 0x7fffffffu;
      underflows += select(0u, 1u, counts && size > 0u && size <= ${zeroTo});
      overflows += select(0u, 1u, counts && size >= ${overflowFrom} && size < 0x7f800000u);`,
    declared: `
      var<private> underflows = 0u;
      var<private> overflows = 0u;
      var<private> present = 0u;
      fn stage(next: u32) {
        let at = 2u * (u.stretch + present);
        if (underflows > 0u) { atomicAdd(&losses[at], underflows); }
        if (overflows > 0u) { atomicAdd(&losses[at + 1u], overflows); }
        underflows = 0u;
        overflows = 0u;
        present = next;
      }
      fn stageOfSum() { stage(u.sumStretch - u.stretch); }`,
    finish: 'stage(0u);',
  };
}
const NO_STAGES = `
  fn stage(_next: u32) {}
  fn stageOfSum() {}`;
const NO_COUNTING = { statement: '', declared: NO_STAGES, finish: '' };
/** Stretches that one kernel counts in at most, by its stages. */
export const STAGES = 8;

const EXACT = `
  ${NO_STAGES}
  const ROUNDS = false;
  const EVERY_OP = false;
  const CASTS = false;
  fn stored(x: f32) -> f32 { return x; }
  fn storedAgain(x: f32) -> f32 { return x; }
  fn operand(x: f32) -> f32 { return x; }
  fn castBy(x: f32, _counts: bool) -> f32 { return x; }
  fn rounded(x: f32) -> f32 { return x; }
  fn roundedBy(x: f32, _counts: bool) -> f32 { return x; }
  fn roundedAgain(x: f32) -> f32 { return x; }`;

/**
 * Functions for the shaders of kernels that round inside; in float32 they give what they are given.
 *
 * - `stored`: what a product stores, or is given, under either policy;
 * - `rounded`: the result of an operation that is no product, rounded where every operation is;
 * - `storedAgain`, `roundedAgain`: the same of what is computed a second time, or by several lanes, and counted
 *   elsewhere; `roundedBy` counts if it is told to;
 * - `stage`: what is lost from now on is of this stretch, counted from the one in which the kernel begins;
 * - `stageOfSum`: it is of the stretch of the sum that this kernel makes or adds to on a tape, until another stage begins;
 * - `operand`: what a product is given, cast and counted before where the policy casts; `castBy` counts if it is told to.
 */
export function arithmetic(rounding: Rounding | null | undefined) {
  if (!rounding) return { functions: EXACT, finish: '' };
  const { format, policy, counter } = rounding;
  const { statement, declared, finish } = counter ? counting(format) : NO_COUNTING;
  const all = policy === 'every_op';
  const functions = `
    ${declared}
    ${bitsInFormat(format)}
    const ROUNDS = true;
    const EVERY_OP = ${all};
    const CASTS = ${!all};
    fn storedAgain(x: f32) -> f32 { return bitcast<f32>(bitsInFormat(bitcast<u32>(x))); }
    fn storedBy(x: f32, counts: bool) -> f32 {
      ${statement}
      return storedAgain(x);
    }
    fn stored(x: f32) -> f32 { return storedBy(x, true); }
    fn operand(x: f32) -> f32 { return ${all ? 'x' : 'storedAgain(x)'}; }
    fn castBy(x: f32, counts: bool) -> f32 { return ${all ? 'x' : 'storedBy(x, counts)'}; }
    fn roundedBy(x: f32, counts: bool) -> f32 { return ${all ? 'storedBy(x, counts)' : 'x'}; }
    fn rounded(x: f32) -> f32 { return roundedBy(x, true); }
    fn roundedAgain(x: f32) -> f32 { return ${all ? 'storedAgain(x)' : 'x'}; }`;
  return { functions, finish };
}
