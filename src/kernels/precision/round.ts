import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { bitRules, type EmulatedFormat, type FormatId } from '../../lib/floats';
import { registerLoop } from '../loop';
import { roundingConstants, roundingProgram } from '../webgpu/shaders/rounding';

export interface Tally {
  /** Were not 0, and became 0. */
  underflow: number;
  /** Were finite, and became infinite or NaN. */
  overflow: number;
}

/** Of the kernel, whose result needs no rounding where a format is emulated. */
export const ROUND = 'RoundToFormat';

const SIGN = 0x80000000 | 0;
const SIZE = 0x7fffffff;
const INFINITY = 0x7f800000;

/**
 * The cpu backend's casts relabel what they are given: a float32 that was a boolean has its values in a
 * Uint8Array.
 */
const asFloats = (x: Float32Array): Float32Array =>
  x instanceof Float32Array ? x : Float32Array.from(x);

const bitsIn = ({ buffer, byteOffset, length }: Float32Array) =>
  new Int32Array(buffer, byteOffset, length);

/** `roundTo` for each number of an array. What was lost is added to the tally, if there is one. */
function roundAll(
  source: Float32Array,
  target: Float32Array,
  format: EmulatedFormat,
  tally: Tally | null,
) {
  const rules = bitRules(format);
  const { dropped, normalFrom, overflowFrom, overflowBits, zeroTo } = rules;
  // One less than half a step: with the last bit that is kept, a tie goes up from an odd number alone.
  const half = (1 << (dropped - 1)) - 1;
  const kept = -1 << dropped;
  // A float64 beside this has steps of the smallest number: adding it rounds a subnormal number to them.
  const large = 1.5 * 2 ** (52 + rules.smallestPower);
  const from = bitsIn(source);
  const to = bitsIn(target);
  const ordinaryFrom = Math.max(normalFrom, zeroTo + 1);
  const ordinaries = overflowFrom - ordinaryFrom;
  let underflow = 0;
  let overflow = 0;
  for (let i = 0; i < from.length; i++) {
    const bits = from[i]!;
    const size = bits & SIZE;
    // Both limits in one comparison: what is below wraps around and is large.
    if ((size - ordinaryFrom) >>> 0 < ordinaries) {
      // A mantissa that overflows carries into the exponent, as it should.
      to[i] = (bits + half + ((bits >>> dropped) & 1)) & kept;
    } else if (size <= zeroTo) {
      to[i] = bits & SIGN;
      if (size !== 0) underflow++;
    } else if (size < overflowFrom) {
      target[i] = Math.abs(source[i]!) + large - large;
      to[i]! |= bits & SIGN;
    } else if (size <= INFINITY) {
      to[i] = (bits & SIGN) | overflowBits;
      if (size < INFINITY) overflow++;
    } else {
      to[i] = bits;
    }
  }
  if (tally) {
    tally.underflow += underflow;
    tally.overflow += overflow;
  }
}

/*
 * The rounding of `webgpu/shaders/rounding.ts` in the other language.
 */
function glsl(format: EmulatedFormat): string {
  const c = roundingConstants(format);
  return `
    uint rounded(uint bits) {
      uint sign = bits & 0x80000000u;
      uint size = bits & 0x7fffffffu;
      if (size <= ${c.zeroTo}) { return sign; }
      if (size > 0x7f800000u) { return bits; }
      if (size >= ${c.overflowFrom}) { return sign | ${c.overflowBits}; }
      if (size < ${c.normalFrom}) {
        uint places = ${c.places} - (size >> 23u);
        uint whole = (size & 0x7fffffu) | 0x800000u;
        uint steps = (whole + (1u << (places - 1u)) - 1u + ((whole >> places) & 1u)) >> places;
        return sign | (floatBitsToUint(float(steps)) - ${c.scale});
      }
      uint kept = (size + ${c.half} + ((size >> ${c.dropped}) & 1u)) >> ${c.dropped};
      return sign | (kept << ${c.dropped});
    }
    void main() {
      setOutput(uintBitsToFloat(rounded(floatBitsToUint(getInput0AtOutCoords()))));
    }`;
}

const runRound = registerLoop<{ format: EmulatedFormat; tally: Tally | null }>({
  name: ROUND,
  shape: ([x]) => x!.shape,
  run: ([x], output, { format, tally }) => {
    roundAll(asFloats(x!), output, format, tally);
  },
  webgpu: ([x], y, { format }) => roundingProgram(format, x!, y),
  webgl: ({ format }) => glsl(format),
});

// Straight through: the derivative is 0 almost everywhere, and what is wanted is that of the number that
// was rounded. The gradient itself is rounded where it is computed.
tf.registerGradient({
  kernelName: ROUND,
  gradFunc: (dy) => ({ input0: () => (dy as Tensor).clone() }),
});

/** True where the backend counts into a tally. */
export const countsWhileRounding = (): boolean => ['cpu', 'wasm'].includes(tf.getBackend());

/**
 * A float32 tensor with every number as a format stores it, still float32. Its gradient passes unchanged.
 * The tally is counted by the backends that have loops; others leave it as it is.
 */
export const round = <T extends Tensor>(x: T, format: FormatId, tally: Tally | null = null): T =>
  (format === 'fp32' ? x.clone() : runRound([x], { format, tally })!) as T;
