import { shortened } from '../lib/words';
import { complete, difference, type Problem } from './check';
import { DEFAULTS, field, isKey, type Config, type Key, type Value } from './fields';

/** The version of the written form: `v=1` in a link. */
export const VERSION = 1;

/** A value as text: what a link, the command line and a text field hold. */
export const formatValue = (value: Value): string => String(value);

/** 12, -0.5, .5, 1e-5. */
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** A value from text; text that is no value of the field's kind is left as it is, for the check to name. */
export function parseValue(key: Key, text: string): unknown {
  const f = field(key);
  if ('words' in f && f.words && Object.hasOwn(f.words, text)) return f.words[text];
  switch (f.kind) {
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'number':
      return DECIMAL.test(text) ? Number(text) : text;
    case 'choice':
    case 'text':
      return text;
  }
}

/** Settings from `key=value` pairs, each read by its field, none checked yet; of two alike the last counts. */
export const readPairs = (pairs: Iterable<[string, string]>): Record<string, unknown> =>
  Object.fromEntries(
    [...pairs].map(([key, text]) => [key, isKey(key) ? parseValue(key, text) : text]),
  );

/** `key=value&…` of what differs from `base`. */
export const encode = (config: Config, base: Config = DEFAULTS): string =>
  new URLSearchParams(
    Object.entries(difference(base, config)).map(([key, v]) => [key, formatValue(v as Value)]),
  ).toString();

export function decode(
  text: string,
  base: Config = DEFAULTS,
): { config: Config; problems: Problem[] } {
  const pairs = new URLSearchParams(text);
  const version = pairs.get('v');
  pairs.delete('v');
  const decoded = complete(readPairs(pairs), base);
  return {
    ...decoded,
    problems: [...versionProblem(version), ...decoded.problems],
  };
}

/** A link from another version is read as far as it can be, and this says so. */
export const versionProblem = (version: string | null): Problem[] =>
  version === null || version === String(VERSION)
    ? []
    : [
        {
          key: 'v',
          message: `v is “${shortened(version)}”; this version of Normscope reads v=${VERSION}.`,
          remedy: 'What it knows was applied.',
        },
      ];
