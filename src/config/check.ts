import { CONFLICTS, DEFAULT_SHAPE, type Conflict } from './conflicts';
import type { Field } from './field';
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
      return typeof value === 'string' && value.length <= MAX_TEXT && f.problem(value) === null;
  }
}

/** JSON has no infinity: it would be called null. */
const shownValue = (value: unknown): string => {
  if (typeof value === 'string') return `“${value}”`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
};

export function checkValue(key: string, value: unknown): { value: Value } | { problem: Problem } {
  if (!isKey(key)) {
    return { problem: { key, message: `Unknown setting “${key}”. ${closest(key)}` } };
  }
  if (accepts(field(key), value)) return { value: value as Value };
  const shown = shownValue(value);
  const f = field(key);
  const detail = f.kind === 'text' && typeof value === 'string' ? f.problem(value) : null;
  const message = `${key} is ${shown}; it must be ${allowed(f)}.${detail ? ` Here ${detail}.` : ''}`;
  return { problem: { key, message } };
}

const closest = (key: string): string => {
  const guess =
    key && KEYS.find((k) => k.startsWith(key) || key.startsWith(k) || sameLetters(k, key));
  return guess ? `Did you mean ${guess}?` : `Known are ${KEYS.join(', ')}.`;
};
const sameLetters = (a: string, b: string) =>
  [...a.replace(/_/g, '')].sort().join('') ===
  [...b.replace(/[_-]/g, '').toLowerCase()].sort().join('');

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
      remedy: `Now ${changed.map((key) => `${key} is ${next[key] === '' ? 'empty' : next[key]}`).join(', ')}.`,
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
    const checked = checkValue(key, raw);
    if ('problem' in checked) problems.push(checked.problem);
    else given[key as Key] = checked.value;
  }
  const reconciled = reconcile({ ...base, ...given } as Config, Object.keys(given) as Key[]);
  return { config: reconciled.config, problems: [...problems, ...reconciled.problems] };
}

/** Tests of a change that must start the model anew. */
export const restarts = (from: Config, to: Config): boolean =>
  KEYS.some((key) => field(key).restarts && from[key] !== to[key]);

export const difference = (from: Config, to: Config): Partial<Config> =>
  Object.fromEntries(KEYS.filter((k) => from[k] !== to[k]).map((k) => [k, to[k]]));
