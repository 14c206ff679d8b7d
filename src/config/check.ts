import { counted, nearest, shortened } from '../lib/words';
import { closestKey } from './closest';
import { CONFLICTS, DEFAULT_SHAPE, type Conflict } from './conflicts';
import type { Field, TextField } from './field';
import { DEFAULTS, field, isKey, KEYS, type Config, type Key, type Value } from './fields';

/** Something wrong with a setting: which, what it was, and what is allowed, in one sentence. */
export interface Problem {
  key: string;
  message: string;
  remedy?: string;
}

/** A problem in full, for a page that goes on. */
export const explained = ({ message, remedy }: Problem): string =>
  remedy ? `${message} ${remedy}` : message;

/** So many problems are all told; of more, these few, and how many others there are. */
const MOST_TOLD = 8;
const FIRST_TOLD = 5;

/** The problems that a person is told of: all, or the first few and a last one that counts the rest. */
export function toTell<P extends Problem>(problems: readonly P[]): P[] {
  if (problems.length <= MOST_TOLD) return [...problems];
  const rest = problems.length - FIRST_TOLD;
  const { remedy: _, ...last } = problems[FIRST_TOLD]!;
  const more = { ...last, key: '', message: `… and ${counted(rest)} more.` } as P;
  return [...problems.slice(0, FIRST_TOLD), more];
}

/** The values that a field accepts, in words. */
export function allowed(f: Field): string {
  switch (f.kind) {
    case 'choice':
      return `one of ${Object.keys(f.choices).join(', ')}`;
    case 'flag':
      return 'true or false';
    case 'integer':
      return `a whole number from ${f.min} to ${f.max}`;
    case 'number':
      return [`a number from ${f.min} to ${f.max}`, ...Object.keys(f.words ?? {})].join(' or ');
    case 'text':
      return `empty or a list such as “${f.example}”`;
  }
}

/** Longest text of a setting: a link must still be one. */
const MAX_TEXT = 2000;

function accepts(f: Field, value: unknown): boolean {
  switch (f.kind) {
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(f.choices, value);
    case 'flag':
      return typeof value === 'boolean';
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= f.min &&
        value <= f.max &&
        (f.kind === 'number' || Number.isInteger(value))
      );
    case 'text':
      return typeof value === 'string' && textProblem(f, value) === null;
  }
}

const shownValue = (value: unknown): string => {
  if (typeof value === 'string') return `“${shortened(value)}”`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** The mistake in a text setting, or null. */
export const textProblem = (f: TextField, text: string): string | null =>
  text.length > MAX_TEXT
    ? `it has ${counted(text.length)} characters; at most ${counted(MAX_TEXT)} fit`
    : f.problem(text);

const NUMBER_LIKE = /^[+−–-]?[\d.,'’_\s]*\d[\d.,'’_\s]*(e[+−–-]?[\d.,]+)?$/i;
const WITH_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
const GROUPED = /^[+-]?[1-9]\d{0,2}([.,'’_\s]\d{3})+$/;
const GROUPED_TWICE = /^[+-]?[1-9]\d{0,2}([.,'’_\s]\d{3}){2,}$/;
/** 1.000,5 and 1,000.5: the thousands, and the decimals. */
const GROUPED_DECIMAL =
  /^([+-]?[1-9]\d{0,2}(?:\.\d{3})+),(\d+)$|^([+-]?[1-9]\d{0,2}(?:[,'’_\s]\d{3})+)\.(\d+)$/;
const ungrouped = (text: string) => text.replace(/[^\d+-]/g, '');

/** The way in which a number is written that was meant by a text that is none. */
function numberHint(isWhole: boolean, text: string): string {
  if (text.length >= 40 || !NUMBER_LIKE.test(text)) return '';
  const dashed = text.replace(/[−–]/g, '-');
  if (dashed !== text && !Number.isNaN(Number(dashed)))
    return ` A minus is written as a hyphen: ${dashed}.`;
  if (isWhole && GROUPED.test(text))
    return ` Whole numbers are written without separators: ${ungrouped(text)}.`;
  if (GROUPED_TWICE.test(text))
    return ` Numbers are written without separators: ${ungrouped(text)}.`;
  if (WITH_COMMA.test(text))
    return ` Decimals are written with a point: ${text.replace(',', '.')}.`;
  const [, german, tenths, english, decimals] = GROUPED_DECIMAL.exec(text) ?? [];
  const thousands = german ?? english;
  if (thousands !== undefined)
    return ` Numbers are written without separators, and decimals with a point: ${ungrouped(thousands)}.${tenths ?? decimals}.`;
  return text.includes(',')
    ? ' Numbers hold no comma, only a point before decimals, as in 0.001 or 1e-5.'
    : '';
}

/** A hint at what was meant by a value that is none. */
function hint(f: Field, value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value.trim();
  switch (f.kind) {
    case 'choice': {
      const meant = nearest(text, Object.keys(f.choices));
      return meant ? ` Did you mean ${meant}?` : '';
    }
    case 'integer':
    case 'number':
      return numberHint(f.kind === 'integer', text);
    case 'text':
      return ` Here ${textProblem(f, value)}.`;
    case 'flag':
      return '';
  }
}

/**
 * The value of a field, or what is wrong with it.
 *
 * @param guesses looks for the setting that an unknown key was meant to be
 */
export function checkValue(
  key: string,
  value: unknown,
  guesses = true,
): { value: Value } | { problem: Problem } {
  if (!isKey(key)) {
    const meant = guesses && closestKey(key);
    const guess = meant ? ` Did you mean ${meant}?` : '';
    return { problem: { key, message: `Unknown setting “${shortened(key)}”.${guess}` } };
  }
  const f = field(key);
  if (accepts(f, value)) return { value: value as Value };
  const message = `${key} is ${shownValue(value)}; it must be ${allowed(f)}.${hint(f, value)}`;
  return { problem: { key, message } };
}

/** More conflicts in a row than this are solved by going back to the default shape. */
const MOST_ROUNDS = 8;

/** The way out of a conflict that leaves `keep` alone and makes no new conflict, as far as there is one. */
function wayOut(conflict: Conflict, config: Config, keep: Key[]): Partial<Config> {
  const solves = (change: Partial<Config>) => !conflict.problem({ ...config, ...change });
  const clean = (change: Partial<Config>) => !conflictOf({ ...config, ...change });
  const keeps = (change: Partial<Config>) =>
    !Object.keys(change).some((key) => keep.includes(key as Key));
  const allowed = (change: Partial<Config>) =>
    Object.entries(change).every(([key, value]) => accepts(field(key as Key), value));
  const ways = conflict.ways
    .map((way) => (typeof way === 'function' ? way(config) : way))
    .filter((way) => allowed(way) && solves(way));
  return (
    ways.find((way) => keeps(way) && clean(way)) ??
    ways.find(keeps) ??
    ways.find(clean) ??
    ways[0] ??
    DEFAULT_SHAPE
  );
}

const conflictOf = (config: Config) => CONFLICTS.find(({ problem }) => problem(config));

/**
 * A configuration that can run, from values that each are valid alone. Where two cannot go together, the
 * one that `keep` does not name gives way, and a problem says so.
 */
export function reconcile(
  config: Config,
  keep: Key[] = [],
): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  let current = config;
  for (let round = 0; ; round++) {
    const conflict = conflictOf(current);
    if (!conflict) return { config: current, problems };
    const change = round < MOST_ROUNDS ? wayOut(conflict, current, keep) : DEFAULT_SHAPE;
    const next = { ...current, ...change };
    const changed = KEYS.filter((key) => next[key] !== current[key]);
    problems.push({
      key: changed[0]!,
      message: conflict.problem(current) || '',
      remedy: `Now ${changed.map((key) => `${key} is ${next[key] === '' ? 'empty' : shortened(String(next[key]))}`).join(', ')}.`,
    });
    current = next;
  }
}

/** A whole configuration from any subset of settings: what is valid is taken, the rest is explained. */
export function complete(
  settings: Record<string, unknown>,
  base: Config = DEFAULTS,
): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const given: Partial<Record<Key, Value>> = {};
  for (const [key, raw] of Object.entries(settings)) {
    // A mistake that is only counted in the end needs no guess.
    const checked = checkValue(key, raw, problems.length < MOST_TOLD);
    if ('problem' in checked) problems.push(checked.problem);
    else given[key as Key] = checked.value;
  }
  const reconciled = reconcile({ ...base, ...given } as Config, Object.keys(given) as Key[]);
  return { config: reconciled.config, problems: [...problems, ...reconciled.problems] };
}

/** The settings of a change that must start the model anew. */
export const restartsBy = (from: Config, to: Config): Key[] =>
  KEYS.filter((key) => field(key).restarts && from[key] !== to[key]);
export const restarts = (from: Config, to: Config): boolean => restartsBy(from, to).length > 0;

export const difference = (from: Config, to: Config): Partial<Config> =>
  Object.fromEntries(KEYS.filter((k) => from[k] !== to[k]).map((k) => [k, to[k]]));
