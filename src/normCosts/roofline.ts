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

export interface Demand {
  bytes: number;
  flops: number;
}

/** Operations for each byte. */
export const intensity = ({ bytes, flops }: Demand): number => flops / bytes;

/** The least time in ms. */
export const attainableMs = ({ bytes, flops }: Demand, { bandwidth, peak }: Ceilings): number =>
  1000 * Math.max(bytes / bandwidth, flops / peak);

/** Operations a second at the most, at an intensity. */
export const roofAt = (at: number, { bandwidth, peak }: Ceilings): number =>
  Math.min(peak, at * bandwidth);

/** The intensity from which on the machine computes as fast as it can. */
export const ridge = ({ bandwidth, peak }: Ceilings): number => peak / bandwidth;

/** So many of something in so many ms, as so many a second. */
export const perSecond = (amount: number, ms: number): number => (1000 * amount) / ms;
