import { toUnits, type Axis, type Domain } from './axis';
import { textWidth } from './labels';

/** A horizontal line that data cannot pass, or should not: where a number format ends, say. */
export interface Limit {
  value: number;
  label: string;
  /** Whose it is, where not everyone's. */
  colour?: string;
}

/** In decades: how near a limit must be to the data to be drawn into the picture. */
const NEAR = 1;

/** Those that the data of an axis has come near to. */
export function nearLimits(data: Domain | null, limits: readonly Limit[]): Limit[] {
  if (!data) return [];
  return limits.filter(({ value }) => {
    const at = toUnits('log', value);
    return at !== null && at >= data[0] - NEAR && at <= data[1] + NEAR;
  });
}

/** The range that holds the data and the limits that are near it. Only decades make room for a limit. */
export function withNear(
  kind: Axis['kind'],
  data: Domain | null,
  limits: readonly Limit[],
): Domain | null {
  if (!data || kind !== 'log') return data;
  const near = nearLimits(data, limits).map(({ value }) => Math.log10(value));
  return [Math.min(data[0], ...near), Math.max(data[1], ...near)];
}

interface PlacedLimit extends Limit {
  y: number;
  /** The beginning of its name, and the baseline: above the line, or under it at the top. */
  text: { x: number; y: number };
}

/** The limits that have a place on the ground, their names clear of one another. */
export function placeLimits(
  limits: readonly Limit[],
  y: (value: number) => number | null,
  { left, top, bottom, size }: Record<'left' | 'top' | 'bottom' | 'size', number>,
): PlacedLimit[] {
  const placed: PlacedLimit[] = [];
  for (const limit of limits) {
    const at = y(limit.value);
    if (at === null || at < top || at > bottom) continue;
    const baseline = at - 4 - size < top ? at + size + 1 : at - 4;
    const beside = placed.filter(({ text }) => Math.abs(text.y - baseline) < size + 2);
    const x = Math.max(
      left + 6,
      ...beside.map(({ label, text }) => text.x + textWidth(label, size) + 12),
    );
    placed.push({ ...limit, y: at, text: { x, y: baseline } });
  }
  return placed;
}
