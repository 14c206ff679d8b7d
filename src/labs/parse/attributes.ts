import { nearest, shortened, unknown } from '../../lib/words';
import type { Expression } from '../language/expression';
import { readExpression } from '../language/read';
import { DIRECTIVES, type Directive, type DirectiveName } from './directives';
import { readPageLink } from './links';
import type { Mistakes } from './mistakes';

/** Reads what a directive has in braces. What cannot be read is told as a mistake, and is null. */
export interface Attributes {
  /** Undefined where it is not there. */
  text(name: string): string | undefined;
  /** A text that must be there. */
  needed(name: string): string | null;
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | null;
  /** Words with commas between them; none where it is not there. */
  someOf<Word extends string>(name: string, words: readonly Word[]): Word[];
  /** A whole number from `least` on. */
  whole(name: string, least: number, otherwise?: number): number | null;
  /** A number above 0. */
  positive(name: string, otherwise?: number): number | null;
  expression(name: string, wanted: 'truth' | 'number'): Expression | null;
  /** Null also where it is not there. */
  link(name: string): string | null;
  /** Tells of a mistake in what stands for a name. */
  wrong(name: string, reason: string): null;
}

const DECIMAL = /^\d+(\.\d+)?$/;

/** @param known all that may be there, where that is less than the directive ever has */
export function createAttributes(
  directive: Directive,
  name: DirectiveName,
  mistakes: Mistakes,
  known: readonly string[] = DIRECTIVES[name].attributes,
): Attributes {
  const given = new Map(Object.entries(directive.attributes ?? {}));
  const add = (reason: string): null => {
    mistakes.add(directive, reason);
    return null;
  };
  for (const key of given.keys()) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const guess = meant ? ` (did you mean ${meant}?)` : '';
    const rest = known.length ? `it has ${known.join(', ')}` : 'it has none';
    add(`${name} has no attribute “${shortened(key)}”${guess}; ${rest}.`);
  }

  const text = (key: string): string | undefined => given.get(key) ?? undefined;
  const wrong = (key: string, reason: string): null =>
    add(`${key} of ${name} is “${shortened(text(key) ?? '')}”; ${reason}`);
  const needed = (key: string): string | null => {
    const value = text(key)?.trim();
    return value ? value : add(`${name} needs ${key}, as in ${DIRECTIVES[name].example}.`);
  };
  const number = (key: string, otherwise: number | undefined): number | null | 'wrong' => {
    if (!given.has(key) && otherwise !== undefined) return otherwise;
    const value = needed(key);
    if (value === null) return null;
    return DECIMAL.test(value) ? Number(value) : 'wrong';
  };
  return {
    text,
    needed,
    wrong,
    oneOf(key, words) {
      const value = needed(key);
      if (value === null) return null;
      const found = words.find((word) => word === value);
      return found ?? add(`${unknown(value, `${key} of ${name}`, words)}.`);
    },
    someOf(key, words) {
      const given = (text(key) ?? '').split(',').map((word) => word.trim());
      return given.filter(Boolean).flatMap((word) => {
        const found = words.find((one) => one === word);
        if (!found) add(`${unknown(word, `${key} of ${name}`, words)}.`);
        return found ?? [];
      });
    },
    whole(key, least, otherwise) {
      const value = number(key, otherwise);
      if (value === null) return null;
      return value !== 'wrong' && Number.isInteger(value) && value >= least && value < 1e9
        ? value
        : wrong(key, `it must be a whole number from ${least} on.`);
    },
    positive(key, otherwise) {
      const value = number(key, otherwise);
      if (value === null) return null;
      return value !== 'wrong' && value > 0
        ? value
        : wrong(key, 'it must be a number above 0, such as 0.1.');
    },
    expression(key, wanted) {
      const value = needed(key);
      if (value === null) return null;
      const read = readExpression(value, wanted);
      return 'expression' in read
        ? read.expression
        : add(`${key} of ${name}, “${shortened(value)}”: ${read.problem}`);
    },
    link(key) {
      const value = text(key);
      if (value === undefined) return null;
      const { link, problems } = readPageLink(value);
      for (const problem of problems) add(`${key} of ${name}: ${problem}`);
      return link;
    },
  };
}
