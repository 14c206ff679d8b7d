import { blockSite, type BlockSite } from '../../config/sites';
import type { HeadStatistic, ParamStatistic, SiteStatistic } from '../../config/statistics';
import { EMBED } from '../../plot/depth';
import type { Point } from '../../plot/trace';
import type { Frame, Layout } from '../../protocol/frame';

/** What is read of a frame: a value per layer, and what it is the mean of. */
export interface Series {
  points: Point[];
  band?: { x: number; low: number; high: number }[];
  strands?: Point[][];
}

/** Places of sites and parameters in a frame's arrays, found once per model. */
const places = new WeakMap<Layout, { sites: Map<string, number>; params: Map<string, number> }>();

function placesOf(layout: Layout) {
  let known = places.get(layout);
  if (!known) {
    const index = (names: readonly string[]) => new Map(names.map((name, i) => [name, i]));
    known = { sites: index(layout.sites), params: index(layout.params) };
    places.set(layout, known);
  }
  return known;
}

const layersOf = ({ n_layers }: Layout) => Array.from({ length: n_layers }, (_, layer) => layer);

/** One value per layer of what stands at `name(layer)`; a layer without it is left out. */
function perLayer(
  layout: Layout,
  index: ReadonlyMap<string, number>,
  values: Float32Array,
  name: (layer: number) => string,
): Point[] {
  return layersOf(layout).flatMap((layer) => {
    const at = index.get(name(layer));
    return at === undefined ? [] : [{ x: layer, y: values[at]! }];
  });
}

/** A statistic of a site, layer by layer; for the stream, the embedding stands before the first. */
export function siteSeries(
  layout: Layout,
  frame: Frame,
  statistic: SiteStatistic,
  site: BlockSite,
): Series {
  const { sites } = placesOf(layout);
  const values = frame.site[statistic];
  const layers = perLayer(layout, sites, values, (layer) => blockSite(layer, site));
  const embed = site.startsWith('resid_') ? sites.get('embed') : undefined;
  return {
    points: embed === undefined ? layers : [{ x: EMBED, y: values[embed]! }, ...layers],
  };
}

/** A statistic of one kind of parameter (`attn.wq`), layer by layer. */
export function paramSeries(
  layout: Layout,
  frame: Frame,
  statistic: ParamStatistic,
  kind: string,
): Series {
  const name = (layer: number) => `blocks.${layer}.${kind}`;
  return { points: perLayer(layout, placesOf(layout).params, frame.param[statistic], name) };
}

/** A statistic of the heads: their mean, and each alone where asked. */
export function headSeries(
  layout: Layout,
  frame: Frame,
  statistic: HeadStatistic,
  each: boolean,
): Series {
  const { n_heads } = layout;
  const heads = Array.from({ length: n_heads }, (_, head) => head);
  const value = (layer: number, head: number) => frame.head[statistic][layer * n_heads + head]!;
  const layers = layersOf(layout);
  const points = layers.map((x) => ({
    x,
    y: heads.reduce((sum, head) => sum + value(x, head), 0) / n_heads,
  }));
  if (!each) return { points };
  return {
    points,
    band: layers.map((x) => {
      const values = heads.map((head) => value(x, head));
      return { x, low: Math.min(...values), high: Math.max(...values) };
    }),
    strands: heads.map((head) => layers.map((x) => ({ x, y: value(x, head) }))),
  };
}

/** The kinds of parameters that blocks have, matrices first, then gains, then biases. */
export function paramKinds(layouts: readonly Layout[]): string[] {
  const kinds = new Set<string>();
  for (const { params } of layouts) {
    for (const name of params) {
      const kind = /^blocks\.\d+\.(.+)$/.exec(name)?.[1];
      if (kind) kinds.add(kind);
    }
  }
  return [...kinds].sort((a, b) => rankOf(a) - rankOf(b));
}

const RANKS = [/\.w[^.]*$/, /gain/, /bias|\.b[^.]*$/];
const rankOf = (kind: string) => {
  const rank = RANKS.findIndex((pattern) => pattern.test(kind));
  return rank < 0 ? RANKS.length : rank;
};
