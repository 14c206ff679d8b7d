import { columnName, type Quantity } from '../config/quantity';
import type { Measurement } from '../protocol/frame';
import { atEnd, read, type Curve } from '../protocol/read';
import type { Quantities } from '../theory/predict';

/** A prediction is of all heads alike. */
const whole = (quantity: Quantity): Quantity => ({ ...quantity, each: false }) as Quantity;

/**
 * A predicted quantity by layer; null where there is no law of it.
 *
 * @param measured of the same configuration: not every layer has every parameter
 */
export function curveOf(
  quantities: Quantities,
  quantity: Quantity,
  measured: Measurement,
): Curve | null {
  const named = (of: Quantity | null) =>
    of && (quantities as Partial<Quantities>)[columnName(whole(of))];
  const values = named(quantity);
  if (!values?.length) return null;
  const layers =
    values.length === measured.config.n_layers
      ? values.map((_, x) => x)
      : read(measured, whole(quantity)).layers.map(({ x }) => x);
  if (layers.length !== values.length) return null;
  return {
    layers: values.map((y, i) => ({ x: layers[i]!, y })),
    embed: named(atEnd(quantity, 'embed'))?.[0] ?? null,
    final: named(atEnd(quantity, 'final_norm'))?.[0] ?? null,
  };
}
