import { modalityColumns, type Quantity } from '../config/quantity';
import { BLOCK_SITES } from '../config/sites';
import { perObject } from '../lib/objects';
import type { Measurement, Layout } from './frame';

type Measured = Pick<Measurement, 'layout' | 'frame'>;

/** A value per layer that has one, and what stands before the first and after the last, or null. */
export interface Curve {
  layers: { x: number; y: number }[];
  embed: number | null;
  final: number | null;
}

export interface Reading extends Curve {
  /** Each head or modality, where these are asked for. */
  strands: Curve[];
}

/** Where each name stands in a list of a layout; the list is looked through once. */
const indices = perObject(
  (names: readonly string[]): Map<string, number> => new Map(names.map((name, i) => [name, i])),
);

/** A statistic of one head of one layer. */
function ofHead({ layout, frame }: Measured, { statistic, place, each }: Quantity<'head'>) {
  const { n_layers, n_heads } = layout;
  const layer = Number(/^blocks\.(\d+)\.attn$/.exec(place)?.[1] ?? n_layers);
  if (layer >= n_layers || Number(each) >= n_heads) return null;
  return frame.head[statistic][layer * n_heads + Number(each)]!;
}

function at(names: readonly string[], name: string, values: Float32Array): number | null {
  const index = indices(names).get(name);
  return index === undefined ? null : values[index]!;
}

/** A number as it stands in a frame; null where that has none of this name. */
function entry(measured: Measured, quantity: Quantity): number | null {
  const { layout, frame } = measured;
  switch (quantity.of) {
    case 'site':
      return layout.siteStatistics.includes(quantity.statistic)
        ? at(layout.sites, quantity.place, frame.site[quantity.statistic])
        : null;
    case 'head':
      return ofHead(measured, quantity);
    case 'param':
      return at(layout.params, quantity.place, frame.param[quantity.statistic]);
    case 'norm':
      return at(layout.norms, quantity.place, frame.norm[quantity.statistic]);
    case 'output':
      return frame.output[quantity.statistic];
    case 'run':
      return frame[quantity.statistic];
  }
}

/** The quantities that one is made of: the heads of a mean over heads, the sites of a whole block's count. */
function partsOf({ n_heads }: Layout, quantity: Quantity): Quantity[] {
  const { of, place, each } = quantity;
  if (of === 'head' && typeof each !== 'number') return headsOf(n_heads, quantity);
  const block = of === 'site' && /^(blocks\.\d+\.)block$/.exec(place)?.[1];
  if (!block) return [quantity];
  return Object.keys(BLOCK_SITES).map((site) => ({ ...quantity, place: block + site }));
}
const headsOf = (n_heads: number, quantity: Quantity): Quantity[] =>
  Array.from({ length: n_heads }, (_, head) => ({ ...quantity, each: head }));

/** The numbers of a frame whose sum, divided by `over`, a quantity is; none where it has none of this name. */
export function entriesOf(measured: Measured, quantity: Quantity) {
  const entries = partsOf(measured.layout, quantity).flatMap((part) => entry(measured, part) ?? []);
  return { entries, over: quantity.of === 'head' ? entries.length : 1 };
}

/** A quantity that is one number; null where the measurement has none of this name. */
export function numberOf(measured: Measured, quantity: Quantity): number | null {
  const { entries, over } = entriesOf(measured, quantity);
  return entries.length ? entries.reduce((sum, value) => sum + value, 0) / over : null;
}

/** Places in every layer that go on at the ends of the stack: the stream, norms. */
const ENDS: Partial<Record<Quantity['of'], (place: string) => boolean>> = {
  site: (place) => place === 'block' || place.startsWith('resid_'),
  norm: () => true,
};

/** A quantity of every layer at one of them, and at an end of the stack where it has one there. */
export const inLayer = (quantity: Quantity, layer: number): Quantity => ({
  ...quantity,
  place: `blocks.${layer}.${quantity.place}`,
});
export const atEnd = (quantity: Quantity, place: 'embed' | 'final_norm'): Quantity | null =>
  ENDS[quantity.of]?.(quantity.place) ? { ...quantity, place } : null;

function curve(measured: Measured, quantity: Quantity): Curve {
  const numberAt = (at: Quantity | null) => at && numberOf(measured, at);
  return {
    layers: Array.from({ length: measured.layout.n_layers }, (_, x) => x).flatMap((x) => {
      const y = numberAt(inLayer(quantity, x));
      return y === null ? [] : [{ x, y }];
    }),
    embed: numberAt(atEnd(quantity, 'embed')),
    final: numberAt(atEnd(quantity, 'final_norm')),
  };
}

/** A quantity per head or modality, where each is asked for. */
function strandsOf({ n_heads }: Layout, quantity: Quantity): Quantity[] {
  if (quantity.each !== true) return [];
  if (quantity.of === 'head') return headsOf(n_heads, quantity);
  const columns = modalityColumns(quantity.statistic) ?? [];
  return columns.map((statistic) => ({ ...quantity, of: 'site', statistic, each: false }));
}

/** A quantity of every layer. */
export const read = (measured: Measured, quantity: Quantity): Reading => ({
  ...curve(measured, quantity),
  strands: strandsOf(measured.layout, quantity).map((strand) => curve(measured, strand)),
});

/** The kinds of names that blocks have, in the order of the layouts. */
export const kindsOf = (layouts: readonly Layout[], of: 'params' | 'norms'): string[] => [
  ...new Set(
    layouts.flatMap((layout) =>
      layout[of].flatMap((name) => /^blocks\.\d+\.(.+)$/.exec(name)?.[1] ?? []),
    ),
  ),
];
