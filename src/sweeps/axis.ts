import { checkValue } from '../config/check';
import { parseValue } from '../config/codec';
import { field, isKey, type Key, type Value } from '../config/fields';
import { shortened } from '../lib/words';

/** The way in which the values of an axis follow each other. */
export type Spacing = 'linear' | 'log' | 'list';

/** A setting and the values that it takes. */
export interface Axis {
  key: Key;
  /** As it was typed: `lr=1e-4..1e-1:7log`. */
  typed: string;
  values: readonly Value[];
  spacing: Spacing;
}

export const AXIS_FORM =
  'key=from..to:N (evenly), key=from..to:Nlog (by equal factors) or key=a|b|c';

/** Values of one axis are at most so many. */
const MOST_VALUES = 256;
const RANGE = /^([^|]+?)\.\.([^|]+?):(\d+)(log)?$/;

/** Digits of a value between two ends: what is computed is read as it is written. */
const DIGITS = 6;

function spread(from: number, to: number, count: number, isLog: boolean): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const share = i / (count - 1);
    const value = isLog ? from * (to / from) ** share : from + (to - from) * share;
    return Number(value.toPrecision(DIGITS));
  });
}

/** The values of `from..to:N`, or what is wrong with it. */
function valuesOf(
  key: Key,
  [, low = '', high = '', many, log]: string[],
): { values: number[] } | { problem: string } {
  const f = field(key);
  if (f.kind !== 'integer' && f.kind !== 'number')
    return { problem: `${key} has no range; its values are set apart by |.` };
  const [from, to] = [parseValue(key, low), parseValue(key, high)];
  const count = Number(many);
  if (typeof from !== 'number' || typeof to !== 'number')
    return { problem: `${key}=${low}..${high} is no range of numbers.` };
  if (count < 2 || count > MOST_VALUES)
    return { problem: `${key} has ${count} values; a range has 2 to ${MOST_VALUES}.` };
  if (log && (from <= 0 || to <= 0))
    return { problem: `${key}=${low}..${high}: equal factors need ends above 0.` };
  const values = spread(from, to, count, log !== undefined);
  return { values: f.kind === 'integer' ? values.map(Math.round) : values };
}

/** An axis as it is typed, or what is wrong with it, in one sentence. */
export function readAxis(given: string): { axis: Axis } | { problem: string } {
  const typed = given.trim();
  const at = typed.indexOf('=');
  const key = typed.slice(0, at).trim();
  const text = typed.slice(at + 1).trim();
  if (at < 1 || text === '')
    return { problem: `“${shortened(typed)}” is no axis; it must be ${AXIS_FORM}.` };
  if (!isKey(key)) {
    const checked = checkValue(key, null);
    return { problem: 'problem' in checked ? checked.problem.message : '' };
  }
  const range = RANGE.exec(text);
  const spaced = range && valuesOf(key, range);
  if (spaced && 'problem' in spaced) return spaced;
  const values: unknown[] =
    spaced?.values ?? text.split('|').map((value) => parseValue(key, value.trim()));
  if (values.length > MOST_VALUES)
    return { problem: `${key} has ${values.length} values; at most ${MOST_VALUES} fit.` };
  for (const [i, value] of values.entries()) {
    const checked = checkValue(key, value);
    if ('problem' in checked) return { problem: checked.problem.message };
    if (values.indexOf(value) < i) return { problem: `${key} is ${String(value)} twice.` };
  }
  const spacing = range ? (range[4] ? 'log' : 'linear') : 'list';
  return { axis: { key, typed: `${key}=${text}`, values: values as Value[], spacing } };
}
