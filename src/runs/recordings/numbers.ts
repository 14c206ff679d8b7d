import { readColumnName } from '../../config/quantity';
import { frameOffsets, type Layout, type PackedFrame } from '../../protocol/frame';
import type { RecordFrame } from '../record';
import { layoutOfColumns } from '../tables/columns';

/** A recorded number: what is not finite is a string; what is missing, or null, is not defined. */
const numberOf = (value: unknown): number =>
  value === null || value === '' ? NaN : Number(value ?? NaN);

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Every number of a frame of a record by the name of its column. Another program may leave out any of them. */
export function* numbersOf(
  sites: readonly string[],
  frame: Partial<Record<keyof RecordFrame, unknown>>,
): Generator<[name: string, value: number]> {
  yield ['loss', numberOf(frame.loss)];
  for (const [id, value] of entriesOf(frame.output)) yield [`output/${id}`, numberOf(value)];
  for (const [id, values] of entriesOf(frame.site))
    for (const [i, value] of listOf(values).entries())
      if (sites[i] !== undefined) yield [`${sites[i]}/${id}`, numberOf(value)];
  for (const [id, layers] of entriesOf(frame.head))
    for (const [layer, heads] of listOf(layers).entries())
      for (const [head, value] of listOf(heads).entries())
        yield [`blocks.${layer}.attn/${id}/${head}`, numberOf(value)];
  for (const named of [frame.param, frame.norm])
    for (const [name, values] of entriesOf(named))
      for (const [id, value] of entriesOf(values)) yield [`${name}/${id}`, numberOf(value)];
}

/** Numbers told by names, as frames of a layout that has them. */
export interface Shape {
  layout: Layout;
  /** Names that say nothing here. */
  unknown: string[];
  /** The frame of values in the order of the names. */
  pack(step: number, values: ArrayLike<number>): PackedFrame;
}

export function shapeOf(names: readonly string[]): Shape {
  const { layout, places } = layoutOfColumns(names);
  const { size } = frameOffsets(layout);
  return {
    layout: { ...layout, isPartial: true },
    // A statistic that is known, and defined nowhere at its site, is not missed.
    unknown: names.filter((name, i) => !places[i] && !readColumnName(name)),
    pack(step, values) {
      const packed = new Float32Array(size).fill(NaN);
      places.forEach((place, i) => {
        if (place && !place.isEvaluated) packed[place.at] = values[i]!;
      });
      return { step, batch: null, packed };
    },
  };
}
