import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import { bitRules, type EmulatedFormat } from '../../../lib/floats';
import { elementwise, u32, type Program } from '../program';

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

/**
 * Rounding of `kernels/precision/round.ts`, from bits to bits. Integers throughout: arithmetic on floats may
 * be reordered in a shader, and subnormal numbers taken for 0. A number that is subnormal in the format is
 * normal in float32, but for bfloat16, which has no such case.
 */
function wgsl(format: EmulatedFormat): string {
  const c = roundingConstants(format);
  return `
    fn rounded(bits: u32) -> u32 {
      let sign = bits & 0x80000000u;
      let size = bits & 0x7fffffffu;
      if (size <= ${c.zeroTo}) { return sign; }
      if (size > 0x7f800000u) { return bits; }
      if (size >= ${c.overflowFrom}) { return sign | ${c.overflowBits}; }
      if (size < ${c.normalFrom}) {
        let places = ${c.places} - (size >> 23u);
        let whole = (size & 0x7fffffu) | 0x800000u;
        let steps = (whole + (1u << (places - 1u)) - 1u + ((whole >> places) & 1u)) >> places;
        return sign | (bitcast<u32>(f32(steps)) - ${c.scale});
      }
      let kept = (size + ${c.half} + ((size >> ${c.dropped}) & 1u)) >> ${c.dropped};
      return sign | (kept << ${c.dropped});
    }`;
}

/** Of a masked tensor only the numbers that have 1 there. */
export const roundingProgram = (
  format: EmulatedFormat,
  x: TensorInfo,
  y: TensorInfo,
  mask?: TensorInfo,
): Program =>
  elementwise(
    {
      name: `Rounding/${format}/${mask ? 'masked' : 'all'}`,
      ...{ inputs: { x, ...(mask && { mask }) }, outputs: { y } },
      code: () => `
        ${wgsl(format)}
        fn each(i: u32) {
          let inFormat = bitcast<f32>(rounded(bitcast<u32>(f32(x[i]))));
          y[i] = ${mask ? 'select(x[i], inFormat, mask[i] != 0)' : 'inFormat'};
        }`,
    },
    sizeOf(x.shape),
  );

/** Threads for either count. Each adds up its share, so that a count is one dispatch without a barrier. */
export const COUNTING_THREADS = 1024;

/**
 * Numbers of x that rounding loses, added to those that each thread counted before; see
 * `kernels/precision/lossCounter.ts`. before, after: [2, COUNTING_THREADS]
 */
export function lossesProgram(
  format: EmulatedFormat,
  inputs: { x: TensorInfo; before: TensorInfo },
  after: TensorInfo,
): Program {
  const { zeroTo, overflowFrom } = bitRules(format);
  return elementwise(
    {
      name: `RoundingLosses/${format}`,
      ...{ inputs, outputs: { after } },
      uniforms: { size: u32(sizeOf(inputs.x.shape)) },
      code: () => `
        fn each(i: u32) {
          let overflows = i >= ${COUNTING_THREADS}u;
          let first = select(1u, ${overflowFrom}u, overflows);
          let last = select(${zeroTo}u, 0x7f7fffffu, overflows);
          var lost = 0u;
          for (var j = i % ${COUNTING_THREADS}u; j < u.size; j += ${COUNTING_THREADS}u) {
            let size = bitcast<u32>(f32(x[j])) & 0x7fffffffu;
            lost += select(0u, 1u, size >= first && size <= last);
          }
          after[i] = before[i] + f32(lost);
        }`,
    },
    2 * COUNTING_THREADS,
  );
}
