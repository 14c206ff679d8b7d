import type { Intervention } from '../../config/interventions';
import { overlap, type LayerRange } from '../../config/ranges';

/** Pixels of a line of interventions. */
export const TRACK = 17;

/** The line that each of several ranges is drawn in: the first in which it meets no other one. */
export function trackOf(ranges: readonly LayerRange[]): number[] {
  const tracks: LayerRange[][] = [];
  return ranges.map((range) => {
    const free = tracks.findIndex((track) => !track.some((other) => overlap(range, other)));
    const at = free < 0 ? tracks.length : free;
    (tracks[at] ??= []).push(range);
    return at;
  });
}

export const trackCount = (interventions: readonly Intervention[]): number =>
  Math.max(0, ...trackOf(interventions.map(({ layers }) => layers)).map((track) => track + 1));
