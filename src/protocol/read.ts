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

/** A statistic of the heads of one layer: of one of them, else their mean. */
function ofHeads({ layout, frame }: Measured, { statistic, place, each }: Quantity<'head'>) {
  const { n_layers, n_heads } = layout;
  const layer = Number(/^blocks\.(\d+)\.attn$/.exec(place)?.[1] ?? n_layers);
  if (layer >= n_layers) return null;
  const values = frame.head[statistic].subarray(layer * n_heads, (layer + 1) * n_heads);
  if (typeof each === 'number') return values[each] ?? null;
  return values.reduce((sum, value) => sum + value, 0) / n_heads;
}

/** A statistic of a site; a count also of a whole block. */
function ofSite(measured: Measured, quantity: Quantity<'site'>): number | null {
  const { layout, frame } = measured;
  const { statistic, place } = quantity;
  if (!layout.siteStatistics.includes(statistic)) return null;
  const block = /^(blocks\.\d+\.)block$/.exec(place)?.[1];
  if (block === undefined) return at(layout.sites, place, frame.site[statistic]);
  const counts = Object.keys(BLOCK_SITES).flatMap(
    (site) => at(layout.sites, block + site, frame.site[statistic]) ?? [],
  );
  return counts.length ? counts.reduce((sum, count) => sum + count, 0) : null;
}

function at(names: readonly string[], name: string, values: Float32Array): number | null {
  const index = indices(names).get(name);
  return index === undefined ? null : values[index]!;
}

/** A quantity that is one number; null where the measurement has none of this name. */
export function numberOf(measured: Measured, quantity: Quantity): number | null {
  const { layout, frame } = measured;
  switch (quantity.of) {
    case 'site':
      return ofSite(measured, quantity);
    case 'head':
      return ofHeads(measured, quantity);
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

/** Places in every layer that go on at the ends of the stack: the stream, norms. */
const ENDS: Partial<Record<Quantity['of'], (place: string) => boolean>> = {
  site: (place) => place === 'block' || place.startsWith('resid_'),
  norm: () => true,
};

function curve(measured: Measured, quantity: Quantity): Curve {
  const numberAt = (place: string) => numberOf(measured, { ...quantity, place });
  const hasEnds = ENDS[quantity.of]?.(quantity.place);
  return {
    layers: Array.from({ length: measured.layout.n_layers }, (_, x) => x).flatMap((x) => {
      const y = numberAt(`blocks.${x}.${quantity.place}`);
      return y === null ? [] : [{ x, y }];
    }),
    embed: hasEnds ? numberAt('embed') : null,
    final: hasEnds ? numberAt('final_norm') : null,
  };
}

/** A quantity per head or modality, where each is asked for. */
function strandsOf({ n_heads }: Layout, quantity: Quantity): Quantity[] {
  if (quantity.each !== true) return [];
  if (quantity.of === 'head') {
    return Array.from({ length: n_heads }, (_, head) => ({ ...quantity, each: head }));
  }
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
