import { words } from './word';

/** Formats of numbers, and what computing costs. */
export const NUMBERS = words({
  'number format': {
    note: 'How a number is kept in a few bits: a sign, an exponent, which gives the range, and a significand, which gives the precision.',
  },
  'emulated format': {
    note: 'A number format that the device does not compute in. Every result is computed in fp32 and then rounded to the format, so that the same is lost.',
  },
  'low precision': {
    note: 'A number format with fewer bits than fp32: bf16, fp16 or fp8.',
  },
  significand: {
    also: ['bits of significand'],
    note: 'The digits of a number, without its exponent. Their number fixes the relative step between one number and the next.',
  },
  ulp: {
    also: ['unit in the last place'],
    note: 'The step from a number to the next one that its format has. Rounding is off by at most half of it.',
  },
  'not finite': {
    also: ['not a number', 'NaN', 'infinite'],
    note: 'Infinite, or no number at all (NaN, such as 0/0). What is computed from it is not finite either.',
  },
  float32: {
    note: 'Numbers of 32 bits, the page’s fp32: about seven decimal digits, up to 3.4·10³⁸.',
  },
  roofline: {
    also: ['roof'],
    formula: String.raw`\min(\pi,\ \beta I)`,
    note: 'The most that a device can do of a computation: its peak π, or where that is less, its bandwidth β times the arithmetic intensity I.',
    source: 'Williams, Waterman, Patterson 2009, Roofline',
  },
  'arithmetic intensity': {
    formula: String.raw`I = \mathrm{operations}/\mathrm{bytes}`,
    note: 'How many operations a computation makes for each byte that it moves. Norms have little, so that memory decides how fast they are.',
    source: 'Williams, Waterman, Patterson 2009, Roofline',
  },
  kernel: {
    isPlain: true,
    note: 'One program that the device runs over whole tensors, such as a norm or a product of matrices. In theory: the mean product of two signals.',
  },
  dispatch: {
    note: 'One start of a kernel on a graphics device. Each costs some time, whatever it computes.',
  },
});
