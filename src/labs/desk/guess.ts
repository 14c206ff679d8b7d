import type { Quantity } from '../../config/quantity';
import { frameOffsets, unpack, type Measurement } from '../../protocol/frame';
import { entriesOf, inLayer } from '../../protocol/read';
import { places } from '../../runs/histories';

/** A measurement that has the predicted values of a quantity by layer, and no other number: panels draw it as any. */
export function guessed(
  { config, layout }: Pick<Measurement, 'config' | 'layout'>,
  step: number,
  quantity: Quantity,
  values: readonly number[],
): Measurement {
  const packed = new Float32Array(frameOffsets(layout).size).fill(NaN);
  values.forEach((value, layer) => {
    const { entries, over } = entriesOf(places(layout), inLayer(quantity, layer));
    for (const at of entries) packed[at] = (value * over) / entries.length;
  });
  return { config, layout, frame: unpack(layout, { step, batch: null, packed }) };
}
