import type { Measurement } from '../../protocol/frame';
import { placeOfSite, type Place } from './alarm';

/** A site on the way through a step, with what was measured there. */
export interface Stop extends Place {
  statistic: 'rms' | 'grad_rms';
  value: number;
  /** Of the step before; null where that has none of this name. */
  before: number | null;
}

/** Every site of a step in the order in which it is computed: forward, then backward from the last. */
export function passageOf(now: Measurement, before: Measurement | null): Stop[] {
  const { layout, frame } = now;
  const way = (direction: 'forward' | 'backward'): Stop[] => {
    const statistic = direction === 'forward' ? 'rms' : 'grad_rms';
    return layout.sites.map((site, i) => ({
      ...placeOfSite(layout, i, direction),
      statistic,
      value: frame.site[statistic][i]!,
      before: before?.frame.site[statistic][before.layout.sites.indexOf(site)] ?? null,
    }));
  };
  return [...way('forward'), ...way('backward').reverse()];
}
