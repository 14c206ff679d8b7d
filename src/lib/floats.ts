/**
 * Number formats as data, and what becomes of a number that is stored in one.
 *
 * binary32 and binary16 are IEEE 754-2019, section 3.6; bfloat16 is binary32 without its last 16 bits;
 * E4M3 and E5M2 are Micikevicius et al. 2022, FP8 Formats for Deep Learning, table 1.
 */
export interface FloatFormat {
  /** Bits of the mantissa that are stored, without the leading one. */
  mantissaBits: number;
  /** The smallest normal number is 2 to this. */
  smallestExponent: number;
  largest: number;
  /** The result for a number beyond it, up to its sign. */
  overflow: number;
}

export const FORMATS = {
  fp32: {
    mantissaBits: 23,
    smallestExponent: -126,
    largest: (2 - 2 ** -23) * 2 ** 127,
    overflow: Infinity,
  },
  bf16: {
    mantissaBits: 7,
    smallestExponent: -126,
    largest: (2 - 2 ** -7) * 2 ** 127,
    overflow: Infinity,
  },
  fp16: { mantissaBits: 10, smallestExponent: -14, largest: 65504, overflow: Infinity },
  // No infinity: its bits are numbers, all but those of NaN, where 480 would stand.
  fp8_e4m3: { mantissaBits: 3, smallestExponent: -6, largest: 448, overflow: NaN },
  fp8_e5m2: { mantissaBits: 2, smallestExponent: -14, largest: 57344, overflow: Infinity },
} satisfies Record<string, FloatFormat>;

/** The largest power of two that is at most 1/n: shares of it add up without overflow, and lose no digit. */
export const shareOf = (n: number): number => 2 ** -Math.ceil(Math.log2(n));

export type FormatId = keyof typeof FORMATS;
/** The formats that are emulated; fp32 is what the numbers are kept in. */
export type EmulatedFormat = Exclude<FormatId, 'fp32'>;

/** The smallest number of full precision. */
export const smallestNormal = (format: FormatId): number => 2 ** FORMATS[format].smallestExponent;

/** The smallest number above 0: the step from one subnormal number to the next. */
export const smallest = (format: FormatId): number =>
  2 ** (FORMATS[format].smallestExponent - FORMATS[format].mantissaBits);

export const largest = (format: FormatId): number => FORMATS[format].largest;

/** ⌊log₂ a⌋, exactly. a > 0 and finite */
function exponentOf(a: number): number {
  const guess = Math.floor(Math.log2(a));
  // The logarithm is rounded, so that next to a power of two it may be that power's.
  if (2 ** guess > a) return guess - 1;
  return 2 ** (guess + 1) <= a ? guess + 1 : guess;
}

/** To the nearest integer, halves to the even one. n ≥ 0 */
function toNearestEven(n: number): number {
  const below = Math.floor(n);
  const rest = n - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/**
 * x as it is stored in a format: the nearest number that the format has, of two the one whose last bit is
 * 0; with subnormal numbers, and with the sign of a zero. What the exponents would go on to beyond the
 * largest number becomes ±∞, or NaN where the format has no infinity, as in PyTorch's `float8_e4m3fn`.
 *
 * x is a float64 and rounded once. Where the format is fp32 this is `Math.fround`.
 */
export function roundTo(format: FormatId, x: number): number {
  const { mantissaBits, smallestExponent, largest, overflow } = FORMATS[format];
  if (x === 0 || Number.isNaN(x)) return x;
  const sign = Math.sign(x);
  const size = Math.abs(x);
  if (size === Infinity) return sign * overflow;
  // Powers of two: neither the quotient nor the product is rounded.
  const step = 2 ** (Math.max(exponentOf(size), smallestExponent) - mantissaBits);
  const rounded = toNearestEven(size / step) * step;
  return sign * (rounded > largest ? overflow : rounded);
}

const bitsOf = (x: number): number => new Int32Array(Float32Array.of(x).buffer)[0]!;

/**
 * The rounding of a float32 in integers: what `roundTo` says, for code that works on bits. Numbers of one
 * sign are ordered as their bits are, so that each limit is one comparison with the bits of |x|.
 */
export interface BitRules {
  /** Mantissa bits that a float32 has and the format has not. */
  dropped: number;
  /** From here on those bits are rounded away; below the step is constant: numbers are subnormal. */
  normalFrom: number;
  /** From here on the format has no finite number. */
  overflowFrom: number;
  /** The result then, without the sign. */
  overflowBits: number;
  /** Up to here nothing is left. */
  zeroTo: number;
  /** log₂ of the smallest number above 0. */
  smallestPower: number;
}

export function bitRules(format: EmulatedFormat): BitRules {
  const { mantissaBits, smallestExponent, largest, overflow } = FORMATS[format];
  const dropped = 23 - mantissaBits;
  const last = bitsOf(largest);
  // Half a step above the largest number is a tie; it goes up where the largest is odd.
  const isOdd = (last >> dropped) & 1;
  return {
    dropped,
    // bfloat16 has float32's exponents: its subnormal numbers are float32's, shortened like the others.
    normalFrom: smallestExponent === -126 ? 0 : bitsOf(smallestNormal(format)),
    overflowFrom: last + 2 ** (dropped - 1) + (isOdd ? 0 : 1),
    overflowBits: bitsOf(overflow),
    zeroTo: bitsOf(smallest(format) / 2),
    smallestPower: smallestExponent - mantissaBits,
  };
}
