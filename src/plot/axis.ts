/**
 * A value axis. Its domain is in the axis's own units: decades (log₁₀) on a logarithmic axis, the
 * values themselves on a linear one. An axis of counts is logarithmic from 1 up and has 0 one decade
 * below.
 */
export interface Axis {
  kind: 'log' | 'linear' | 'count';
  domain: Domain;
}
export type Domain = readonly [number, number];

/** The place of 0 on an axis of counts. */
export const NO_COUNT = -1;

/** A value in the axis's units; null where it has no place there (0 or less on a log axis, NaN, ∞). */
export function toUnits(kind: Axis['kind'], value: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (kind === 'linear') return value;
  if (kind === 'count' && value >= 0 && value < 1) return value + NO_COUNT;
  return value > 0 ? Math.log10(value) : null;
}

/** Vertical room of a plot: where the ends of the domain lie, and how far traces may reach past them. */
export interface Frame {
  /** y of the domain's upper and lower end. */
  top: number;
  bottom: number;
  /** Room past either end, where a trace that grazes a decade still shows whole. */
  overscan: number;
}

/** y of a value, or null where it has no place on the axis. */
export function valueScale({ kind, domain }: Axis, { top, bottom }: Frame) {
  const [low, high] = domain;
  const perUnit = (bottom - top) / (high - low);
  return (value: number): number | null => {
    const units = toUnits(kind, value);
    return units === null ? null : bottom - (units - low) * perUnit;
  };
}

/** The axis's units at a height: the inverse of the scale, for zooming about the pointer. */
export const unitsAt = (y: number, domain: Domain, { top, bottom }: Frame): number =>
  domain[0] + ((bottom - y) / (bottom - top)) * (domain[1] - domain[0]);
