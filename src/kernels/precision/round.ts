import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { bitRules, type EmulatedFormat, type FormatId } from '../../lib/floats';
import { sizeOf } from '../../lib/shapes';
import { registerLoop } from '../loop';
import { addressOf, hasWasmKernels, wasmKernels } from '../wasm/module';
import {
  roundingOf,
  type Emulation,
  type LossCounter,
  type PrecisionPolicy,
  type Tally,
} from './current';
import { roundingConstants } from '../webgpu/shaders/arithmetic';
import { roundingProgram } from '../webgpu/shaders/rounding';

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

/** `roundTo` for each number of an array, or those with a 1 in the mask. What was lost is added to the tally, if any. */
function roundAll(
  source: Float32Array,
  target: Float32Array,
  format: EmulatedFormat,
  tally: Tally | null,
  mask?: Float32Array,
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
    if (mask?.[i] === 0) {
      to[i] = bits;
      continue;
    }
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

/** x, and where 1 stands for each number that is to be rounded. */
type Masked = [Float32Array] | [Float32Array, Float32Array];

const runRound = registerLoop<Emulation>({
  name: ROUND,
  shape: ([x]) => x!.shape,
  run(inputs, output, { format, counts }) {
    const [x, mask] = inputs as Masked;
    roundAll(asFloats(x), output, format, counts?.tally ?? null, mask);
  },
  wasm: ([x, mask = 0], y, as, [shape]) => {
    wasmKernels(as).round(y, x!, mask, sizeOf(shape!));
  },
  webgpu: ([x, mask], y, as) => roundingProgram(roundingOf(as), x!, y, mask),
  webgl: ({ format }) => glsl(format),
});

/** Of the kernel that rounds where the numbers lie. */
const ROUND_IN_PLACE = 'RoundInPlace';
tf.registerKernel({
  kernelName: ROUND_IN_PLACE,
  backendName: 'wasm',
  kernelFunc({ inputs, backend, attrs }) {
    const x = inputs['x'] as TensorInfo;
    const at = addressOf(backend, x);
    wasmKernels(attrs as unknown as Emulation).round(at, at, 0, sizeOf(x.shape));
    (backend as unknown as { incRef(id: object): void }).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
});
/** True where results can be rounded in their place, so that nobody has seen them before. */
export const canRoundInPlace = (): boolean => tf.getBackend() === 'wasm' && hasWasmKernels();
export function roundInPlace(x: Tensor, { format, policy }: Emulation): void {
  tf.engine().runKernel<Tensor>(ROUND_IN_PLACE, { x }, { format, policy }).dispose();
}

// Straight through: the derivative is 0 almost everywhere, and what is wanted is that of the number that
// was rounded. The gradient itself is rounded where it is computed.
tf.registerGradient({
  kernelName: ROUND,
  gradFunc: (dy) => ({ input0: () => (dy as Tensor).clone() }),
});

/** True where the backend counts while it rounds. */
export const countsWhileRounding = (): boolean => tf.getBackend() !== 'webgl';

/**
 * A float32 tensor with every number as a format stores it, still float32; or where a mask of its shape is given, every
 * number that has 1 there. Its gradient passes unchanged. Losses are counted where the backend counts while it rounds.
 */
export function round<T extends Tensor>(
  x: T,
  format: FormatId,
  counts: LossCounter | null = null,
  { policy = 'every_op', mask = null }: { policy?: PrecisionPolicy; mask?: Tensor | null } = {},
): T {
  if (format === 'fp32') return x.clone();
  // A fragment shader takes one tensor.
  const chosen = mask !== null && tf.getBackend() === 'webgl' ? mask : null;
  const rounded = runRound([x, ...(mask && !chosen ? [mask] : [])], { format, policy, counts })!;
  return (chosen ? tf.where(tf.cast(chosen, 'bool'), rounded, x) : rounded) as T;
}
