import type { SiteName } from '../config/sites';
import type { Batch } from '../lib/batch';
import { mapValues } from '../lib/objects';
import {
  HEAD_STATISTIC_IDS,
  OUTPUT_STATISTIC_IDS,
  PARAM_STATISTIC_IDS,
  SITE_STATISTIC_IDS,
  type HeadStatistic,
  type OutputStatistic,
  type ParamStatistic,
  type SiteStatistic,
} from '../config/statistics';

/** What a frame's numbers belong to; fixed for as long as the model's shape is. */
export interface Layout {
  sites: SiteName[];
  params: string[];
  n_layers: number;
  n_heads: number;
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
  site: Record<SiteStatistic, Float32Array>;
  /** Each [L · H], layer by layer. */
  head: Record<HeadStatistic, Float32Array>;
  output: Record<OutputStatistic, number>;
  /** Each [params]. */
  param: Record<ParamStatistic, Float32Array>;
}

/** A frame as it travels: its numbers in one vector, in the order of `frameOffsets`. */
export interface PackedFrame {
  step: number;
  batch: Batch | null;
  packed: Float32Array;
}

/** Where each statistic begins in a packed frame. */
export interface FrameOffsets {
  loss: number;
  output: Record<OutputStatistic, number>;
  site: Record<SiteStatistic, number>;
  head: Record<HeadStatistic, number>;
  param: Record<ParamStatistic, number>;
  size: number;
}

/** The order of a packed frame: loss, output, then site, head and parameter statistics, each whole. */
export function frameOffsets({ sites, params, n_layers, n_heads }: Layout): FrameOffsets {
  let at = 0;
  const place = (length: number) => (at += length) - length;
  const places = <K extends string>(ids: K[], length: number) =>
    Object.fromEntries(ids.map((id) => [id, place(length)])) as Record<K, number>;
  return {
    loss: place(1),
    output: places(OUTPUT_STATISTIC_IDS, 1),
    site: places(SITE_STATISTIC_IDS, sites.length),
    head: places(HEAD_STATISTIC_IDS, n_layers * n_heads),
    param: places(PARAM_STATISTIC_IDS, params.length),
    size: at,
  };
}

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
    site: views(offsets.site, layout.sites.length),
    head: views(offsets.head, layout.n_layers * layout.n_heads),
    param: views(offsets.param, layout.params.length),
  };
}
