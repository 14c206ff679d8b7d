import { tickStep, ticks } from 'd3-array';
import { NO_COUNT, type Axis, type Domain } from './axis';
import { formatCount, formatPower, formatTick } from './format';

export interface Tick {
  /** In the axis's units. */
  at: number;
  /** Text beside it; without one it is a line of the graticule alone. */
  label?: string;
  /** Decades and the ticks of a linear axis are major; what divides a decade is minor. */
  major: boolean;
}

/** Between two labelled decades, in decades. */
const STRIDES = [1, 2, 3, 5, 10, 20, 50, 100];

/** A decade needs this many pixels for its inner lines, and the numbers on these so many between them. */
const ROOM_FOR_LINES = 26;
const ROOM_FOR_LABEL = 18;
/** Plain numbers are not as high as powers. */
const ROOM_FOR_NUMBER = 16;
/** The numbers within a decade, as there is room. */
const NUMBERED = [
  [2, 3, 4, 5, 6, 7, 8, 9],
  [2, 3, 5],
  [2, 5],
];

/** The least distance from a number to the next one, in decades. */
const closest = (digits: readonly number[]) =>
  Math.min(...[...digits, 10].map((digit, i) => Math.log10(digit / (digits[i - 1] ?? 1))));

/** At least two ticks have labels, however closely the axis is looked at. */
const isReadable = (ticks: readonly Tick[]) => ticks.filter(({ label }) => label).length >= 2;

/** Decades, each labelled as there is room, and lines at 2 … 9 times each where these can be told apart. */
export function logTicks([low, high]: Domain, height: number): Tick[] {
  const decade = height / (high - low);
  const stride = STRIDES.find((s) => s * decade >= ROOM_FOR_LABEL) ?? 200;
  const numbered = NUMBERED.find((digits) => closest(digits) * decade >= ROOM_FOR_LABEL) ?? [];
  const found: Tick[] = [];
  for (let exponent = Math.floor(low); exponent <= Math.ceil(high); exponent++) {
    const labelled = exponent % stride === 0;
    if (labelled || decade >= 6) {
      const label = labelled ? { label: formatPower(exponent) } : {};
      found.push({ at: exponent, major: true, ...label });
    }
    if (decade < ROOM_FOR_LINES) continue;
    for (let digit = 2; digit <= 9; digit++) {
      const label = numbered.includes(digit) ? { label: multiple(digit, exponent) } : {};
      found.push({ at: exponent + Math.log10(digit), major: false, ...label });
    }
  }
  const ticks = found.filter((tick) => tick.at >= low - 1e-9 && tick.at <= high + 1e-9);
  return high - low >= 0.9 && isReadable(ticks) ? ticks : withinDecade([low, high], height);
}

/** Looked at so closely that hardly a power of ten is in sight: as many round values as there is room for. */
function withinDecade([low, high]: Domain, height: number): Tick[] {
  const values: Domain = [10 ** low, 10 ** high];
  const perUnit = height / (high - low);
  for (let count = Math.max(2, Math.floor(height / 20)); count > 1; count--) {
    const found = roundTicks(values, count, Math.log10);
    // Equal steps lie closest at the top.
    const [one, other] = found.slice(-2);
    if ((other!.at - one!.at) * perUnit >= ROOM_FOR_NUMBER) return found;
  }
  // The first and the last are the farthest apart.
  const found = roundTicks(values, 2, Math.log10);
  return [found[0]!, found.at(-1)!];
}

/** About `count` round values, two at the least, in the units of an axis. */
function roundTicks([from, to]: Domain, count: number, unitsOf: (value: number) => number): Tick[] {
  const at = (values: number[], step: number): Tick[] =>
    values.map((value) => ({ at: unitsOf(value), major: true, label: formatTick(value, step) }));
  for (let n = count; n < count + 10; n++) {
    const values = ticks(from, to, n).filter((value) => Number.isFinite(unitsOf(value)));
    if (values.length >= 2) return at(values, tickStep(from, to, n));
  }
  return at([from, to], to - from);
}

/** 2 and 5 between decades, as plain numbers where these are short. */
const multiple = (digit: number, exponent: number): string =>
  exponent >= -2 && exponent <= 2
    ? (digit * 10 ** exponent).toFixed(Math.max(0, -exponent))
    : `${digit}×${formatPower(exponent)}`;

/** Up to six ticks, and more where an enlarged plot has room for them. */
export const linearTicks = (domain: Domain, height: number): Tick[] =>
  roundTicks(
    domain,
    Math.max(2, Math.min(6, Math.floor(height / 20)), Math.floor(height / 60)),
    (value) => value,
  );

const LONGEST_COUNT = 3;

/** 0, and decades from 1 up. */
export function countTicks([low, high]: Domain, height: number): Tick[] {
  const none: Tick[] =
    low <= NO_COUNT && high >= NO_COUNT ? [{ at: NO_COUNT, major: true, label: '0' }] : [];
  const from = Math.max(low, 0);
  if (high - from < 0.01) return none;
  const decade = height / (high - low);
  const crowded = none.length > 0 && decade < ROOM_FOR_LABEL;
  const told = (tick: Tick): Tick => {
    const { label, ...line } = tick;
    if (!label || (crowded && tick.at === 0)) return line;
    const isShort = Number.isInteger(tick.at) && tick.at <= LONGEST_COUNT;
    return isShort ? { ...tick, label: formatCount(10 ** tick.at) } : tick;
  };
  return [...none, ...logTicks([from, high], decade * (high - from)).map(told)];
}

export const axisTicks = ({ kind, domain }: Axis, height: number): Tick[] =>
  ({ log: logTicks, count: countTicks, linear: linearTicks })[kind](domain, height);

/** Whole steps, about one label per 80 pixels. */
export const stepTicks = (steps: number, width: number): Tick[] =>
  ticks(0, steps, Math.max(1, Math.min(10, Math.floor(width / 80))))
    .filter(Number.isInteger)
    .map((at) => ({ at, major: true, label: formatCount(at) }));
