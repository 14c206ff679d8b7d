import { counted, unknown } from '../../lib/words';
import type { Expression, Node } from './expression';
import { Fault } from './fault';
import { FUNCTION_NAMES, functionNamed, WITHIN } from './functions';
import { expectKind } from './kinds';
import { readReference, theoryOf } from './reference';
import { createScanner, missing, type Scanner } from './scan';

/** The longest expression, in characters. */
export const LONGEST_EXPRESSION = 1000;
/** The most parentheses in one another. */
export const DEEPEST_EXPRESSION = 30;

type Operator = (Node & { kind: 'binary' })['operator'];

/** Signs of other languages, and what is written here. */
const FOREIGN: [RegExp, string][] = [
  [/==/y, '='],
  [/<>/y, '!='],
  [/≠/y, '!='],
  [/≤/y, '<='],
  [/≥/y, '>='],
  [/&&?/y, 'and'],
  [/\|\|?/y, 'or'],
  [/!/y, 'not'],
  [/−/y, '-'],
  [/[×·]/y, '*'],
  [/[÷:]/y, '/'],
  [/\*\*|\^/y, 'exp(…) or sqrt(…)'],
];

/** Throws a Fault where a sign of another language stands. */
function refuseForeign(scanner: Scanner): void {
  for (const [form, ours] of FOREIGN) {
    const found = scanner.take(form);
    if (found) throw new Fault(`“${found[0]}” is written ${ours} here.`);
  }
}

type Reader = (scanner: Scanner, depth: number) => Node;

/** `part operator part operator part`, read from the left. */
const chain =
  (operators: RegExp, part: Reader): Reader =>
  (scanner, depth) => {
    let left = part(scanner, depth);
    for (let found = scanner.take(operators); found; found = scanner.take(operators))
      left = { kind: 'binary', operator: found[0] as Operator, left, right: part(scanner, depth) };
    return left;
  };

function deeper(depth: number): number {
  if (depth >= DEEPEST_EXPRESSION)
    throw new Fault(
      `It goes more than ${DEEPEST_EXPRESSION} parentheses, minus signs or nots deep; write it in parts.`,
    );
  return depth + 1;
}

function closed(scanner: Scanner): void {
  if (scanner.take(/\)/y)) return;
  refuseForeign(scanner);
  throw missing(scanner, 'a closing parenthesis');
}

function readCall(scanner: Scanner, name: string, depth: number): Node {
  const known = [...FUNCTION_NAMES, 'theory'];
  if (!scanner.take(/\(/y)) {
    throw name.length === 1 || !known.includes(name)
      ? new Fault(
          `“${name}” says nothing by itself; a number of a run has its lane before it, as in A.loss, and a word stands in quotes.`,
        )
      : new Fault(`Behind ${name} stands what it is of, in parentheses.`);
  }
  if (name !== 'theory' && !functionNamed(name))
    throw new Fault(`${unknown(name, 'function', known)}.`);
  const args: Node[] = [];
  do args.push(either(scanner, deeper(depth)));
  while (scanner.take(/,/y));
  closed(scanner);
  if (name !== 'theory') return { kind: 'call', name, args };
  if (args.length > 1) throw new Fault(`theory takes one value, and has ${args.length}.`);
  return theoryOf(args[0]!);
}

const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /'([^'\n]*)'|"([^"\n]*)"|‘([^‘’\n]*)’|“([^“”\n]*)”/y;

function readNumber(scanner: Scanner, text: string): Node {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Fault(`${text} is larger than numbers go.`);
  return { kind: 'number', value: scanner.take(/%/y) ? value / 100 : value };
}

const readAtom: Reader = (scanner, depth) => {
  if (scanner.take(/\(/y)) {
    const inner = either(scanner, deeper(depth));
    closed(scanner);
    return inner;
  }
  const reference = readReference(scanner);
  if (reference) return reference;
  const number = scanner.take(NUMBER);
  if (number) return readNumber(scanner, number[0]);
  const word = scanner.take(WORD);
  if (word) return { kind: 'word', value: word.slice(1).find((one) => one !== undefined)! };
  const name = scanner.take(/[A-Za-z_]\w*/y);
  if (name) return readCall(scanner, name[0], depth);
  refuseForeign(scanner);
  throw missing(scanner, 'a number, a quantity such as A.loss, or a word in quotes');
};

const readSigned: Reader = (scanner, depth) =>
  scanner.take(/-/y)
    ? { kind: 'unary', operator: '-', of: readSigned(scanner, deeper(depth)) }
    : readAtom(scanner, depth);

const readSum = chain(/[+-]/y, chain(/\*(?!\*)|\//y, readSigned));

/** `within 5% of b`, behind its left side. */
function readWithin(scanner: Scanner, left: Node, depth: number): Node {
  const share = scanner.take(/(\d+(?:\.\d+)?)\s*%/y);
  if (!share)
    throw new Fault(
      'within takes a percentage, as in within 5% of; for a difference write abs(a - b) < 0.05.',
    );
  if (!scanner.take(/of\b/y)) throw missing(scanner, 'of, as in within 5% of,');
  const percentage: Node = { kind: 'number', value: Number(share[1]) };
  return { kind: 'call', name: WITHIN, args: [left, percentage, readSum(scanner, depth)] };
}

const COMPARISON = /<=|>=|!=|<(?!>)|>|=(?!=)/y;

const readComparison: Reader = (scanner, depth) => {
  const left = readSum(scanner, depth);
  const found = scanner.take(COMPARISON);
  const isWithin = !found && scanner.take(/within\b/y);
  if (!found && !isWithin) return left;
  const node: Node = isWithin
    ? readWithin(scanner, left, depth)
    : {
        kind: 'binary',
        operator: found![0] as Operator,
        left,
        right: readSum(scanner, depth),
      };
  if (scanner.take(COMPARISON) ?? scanner.take(/within\b/y))
    throw new Fault('Two values are compared at a time: a < b and b < c.');
  return node;
};

const readNot: Reader = (scanner, depth) =>
  scanner.take(/not\b/y)
    ? { kind: 'unary', operator: 'not', of: readNot(scanner, deeper(depth)) }
    : readComparison(scanner, depth);

const either: Reader = (scanner, depth) => chain(/or\b/y, chain(/and\b/y, readNot))(scanner, depth);

function readWhole(text: string): Node {
  if (text.length > LONGEST_EXPRESSION)
    throw new Fault(
      `It has ${counted(text.length)} characters; at most ${counted(LONGEST_EXPRESSION)} are read.`,
    );
  const scanner = createScanner(text);
  if (scanner.isAtEnd()) throw new Fault('It is empty.');
  const node = either(scanner, 0);
  if (scanner.isAtEnd()) return node;
  refuseForeign(scanner);
  throw new Fault(
    `Behind a whole expression stands ${scanner.here()}; expressions are joined by and, or, or a sign such as + or <.`,
  );
}

/**
 * An expression of labs, or what is wrong with it, in one sentence. Never throws.
 *
 * @param wanted what it must have for a value: a condition that holds or not, or one number
 */
export function readExpression(
  text: string,
  wanted: 'truth' | 'number',
): { expression: Expression } | { problem: string } {
  try {
    const node = readWhole(text);
    expectKind(node, wanted);
    return { expression: { text: text.trim(), node } };
  } catch (error) {
    if (error instanceof Fault) return { problem: error.message };
    throw error;
  }
}
