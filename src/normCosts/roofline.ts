import type { Work } from './work';

/*
 * The roofline (Williams, Waterman, Patterson 2009): no computation is faster than memory brings its bytes,
 * nor than the machine computes.
 */

export interface Ceilings {
  /** Bytes a second. */
  bandwidth: number;
  /** Operations a second. */
  peak: number;
}

/** Operations for each byte. */
export const intensity = ({ bytes, flops }: Work): number => flops / bytes;

/** The least time in ms. */
export const attainableMs = ({ bytes, flops }: Work, { bandwidth, peak }: Ceilings): number =>
  1000 * Math.max(bytes / bandwidth, flops / peak);

/** The rate of an amount in so many ms. */
export const perSecond = (amount: number, ms: number): number => (1000 * amount) / ms;
