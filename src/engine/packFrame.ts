import { isJoint, parseSite } from '../config/sites';
import { isDefinedAt, SITE_STATISTICS } from '../config/statistics';
import { perObject } from '../lib/objects';
import { RATIO } from '../stats/rows';
import { frameOffsets, type FrameOffsets, type Layout } from '../protocol/frame';
import type { StepValues } from './inputs';
import { isDynamic, isScaled } from './lossScale';
import type { Plan } from './plan';

/** A frame before anything is measured: NaN, but gradients where nothing flows back are 0. */
function blankFrame({ sites, siteStatistics }: Layout, { size, site }: FrameOffsets): Float32Array {
  const packed = new Float32Array(size).fill(NaN);
  for (const id of siteStatistics) {
    if (SITE_STATISTICS[id].direction === 'forward') continue;
    sites.forEach((name, i) => {
      if (isDefinedAt(id, parseSite(name).kind)) packed[site[id]! + i] = 0;
    });
  }
  return packed;
}

/** Entries of the frame: a branch ratio, and the RMS of what is added and of the stream it joins. */
interface Ratio {
  at: number;
  added: number;
  stream: number;
}

function branchRatios({ sites }: Layout, { site }: FrameOffsets): Ratio[] {
  const ratios: Ratio[] = [];
  /** The stream that the next update reads. */
  let stream = NaN;
  sites.forEach((name, i) => {
    const { kind } = parseSite(name);
    if (kind === 'resid_pre' || kind === 'resid_mid') stream = site.rms! + i;
    if (isJoint(kind)) {
      ratios.push({ at: site[RATIO[0]]! + i, added: site.rms! + i, stream });
    }
  });
  return ratios;
}

/** The numbers that are the same in every frame of a layout, and the ratios to be computed. */
const templateOf = perObject((layout: Layout) => {
  const offsets = frameOffsets(layout);
  return { offsets, blank: blankFrame(layout, offsets), ratios: branchRatios(layout, offsets) };
});

/** Pairs of a value’s number and the entry that it goes to; the replays of a tape share their `places`. */
const routesOf = perObject((places: number[][]) =>
  Int32Array.from(places.flatMap((entries, i) => entries.flatMap((at) => [i, at]))),
);

/**
 * A packed frame with what is known of the update that follows it. The norm of the gradient is put together in
 * float64 from that of each tensor.
 */
export function withUpdate(
  packed: Float32Array,
  { config, layout, flat }: Plan,
  { arrays }: StepValues,
): Float32Array {
  const { output, param } = templateOf(layout).offsets;
  let squares = 0;
  flat.sizes.forEach((size, i) => (squares += size * packed[param.param_grad_rms + i]! ** 2));
  const norm = Math.sqrt(squares);
  packed[output.grad_norm] = norm;
  packed[output.clip_factor] = config.grad_clip ? Math.min(1, config.grad_clip / norm) : 1;
  packed[output.lr] = arrays.rate[0]!;
  // A dynamic scale was measured.
  if (!isDynamic(config)) packed[output.loss_scale] = isScaled(config) ? config.loss_scale : 1;
  return packed;
}

export function packFrame(layout: Layout, places: number[][], values: ArrayLike<number>) {
  const { blank, ratios } = templateOf(layout);
  const packed = blank.slice();
  const route = routesOf(places);
  for (let i = 0; i < route.length; i += 2) packed[route[i + 1]!] = values[route[i]!]!;
  for (const { at, added, stream } of ratios) packed[at] = packed[added]! / packed[stream]!;
  return packed;
}
