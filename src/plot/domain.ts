import { extent, tickIncrement } from 'd3-array';
import { NO_COUNT, toUnits, type Axis, type Domain } from './axis';

/** The least and the largest value in the axis's units, or null where none has a place on it. */
export function reach(kind: Axis['kind'], values: Iterable<number>): Domain | null {
  const [low, high] = extent(values, (value) => toUnits(kind, value));
  return low === undefined ? null : [low, high];
}

const span = ([low, high]: Domain) => high - low;
const contains = (outer: Domain, inner: Domain) => outer[0] <= inner[0] && inner[1] <= outer[1];
const union = (a: Domain, b: Domain): Domain => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
const widened = ([low, high]: Domain, by: number): Domain => [low - by, high + by];

/** A value axis and the data that it has to show. */
export interface ValueAxis {
  kind: Axis['kind'];
  /** Least and largest value, in the axis's units; null before there are any. */
  data: Domain | null;
  /** Names what is shown: when it changes, the axis starts afresh. */
  subject: string;
  /** Values that the axis always shows, in its units: both ends of a bounded statistic, 0, or the surroundings of 1. */
  always?: Domain | undefined;
  /** New values come by themselves, as in training: then the axis is slow to move. */
  live?: boolean | undefined;
}

/** In decades: how far a trace may hang past an end that is looked for … */
const WITHIN = 0.012;
/** … and past one that is held. The gap between is the hysteresis. On less than a decade both are as much less. */
const GRAZE = 0.035;
/** In decades: what varies less is shown as the constant that it nearly is. */
const FLAT = 0.05;
/** Whole decades stand where they waste less than this share of the height. */
const WASTE = 1 / 3;
/** Ends of a logarithmic axis within its decades, coarse and fine. */
const LEADS = [
  [1, 2, 5, 10],
  [1, 1.5, 2, 3, 4, 5, 6, 8, 10],
].map((leads) => leads.map(Math.log10));

const wholeDecades = ([low, high]: Domain, slack: number): Domain => {
  const from = Math.floor(low + slack);
  return [from, Math.max(from + 1, Math.ceil(high - slack))];
};

/** The nearest end at or below a place, and the nearest at or above it. */
const atMost = (units: number, leads: readonly number[]): number => {
  const decade = Math.floor(units + 1e-9);
  return decade + leads.findLast((lead) => decade + lead <= units + 1e-9)!;
};
const atLeast = (units: number, leads: readonly number[]): number => {
  const decade = Math.floor(units + 1e-9);
  return decade + leads.find((lead) => decade + lead >= units - 1e-9)!;
};

function logDomain(data: Domain): Domain {
  const isFlat = span(data) < FLAT;
  const slack = WITHIN * (isFlat ? 1 : Math.min(1, span(data)));
  const whole = wholeDecades(data, slack);
  if (isFlat || span(data) > span(whole) * (1 - WASTE)) return whole;
  const finer = LEADS.map((leads): Domain => [
    atMost(data[0] + slack, leads),
    atLeast(data[1] - slack, leads),
  ]);
  return finer.find((domain) => span(data) > span(domain) * (1 - WASTE)) ?? finer.at(-1)!;
}

/** An axis of counts shows at least 0, 1 and 10. */
const COUNTED: Domain = [NO_COUNT, 1];

/** About as many ticks as a linear axis has; it ends at one. */
const TICKS = 5;
/** Values nearer to each other than this share of their size are one value. */
const APART = 1e-6;
/** Far below the least number of single precision: 0. */
const NOTHING = 1e-60;
/** The share of its range by which rounding may carry a bounded statistic past its bounds. */
const ROUNDING = 1e-3;

/** The bounds themselves where data keeps within them. */
function linearDomain(data: Domain, always?: Domain): Domain {
  if (!always) return rounded(data);
  const slack = ROUNDING * span(always);
  return slack > 0 && contains(widened(always, slack), data)
    ? always
    : rounded(union(data, always));
}

/** Ends at ticks. */
function rounded([low, high]: Domain): Domain {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(size * APART, NOTHING)) {
    const half = size > NOTHING ? size / 2 : 0.5;
    return rounded([low - half, high + half]);
  }
  return outward([low, high], tickIncrement(low, high, TICKS));
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

/** The domain that shows the data best, whatever was shown before. */
export function fitted({ kind, data, always }: Omit<ValueAxis, 'subject'>): Domain {
  if (kind === 'linear') {
    return data ? linearDomain(data, always) : always && span(always) > 0 ? always : [0, 1];
  }
  if (kind === 'count') return data ? wholeDecades(union(data, COUNTED), WITHIN) : COUNTED;
  if (data) return logDomain(always ? union(data, always) : data);
  return always && span(always) > 0 ? always : [-1, 1];
}

/** Room beyond data that breaks out of a live axis, as a share of what it spans: it will go on. */
const HEADROOM = 1 / 2;

/** The domain moved out where live data left it: to the next decade where that leaves most of it used. */
function grown(kind: Axis['kind'], held: Domain, data: Domain): Domain {
  const [low, high] = union(held, data);
  const isLower = data[0] < held[0];
  const isHigher = data[1] > held[1];
  const room = (high - low) * HEADROOM;
  if (kind === 'linear') {
    // A statistic that is nowhere negative needs no room below 0.
    const below = low < 0 ? low - room : Math.max(0, low - room);
    return rounded([isLower ? below : low, isHigher ? high + room : high]);
  }
  const decades = wholeDecades([low, high], WITHIN);
  const [from, to] = [isLower ? decades[0] : low, isHigher ? decades[1] : high];
  if (kind === 'count' || span(data) >= (to - from) * (1 - WASTE)) return [from, to];
  const leads = LEADS[0]!;
  return [isLower ? atMost(low - room, leads) : low, isHigher ? atLeast(high + room, leads) : high];
}

/** Tells if data has left a domain by more than it may graze its ends. */
function leaves(kind: Axis['kind'], data: Domain, domain: Domain): boolean {
  const slack = kind === 'linear' ? 0 : GRAZE * Math.min(1, span(domain));
  return !contains(widened(domain, slack), data);
}

/** The domain that an axis shows, and what it has to be remembered for. */
export interface Held {
  subject: string;
  data: Domain | null;
  domain: Domain;
  /** All data since the axis has been too wide for it, and the number of times that it came. */
  roomy: { data: Domain; times: number } | null;
}

/** At rest the axis is fitted anew when data uses less than this share of it, live when hardly any is used … */
const HALF = 1 / 2;
const HARDLY = 1 / 8;
/** … or when for so many steps it could have been narrower than this. */
const ROOMY = 0.7;
const PATIENCE = 120;

/**
 * The next domain of an axis that holds still while data comes and goes: it grows at once when data leaves it,
 * and shrinks only when much of it is empty, in training only when it has been for long.
 */
export function follow(axis: ValueAxis, held: Held | null): Held {
  const { kind, data, subject, live = false } = axis;
  const fresh = fitted(axis);
  const start = { subject, data, domain: fresh, roomy: null };
  if (!held || held.subject !== subject || !held.data) return start;
  if (!data || (held.data[0] === data[0] && held.data[1] === data[1])) return held;
  const { domain } = held;
  const wanted = axis.always ? union(data, axis.always) : data;
  const isNarrower = span(fresh) < span(domain);
  if (isNarrower && span(wanted) < span(domain) * (live ? HARDLY : HALF)) return start;
  if (leaves(kind, wanted, domain)) {
    const wider = grown(kind, domain, wanted);
    const isRoomy = span(fresh) < span(wider) && span(wanted) < span(wider) * HARDLY;
    return !live || isRoomy || fresh === axis.always ? start : { ...start, domain: wider };
  }
  const seen = held.roomy ? union(held.roomy.data, data) : data;
  const roomyFor = fitted({ ...axis, data: seen });
  if (span(roomyFor) > span(domain) * ROOMY) return { ...held, data, roomy: null };
  const times = (held.roomy?.times ?? 0) + 1;
  return times < PATIENCE
    ? { ...held, data, roomy: { data: seen, times } }
    : { ...start, domain: roomyFor };
}

/** Steps from 0 that leave room to grow: 20, 30, 50, 100, 200, 300, 500, 1000, … */
export function stepDomain(last: number, least = 20): Domain {
  if (last <= least) return [0, least];
  const decade = 10 ** Math.floor(Math.log10(last));
  return [0, [1, 2, 3, 5, 10].find((lead) => lead * decade >= last)! * decade];
}

/** The domain scaled about one of its points: `factor` below 1 looks closer. */
export const zoomed = ([low, high]: Domain, factor: number, about: number): Domain => [
  about + (low - about) * factor,
  about + (high - about) * factor,
];

export const shifted = ([low, high]: Domain, by: number): Domain => [low + by, high + by];

/** At most so many times the range of the data is looked at. */
const WIDEST = 4;

/**
 * The domain that someone looks at next, or the one before where the next would show nothing: too near for its ticks
 * to differ, too far for the data to be more than a line, or past all of it.
 */
export function looked(kind: Axis['kind'], from: Domain, next: Domain, whole: Domain): Domain {
  const isNear = span(next) <= span(from) || span(next) <= WIDEST * span(whole);
  const meets = next[0] < whole[1] && next[1] > whole[0];
  return isNear && meets && legible(kind, next) ? next : from;
}

/** Tells if the ticks of a domain differ in a few digits, and lie within float64's reach. */
const legible = (kind: Axis['kind'], domain: Domain): boolean => {
  const size = span(domain);
  const middle = Math.abs(domain[0] + domain[1]) / 2;
  return kind === 'linear' ? size > middle * 1e-4 && size < 1e15 : size > 0.01 && size < 200;
};
