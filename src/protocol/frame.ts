import type { SiteName } from '../config/sites';
import type { Batch } from '../lib/batch';
import { perObject, mapValues } from '../lib/objects';
import { STATISTIC_IDS, type StatisticNames } from '../config/statistics';
import type { Config } from '../config/fields';

/** The sites, parameters and norms that a frame's numbers belong to; fixed for as long as the model's shape is. */
export interface Layout {
  sites: SiteName[];
  /** The statistics that are measured at sites; of the rest there is nothing. */
  siteStatistics: StatisticNames['site'][];
  params: string[];
  /** The norms over the batch. */
  norms: string[];
  n_layers: number;
  n_heads: number;
  /** Of a record that another program may have written: NaN may be a number that it left out. */
  isPartial?: true;
  /** The columns of such a record; numbers of others are none of its own. */
  columns?: readonly string[];
}

/**
 * Everything measured at one step: before update `step`, on the batch of that step. Arrays are views of
 * one buffer, read back from the device at once; NaN stands where a statistic is not defined.
 */
export interface Frame {
  step: number;
  loss: number;
  batch: Batch | null;
  /** Each [sites]. */
  site: Record<StatisticNames['site'], Float32Array>;
  /** Each [L · H], layer by layer. */
  head: Record<StatisticNames['head'], Float32Array>;
  output: Record<StatisticNames['output'], number>;
  /** Each [params]. */
  param: Record<StatisticNames['param'], Float32Array>;
  /** Each [norms]. */
  norm: Record<StatisticNames['norm'], Float32Array>;
}

/** A frame as it travels: its numbers in one vector, in the order of `frameOffsets`. */
export interface PackedFrame {
  step: number;
  batch: Batch | null;
  packed: Float32Array;
}

/**
 * Where each statistic begins in a packed frame: loss, output, then site, head, parameter and norm
 * statistics, each whole.
 */
export const frameOffsets = perObject((layout: Layout) => {
  const { sites, siteStatistics, params, norms, n_layers, n_heads } = layout;
  let at = 0;
  const place = (length: number) => (at += length) - length;
  const places = <K extends string>(ids: K[], length: number) =>
    Object.fromEntries(ids.map((id) => [id, place(length)])) as Record<K, number>;
  return {
    loss: place(1),
    output: places(STATISTIC_IDS.output, 1),
    site: places(siteStatistics, sites.length) as Partial<Record<StatisticNames['site'], number>>,
    head: places(STATISTIC_IDS.head, n_layers * n_heads),
    param: places(STATISTIC_IDS.param, params.length),
    norm: places(STATISTIC_IDS.norm, norms.length),
    size: at,
  };
});

export type FrameOffsets = ReturnType<typeof frameOffsets>;

/** The values of a statistic that is not measured; one array for every frame of a layout. */
const notMeasured = perObject(({ sites }: Layout) => new Float32Array(sites.length).fill(NaN));

/** The frame in a packed vector, without copying it. */
export function unpack(layout: Layout, { step, batch, packed }: PackedFrame): Frame {
  const offsets = frameOffsets(layout);
  const views = <K extends string>(starts: Record<K, number>, length: number) =>
    mapValues(starts, (start) => packed.subarray(start, start + length));
  return {
    step,
    batch,
    loss: packed[offsets.loss]!,
    output: mapValues(offsets.output, (at) => packed[at]!),
    site: {
      ...(Object.fromEntries(
        STATISTIC_IDS.site.map((id) => [id, notMeasured(layout)]),
      ) as Frame['site']),
      ...views(offsets.site as Record<StatisticNames['site'], number>, layout.sites.length),
    },
    head: views(offsets.head, layout.n_layers * layout.n_heads),
    param: views(offsets.param, layout.params.length),
    norm: views(offsets.norm, layout.norms.length),
  };
}

/** One measured step: its numbers, the layout that names them, and the configuration of the model measured. */
export interface Measurement {
  config: Config;
  layout: Layout;
  frame: Frame;
}
