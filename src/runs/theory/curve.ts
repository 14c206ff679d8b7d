import { columnName, type Quantity } from '../../config/quantity';
import type { Measurement } from '../../protocol/frame';
import { atEnd, read, type Curve } from '../../protocol/read';
import type { Prediction } from '../../theory/predict';

/** The name of a prediction, which is of every layer, and of all heads alike. */
export const nameOf = (quantity: Quantity): string =>
  columnName({ ...quantity, each: false } as Quantity);

/**
 * A prediction of a quantity by layer, over the layers that were measured: not every layer has every parameter. Null
 * where it has no law.
 */
export function curveOf(
  { quantities }: Pick<Prediction, 'quantities'>,
  quantity: Quantity,
  measured: Pick<Measurement, 'config' | 'layout' | 'frame'>,
): Curve | null {
  const valuesOf = (one: Quantity | null): number[] =>
    (one && (quantities as Partial<Record<string, number[]>>)[nameOf(one)]) ?? [];
  const values = valuesOf(quantity);
  const layers =
    values.length === measured.config.n_layers
      ? values.map((_, x) => x)
      : read(measured, { ...quantity, each: false } as Quantity).layers.map(({ x }) => x);
  if (!values.length || layers.length !== values.length) return null;
  const endOf = (place: 'embed' | 'final_norm') => valuesOf(atEnd(quantity, place))[0] ?? null;
  return {
    layers: values.map((y, i) => ({ x: layers[i]!, y })),
    embed: endOf('embed'),
    final: endOf('final_norm'),
  };
}
