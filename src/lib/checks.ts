import { counted, listed, nearest, shortened } from './words';

/** Told of each fault, as a sentence that names its place. */
export type Fault = (sentence: string) => void;

/** Looks at a value of JSON of any origin, at a place such as `runs.a.step`, and tells of every fault. */
export type Check = (value: unknown, at: string, fault: Fault) => void;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `“${shortened(value)}”`;
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : String(value);
};

/** A value that must pass a test, in words. */
export const that =
  (isFit: (value: unknown) => boolean, wanted: string): Check =>
  (value, at, fault) => {
    if (!isFit(value)) fault(`${at} is ${shown(value)}; it must be ${wanted}.`);
  };

export const number = that((value) => typeof value === 'number', 'a number');
export const flag = that((value) => typeof value === 'boolean', 'true or false');
export const whole = (most: number, least = 0): Check =>
  that(
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    `a whole number from ${least} to ${counted(most)}`,
  );
export const oneOf = (...words: readonly (string | number)[]): Check =>
  that((value) => words.includes(value as string), words.join(' or '));
export const matching = (pattern: RegExp, wanted: string): Check =>
  that((value) => typeof value === 'string' && pattern.test(value), wanted);
export const date = that(
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  'a date such as 2026-03-01T12:00:00Z',
);

/** A text of at most so many characters. */
export const text =
  (most: number): Check =>
  (value, at, fault) => {
    if (typeof value !== 'string') fault(`${at} is ${shown(value)}; it must be a text.`);
    else if (value.length > most)
      fault(`${at} has ${counted(value.length)} characters; at most ${counted(most)} are read.`);
  };

export const nullOr =
  (check: Check): Check =>
  (value, at, fault) => {
    if (value !== null) check(value, at, fault);
  };

/** The first of these that a value passes; where it passes none, the faults are those of the last. */
export const either =
  (first: Check, last: Check): Check =>
  (value, at, fault) => {
    let isFit = true;
    first(value, at, () => (isFit = false));
    if (!isFit) last(value, at, fault);
  };

export const listOf =
  (check: Check, most: number): Check =>
  (value, at, fault) => {
    if (!Array.isArray(value)) fault(`${at} is ${shown(value)}; it must be a list.`);
    else if (value.length > most)
      fault(`${at} has ${counted(value.length)} entries; at most ${counted(most)} are read.`);
    else value.forEach((one, i) => check(one, `${at}[${i}]`, fault));
  };

/** An object with any keys, each of which is checked with its value. */
export const entriesOf =
  (check: Check, most: number): Check =>
  (value, at, fault) => {
    if (!isObject(value)) return fault(`${at} is ${shown(value)}; it must be an object.`);
    const entries = Object.entries(value);
    if (entries.length > most)
      return fault(
        `${at} has ${counted(entries.length)} entries; at most ${counted(most)} are read.`,
      );
    entries.forEach(([key, one]) => check(one, `${at}.${shortened(key)}`, fault));
  };

/** An object with these members and no others; those named last may be left out. */
export const object =
  (members: Record<string, Check>, optional: readonly string[] = []): Check =>
  (value, at, fault) => {
    if (!isObject(value)) return fault(`${at || 'It'} is ${shown(value)}; it must be an object.`);
    const inside = (key: string) => (at ? `${at}.${key}` : key);
    const known = Object.keys(members);
    for (const key of Object.keys(value).filter((key) => !known.includes(key))) {
      const meant = nearest(key, known);
      const guess = meant ? ` Did you mean ${meant}?` : ` Known are ${listed(known, 20)}.`;
      fault(`${inside(shortened(key))} is not known.${guess}`);
    }
    for (const [key, check] of Object.entries(members))
      if (Object.hasOwn(value, key) || !optional.includes(key))
        check(Object.hasOwn(value, key) ? value[key] : undefined, inside(key), fault);
  };
