import { FORMATS, type FormatId } from '../../../src/lib/floats';
import { stream } from '../../../src/lib/random';

export const EMULATED = ['bf16', 'fp16', 'fp8_e4m3', 'fp8_e5m2'] as const;

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The float32 of a bit pattern. */
export function floatOf(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

/**
 * Every number ≥ 0 of a format in order, the n-th that of the bit pattern n, and one more: where the first
 * that is missing would stand.
 */
export function numbersOf(format: FormatId): Float64Array {
  const { mantissaBits, smallestExponent, largest } = FORMATS[format];
  const perExponent = 2 ** mantissaBits;
  const numbers: number[] = [];
  for (let pattern = 0; (numbers.at(-1) ?? 0) <= largest; pattern++) {
    const exponent = Math.floor(pattern / perExponent);
    const mantissa = pattern % perExponent;
    numbers.push(
      exponent === 0
        ? mantissa * 2 ** (smallestExponent - mantissaBits)
        : (perExponent + mantissa) * 2 ** (exponent - 1 + smallestExponent - mantissaBits),
    );
  }
  return Float64Array.from(numbers);
}

/** The nearest in the list of numbers, of two the one of the even pattern. */
export function nearest(format: FormatId, numbers: Float64Array, x: number): number {
  if (Number.isNaN(x)) return x;
  const { overflow } = FORMATS[format];
  const sign = x < 0 || Object.is(x, -0) ? -1 : 1;
  const size = Math.abs(x);
  const last = numbers.length - 1;
  let [low, high] = [0, last];
  if (size >= numbers[last]!) return sign * overflow;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - numbers[low]!, numbers[high]! - size];
  const index = below < above || (below === above && low % 2 === 0) ? low : high;
  return sign * (index === last ? overflow : numbers[index]!);
}

/** Float32 numbers of random bits: of all sizes, with infinities and NaN among them. */
export function randomPatterns(name: string, count: number): Float32Array {
  const draw = stream(0, name);
  return Float32Array.from({ length: count }, () => floatOf(Math.floor(draw.uniform() * 2 ** 32)));
}

/** Where rounding does something else than next to it: ties, subnormals, the ends, what is no number. */
export function edges(format: FormatId): number[] {
  const { mantissaBits, smallestExponent, largest } = FORMATS[format];
  const normal = 2 ** smallestExponent;
  const step = 2 ** (smallestExponent - mantissaBits);
  const lastStep = 2 ** (Math.floor(Math.log2(largest)) - mantissaBits);
  const one = 2 ** -mantissaBits;
  const sizes = [
    ...[0, step / 4, step / 2, step * 0.75, step, step * 1.5, step * 2.5, step * 3],
    ...[normal - step, normal - step / 2, normal, normal + step / 2, normal + step],
    ...[1, 1 + one / 2, 1 + one, 1 + 1.5 * one, 1 + 0.51 * one, 2 - one / 2, 3, Math.PI],
    ...[largest - lastStep, largest - lastStep / 2, largest, largest + lastStep / 4],
    ...[largest + lastStep / 2, largest + lastStep * 0.75, largest + lastStep, largest * 2],
    ...[Infinity, NaN, 1e-45, 1.2e-38, 3.4e38],
  ];
  return sizes.flatMap((size) => [size, -size]);
}

/** Every operation in a format, as `emulate` is told. */
export const everyOp = (precision: FormatId) =>
  ({ precision, precision_policy: 'every_op' }) as const;
