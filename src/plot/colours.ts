import { interpolateRdYlBu, interpolateViridis } from 'd3-scale-chromatic';
import { toUnits, type Axis } from './axis';

/** The order of colours for values: from the least to the most, or away from the middle of an axis, its 0, to either side. */
export type Ramp = 'sequential' | 'diverging';

const RAMPS: Record<Ramp, (share: number) => string> = {
  sequential: interpolateViridis,
  // Blue is less. Its middle is no white, which on a page is nothing.
  diverging: (share) => interpolateRdYlBu(1 - share),
};

const SHADES = 256;

/** `#440154` or `rgb(68, 1, 84)` as a canvas keeps a pixel: red first, opaque. */
function pixelOf(colour: string): number {
  const [r, g, b] = colour.startsWith('#')
    ? [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))
    : colour.match(/\d+/g)!.map(Number);
  return ((255 << 24) | (b! << 16) | (g! << 8) | r!) >>> 0;
}

const PIXELS: Partial<Record<Ramp, Uint32Array>> = {};
const pixelsOf = (ramp: Ramp): Uint32Array =>
  (PIXELS[ramp] ??= Uint32Array.from({ length: SHADES }, (_, i) =>
    pixelOf(RAMPS[ramp](i / (SHADES - 1))),
  ));

/** The place of an axis's units in a ramp, 0 to 1; past an end, the end. */
function shareOf(ramp: Ramp, [low, high]: Axis['domain'], units: number): number {
  const half = Math.max(Math.abs(low), Math.abs(high));
  const share = ramp === 'diverging' ? (units + half) / (2 * half) : (units - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/** The colour of a finite value as a pixel. What has no place on a logarithmic axis is as 0: the least. */
export function pixelScale(ramp: Ramp, { kind, domain }: Axis): (value: number) => number {
  const pixels = pixelsOf(ramp);
  return (value) => {
    const share = shareOf(ramp, domain, toUnits(kind, value) ?? -Infinity);
    return pixels[Math.round(share * (SHADES - 1))]!;
  };
}

/** The colours of an axis from its lower end to its upper one, for a legend. */
export const legendStops = (ramp: Ramp, domain: Axis['domain'], count = 17) =>
  Array.from({ length: count }, (_, i) => {
    const at = i / (count - 1);
    const units = domain[0] + at * (domain[1] - domain[0]);
    return { at, colour: RAMPS[ramp](shareOf(ramp, domain, units)) };
  });
