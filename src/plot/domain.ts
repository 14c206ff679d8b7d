import { tickIncrement } from 'd3-array';
import { NO_COUNT, toUnits, type Axis, type Domain } from './axis';

/**
 * Domains that hold still. An axis that follows live data must not breathe with it, so a domain grows at
 * once when data leaves it, and shrinks only when the data fills less than a third of it.
 */
const FILL = 1 / 3;

/** In decades: how far a trace may hang past the last decade before another is added … */
const GRAZE = 0.035;
/** … and how near to it counts as within, when decades are taken away. The gap between is the hysteresis. */
const WITHIN = 0.012;

const REST: Domain = [-1, 1];

/** The least and the largest value in the axis's units, or null where none has a place on it. */
export function reach(kind: Axis['kind'], values: Iterable<number>): Domain | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    const units = toUnits(kind, value);
    if (units === null) continue;
    if (units < low) low = units;
    if (units > high) high = units;
  }
  return low <= high ? [low, high] : null;
}

const wholeDecades = ([low, high]: Domain, slack: number): Domain => {
  const from = Math.floor(low + slack);
  return [from, Math.max(from + 1, Math.ceil(high - slack))];
};
const span = ([low, high]: Domain) => high - low;
const contains = (outer: Domain, inner: Domain) => outer[0] <= inner[0] && inner[1] <= outer[1];
const union = (a: Domain, b: Domain): Domain => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];

/** Whole decades around the data, in log₁₀; `previous` is what the axis shows now, or null at first. */
export function logDomain(data: Domain | null, previous: Domain | null): Domain {
  if (!data) return previous ?? REST;
  const fresh = wholeDecades(data, WITHIN);
  if (!previous) return fresh;
  const needed = wholeDecades(data, GRAZE);
  const held = contains(previous, needed) ? previous : union(previous, needed);
  const roomy = span(data) < span(held) * FILL && span(fresh) < span(held);
  return roomy ? fresh : held;
}

/** What an axis of counts shows at least: 0, 1 and 10. */
const COUNTED: Domain = [NO_COUNT, 1];

/** Whole decades around counts, from 0 up. */
export const countDomain = (data: Domain | null, previous: Domain | null): Domain =>
  data ? logDomain(union(data, COUNTED), previous) : (previous ?? COUNTED);

interface LinearOptions {
  /** Ends that the axis always shows: those of a bounded statistic, or 0. */
  always?: Domain;
  /** About how many ticks there will be; the domain ends at one. */
  count?: number;
}

/** A domain of round numbers around the data. */
export function linearDomain(
  data: Domain | null,
  previous: Domain | null,
  { always, count = 5 }: LinearOptions = {},
): Domain {
  if (!data) return previous ?? always ?? [0, 1];
  const wanted = always ? union(data, always) : data;
  const fresh = rounded(wanted, count);
  if (!previous) return fresh;
  const held = contains(previous, wanted) ? previous : grown(previous, wanted, count);
  return span(wanted) < span(held) * FILL ? fresh : held;
}

/** With headroom where the data broke out, or a steadily growing value would move the axis at every step. */
function grown(previous: Domain, wanted: Domain, count: number): Domain {
  const [low, high] = union(previous, wanted);
  const room = (high - low) * 0.1;
  // What is nowhere negative needs no room below 0.
  const below = low < 0 ? low - room : Math.max(0, low - room);
  return rounded([low < previous[0] ? below : low, high > previous[1] ? high + room : high], count);
}

/** Ends at ticks. Values nearer to each other than this share of their size are one value. */
const APART = 1e-6;
/** Far below the least number of single precision: 0. */
const NOTHING = 1e-60;

function rounded([low, high]: Domain, count: number): Domain {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(size * APART, NOTHING)) {
    const half = size > NOTHING ? size / 2 : 0.5;
    return rounded([low - half, high + half], count);
  }
  // Wider ends may ask for wider steps. Twice is enough; until nothing changes may be for ever.
  let ends: Domain = [low, high];
  for (let i = 0; i < 2; i++) ends = outward(ends, tickIncrement(...ends, count));
  return ends;
}

/** The ends moved outward to multiples of a step; a negative one stands for its inverse, as in d3. */
function outward([low, high]: Domain, increment: number): Domain {
  const value = (ticks: number) => (increment > 0 ? ticks * increment : ticks / -increment);
  const ticks = (end: number) => (increment > 0 ? end / increment : end * -increment);
  const first = Math.ceil(ticks(low));
  const last = Math.floor(ticks(high));
  return [
    value(value(first) > low ? first - 1 : first),
    value(value(last) < high ? last + 1 : last),
  ];
}

/** Steps from 0 that leave room to grow: 50, 60, 80, 100, 120, 150, 200, … */
export function stepDomain(last: number, least = 20): Domain {
  if (last <= least) return [0, least];
  const decade = 10 ** Math.floor(Math.log10(last));
  const lead = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * decade >= last)!;
  return [0, Math.round(lead * decade)];
}

/** The domain scaled about one of its points: `factor` below 1 looks closer. */
export const zoomed = ([low, high]: Domain, factor: number, about: number): Domain => [
  about + (low - about) * factor,
  about + (high - about) * factor,
];

export const shifted = ([low, high]: Domain, by: number): Domain => [low + by, high + by];

/** Whether a domain can still be read: float64 has about 15 digits, float32 about 80 decades. */
export const legible = (kind: Axis['kind'], domain: Domain): boolean => {
  const size = span(domain);
  const middle = Math.abs(domain[0] + domain[1]) / 2;
  return kind === 'linear' ? size > middle * 1e-6 && size < 1e15 : size > 0.01 && size < 200;
};
