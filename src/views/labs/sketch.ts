import { describe } from '../../config/describe';
import type { Quantity } from '../../config/quantity';
import type { Axis, Domain } from '../../plot/axis';
import { reach } from '../../plot/domain';

/** A value for each layer, null where nothing is drawn yet. */
export type Sketch = readonly (number | null)[];

const unitsOf = (kind: Axis['kind'], value: number) =>
  kind === 'linear' ? value : Math.log10(value);
const valueAt = (kind: Axis['kind'], units: number) => (kind === 'linear' ? units : 10 ** units);

/** Three digits: a hand is not more exact. */
const rounded = (value: number) => Number(value.toPrecision(3));

export const isDrawn = (sketch: Sketch): boolean =>
  sketch.filter((value) => value !== null).length >= Math.min(2, sketch.length);

/** The drawn points with the layers between and beyond: straight on the axis, and level at the ends. */
export function completed(kind: Axis['kind'], sketch: Sketch): number[] {
  const known = sketch.flatMap((value, x) =>
    value === null ? [] : [{ x, u: unitsOf(kind, value) }],
  );
  return sketch.map((value, x) => {
    if (value !== null) return value;
    const before = known.findLast((one) => one.x < x);
    const after = known.find((one) => one.x > x);
    const [from, to] = [before ?? after!, after ?? before!];
    const share = to.x === from.x ? 0 : (x - from.x) / (to.x - from.x);
    return rounded(valueAt(kind, from.u + share * (to.u - from.u)));
  });
}

/** A stroke from one place to another sets every layer between them; heights are in the axis’s units. */
export function stroked(
  kind: Axis['kind'],
  sketch: Sketch,
  from: { layer: number; units: number },
  to: { layer: number; units: number },
): Sketch {
  const span = to.layer - from.layer;
  return sketch.map((value, layer) => {
    const share = span === 0 ? 1 : (layer - from.layer) / span;
    const isOn = span === 0 ? layer === to.layer : share >= 0 && share <= 1;
    return isOn ? rounded(valueAt(kind, from.units + share * (to.units - from.units))) : value;
  });
}

/** Shares of the axis that one press of a key goes, by the key. */
const KEYS: Record<string, number> = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
const PRESS = 0.02;

/** A layer moved by a key; one without a value begins as its neighbour, or in the middle. */
export function pressed(
  { kind, domain }: Axis,
  sketch: Sketch,
  layer: number,
  key: string,
): Sketch | null {
  const by = KEYS[key];
  if (by === undefined) return null;
  const [low, high] = domain;
  const known = sketch[layer] ?? sketch[layer - 1] ?? sketch[layer + 1] ?? null;
  const from = known === null ? (low + high) / 2 : unitsOf(kind, known);
  const isFirst = sketch[layer] === null;
  const units = Math.min(high, Math.max(low, from + (isFirst ? 0 : by * PRESS * (high - low))));
  return sketch.map((value, at) => (at === layer ? rounded(valueAt(kind, units)) : value));
}

/** Room on both sides of what is shown beside the drawing, in decades. */
const AROUND = 1;
/** An axis with nothing on it to begin from. */
const UNKNOWN: Domain = [-2, 2];

/**
 * The axis that a curve is drawn on: wider than what is measured of other lanes, so that it does not tell.
 *
 * @param wider times that more of it was asked for
 */
export function axisFor(quantity: Quantity, others: readonly number[], wider: number): Axis {
  const { log, domain: bounds } = describe(quantity);
  if (bounds) return { kind: 'linear', domain: bounds };
  if (log) {
    const [low, high] = reach('log', others) ?? UNKNOWN;
    const room = AROUND + wider;
    return { kind: 'log', domain: [Math.floor(low) - room, Math.ceil(high) + room] };
  }
  const [low, high] = reach('linear', others) ?? [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high), 1e-6) * 1.5 * 2 ** wider;
  return { kind: 'linear', domain: [low < 0 ? -size : 0, size] };
}
