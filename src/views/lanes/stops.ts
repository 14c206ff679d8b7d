import type { NumberField } from '../../config/fields';

/** Steps of a decade that are alike in size on a log scale (Renard’s series), readable as numbers. */
const R10 = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];
const R20 = [
  1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.24, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9,
];
/** Over more decades than this the coarser series is fine enough for a slider of its length. */
const FINE_DECADES = 5;

const exact = (value: number) => Number(value.toPrecision(12));

function linear({ min, max, step = (max - min) / 100 }: NumberField['slider']): number[] {
  const count = Math.floor((max - min) / step + 1e-9);
  const stops = Array.from({ length: count + 1 }, (_, i) => exact(min + i * step));
  return stops.at(-1) === max ? stops : [...stops, max];
}

function decades({ min, max }: NumberField['slider']): number[] {
  const span = Math.log10(max / min);
  const series = span <= FINE_DECADES ? R20 : R10;
  const exponents = Array.from(
    { length: Math.ceil(span) + 2 },
    (_, i) => Math.floor(Math.log10(min) + 1e-9) + i,
  );
  return exponents
    .flatMap((exponent) => series.map((m) => Number(`${m}e${exponent}`)))
    .filter((value) => value >= min && value <= max);
}

/** Where both ends are powers of two, so are the values that make sense between them. */
const isPowerOfTwo = (value: number) => value >= 1 && Number.isInteger(Math.log2(value));
function powersOfTwo({ min, max }: NumberField['slider']): number[] {
  const first = Math.log2(min);
  return Array.from({ length: Math.log2(max) - first + 1 }, (_, i) => 2 ** (first + i));
}

/** Multiples of the step, thinned to about even spacing on a log scale. */
function logMultiples({ min, max, step = 1 }: NumberField['slider']): number[] {
  const at = (share: number) => min * (max / min) ** share;
  const multiples = Array.from({ length: 101 }, (_, i) => Math.round(at(i / 100) / step) * step);
  return [...new Set([min, ...multiples, max])].filter((v) => v >= min && v <= max);
}

/**
 * The values that a slider stops at, in order. It moves by their number, so that every key press
 * changes something and a log slider is even over its decades. A log slider whose field allows 0 has it
 * as its first stop.
 */
export function stopsOf(field: NumberField): number[] {
  const { slider } = field;
  if (slider.scale === 'linear') return linear(slider);
  const between = isPowerOfTwo(slider.min) && isPowerOfTwo(slider.max) ? powersOfTwo : decades;
  const stops = field.kind === 'integer' ? logMultiples(slider) : between(slider);
  return field.min === 0 && stops[0] !== 0 ? [0, ...stops] : stops;
}

/** The stop next to a value that may have been typed; on a log slider next by ratio. */
export function nearestStop(stops: number[], value: number): number {
  const distance = (stop: number) =>
    stop > 0 && value > 0 ? Math.abs(Math.log(stop / value)) : stop === value ? 0 : Infinity;
  const linearly = (stop: number) => Math.abs(stop - value);
  const by = stops.some((stop) => Number.isFinite(distance(stop))) ? distance : linearly;
  return stops.reduce((best, stop, i) => (by(stop) < by(stops[best]!) ? i : best), 0);
}

/** A number as a field shows it: plain where that is short, with an exponent where it is not. */
export function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential();
  return String(exact(value));
}
