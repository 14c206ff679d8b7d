/** Numbers as text for people: three significant digits, a true minus, powers of ten. */

export const MINUS = '\u2212';
export const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const superscript = (n: number) =>
  [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');

/** 10ⁿ. */
export const formatPower = (exponent: number): string =>
  `10${exponent < 0 ? '⁻' : ''}${superscript(exponent)}`;

export const notFinite = (value: number) =>
  Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : `${MINUS}∞`;

/**
 * A number in `digits` significant digits, trailing zeros kept so that its width is the same from step
 * to step: 0.0141, 1.00, 818, 94,100, 6.60×10⁻⁴.
 */
export function formatSignificant(value: number, digits = 3, unit = ''): string {
  const suffix = unit && ` ${unit}`;
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return `0${suffix}`;
  const sign = value < 0 ? MINUS : '';
  const [mantissa, power] = Math.abs(value)
    .toExponential(digits - 1)
    .split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -2 || exponent > 4) return `${sign}${mantissa}×${formatPower(exponent)}${suffix}`;
  const decimals = Math.max(0, digits - 1 - exponent);
  const rounded = Number(`${mantissa}e${exponent}`);
  return `${sign}${exponent > 3 ? grouped(rounded) : rounded.toFixed(decimals)}${suffix}`;
}

export const grouped = (whole: number) => whole.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
