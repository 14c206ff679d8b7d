import { blockSite, parseSite, type BlockSite } from '../../config/sites';
import {
  MODALITY_COLUMNS,
  type HeadStatistic,
  type NormStatistic,
  type ParamStatistic,
  type SiteStatistic,
} from '../../config/statistics';
import { EMBED } from '../../plot/depth';
import type { LineStyle, Point } from '../../plot/trace';
import type { Frame, Layout } from '../../protocol/frame';
import type { Place } from '../../runs/view';
import { standsFor, type Shown } from './choices';

/** What is read of a frame: a value per layer, and what it is the mean of. */
export interface Series {
  points: Point[];
  /** What sets it apart from the lane's other series, after the lane's name. */
  suffix?: string;
  line?: LineStyle;
  /** Whether its line says enough, and the name at its end is left out. */
  isUnnamed?: boolean;
  band?: { x: number; low: number; high: number }[];
  strands?: Point[][];
}

/** Places of sites, parameters and norms in a frame's arrays, found once per model. */
type Places = Record<'sites' | 'params' | 'norms', Map<string, number>>;
const places = new WeakMap<Layout, Places>();

function placesOf(layout: Layout) {
  let known = places.get(layout);
  if (!known) {
    const index = (names: readonly string[]) => new Map(names.map((name, i) => [name, i]));
    known = {
      sites: index(layout.sites),
      params: index(layout.params),
      norms: index(layout.norms),
    };
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
  if (!layout.siteStatistics.includes(statistic)) return { points: [] };
  const values = frame.site[statistic];
  const layers = perLayer(layout, sites, values, (layer) => blockSite(layer, site));
  const embed = site.startsWith('resid_') ? sites.get('embed') : undefined;
  return {
    points: embed === undefined ? layers : [{ x: EMBED, y: values[embed]! }, ...layers],
  };
}

/** A count added up over all sites of a block, layer by layer, the embedding before the first. */
export function blockSeries(layout: Layout, frame: Frame, statistic: SiteStatistic): Series {
  if (!layout.siteStatistics.includes(statistic)) return { points: [] };
  const values = frame.site[statistic];
  const sums = new Float64Array(layout.n_layers + 1);
  layout.sites.forEach((site, i) => {
    const { layer } = parseSite(site);
    if (layer !== null) sums[layer + 1]! += values[i]!;
    else if (site === 'embed') sums[0]! += values[i]!;
  });
  return { points: Array.from(sums, (y, i) => ({ x: i + EMBED, y })) };
}

/** The RMS of each modality, of activations or of gradients. */
export function modalitySeries(
  layout: Layout,
  frame: Frame,
  of: 'rms' | 'grad_rms',
  site: BlockSite,
): Series[] {
  return MODALITY_COLUMNS[of].map((id, m) => ({
    ...siteSeries(layout, frame, id, site),
    suffix: `m${m}`,
    ...(m > 0 && { line: 'dotted' as const }),
  }));
}

/** Whatever the panels of activations show, forward or backward. */
export function activationSeries(
  layout: Layout,
  frame: Frame,
  shown: Shown,
  place: Place,
): Series[] {
  if (place === 'block') return [blockSeries(layout, frame, standsFor(shown))];
  if (shown === 'rms_modalities') return modalitySeries(layout, frame, 'rms', place);
  if (shown === 'grad_rms_modalities') return modalitySeries(layout, frame, 'grad_rms', place);
  return [siteSeries(layout, frame, shown, place)];
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

/** A statistic of one kind of norm over the batch (`attn.norm`), layer by layer. */
export function normSeries(
  layout: Layout,
  frame: Frame,
  statistic: NormStatistic,
  kind: string,
): Series {
  const { norms } = placesOf(layout);
  return {
    points: perLayer(layout, norms, frame.norm[statistic], (layer) => `blocks.${layer}.${kind}`),
  };
}

/** The kinds of norms over the batch that blocks have, in the order of the forward pass. */
export const normKinds = (layouts: readonly Layout[]): string[] => [
  ...new Set(
    layouts.flatMap(({ norms }) =>
      norms.flatMap((name) => /^blocks\.\d+\.(.+)$/.exec(name)?.[1] ?? []),
    ),
  ),
];

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
