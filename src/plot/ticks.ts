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

/** A decade needs this many pixels for its inner lines, and this many for numbers on them. */
const ROOM_FOR_LINES = 26;
const ROOM_FOR_NUMBERS = 72;
const ROOM_FOR_LABEL = 18;

/** Decades, each labelled as there is room, and lines at 2 … 9 times each where these can be told apart. */
export function logTicks([low, high]: Domain, height: number): Tick[] {
  if (high - low < 0.9) return withinDecade([low, high], height);
  const decade = height / (high - low);
  const stride = STRIDES.find((s) => s * decade >= ROOM_FOR_LABEL) ?? 200;
  const found: Tick[] = [];
  for (let exponent = Math.floor(low); exponent <= Math.ceil(high); exponent++) {
    const labelled = exponent % stride === 0;
    if (labelled || decade >= 6) {
      found.push({
        at: exponent,
        major: true,
        ...(labelled ? { label: formatPower(exponent) } : {}),
      });
    }
    if (decade < ROOM_FOR_LINES) continue;
    for (let digit = 2; digit <= 9; digit++) {
      const numbered = decade >= ROOM_FOR_NUMBERS && (digit === 2 || digit === 5);
      found.push({
        at: exponent + Math.log10(digit),
        major: false,
        ...(numbered ? { label: multiple(digit, exponent) } : {}),
      });
    }
  }
  return found.filter((tick) => tick.at >= low - 1e-9 && tick.at <= high + 1e-9);
}

/** Looked at so closely that hardly a power of ten is in sight: round values, where they fall. */
function withinDecade([low, high]: Domain, height: number): Tick[] {
  const count = Math.max(2, Math.floor(height / 40));
  const [from, to] = [10 ** low, 10 ** high];
  const step = tickStep(from, to, count);
  return ticks(from, to, count)
    .filter((value) => value > 0)
    .map((value) => ({ at: Math.log10(value), major: true, label: formatTick(value, step) }));
}

/** 2 and 5 between decades, as plain numbers where these are short. */
const multiple = (digit: number, exponent: number): string =>
  exponent >= -2 && exponent <= 2
    ? (digit * 10 ** exponent).toFixed(Math.max(0, -exponent))
    : `${digit}×${formatPower(exponent)}`;

export function linearTicks([low, high]: Domain, height: number): Tick[] {
  const count = Math.max(2, Math.min(6, Math.floor(height / 20)));
  const step = tickStep(low, high, count);
  return ticks(low, high, count).map((at) => ({ at, major: true, label: formatTick(at, step) }));
}

/** Counts are told in full up to here. */
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
