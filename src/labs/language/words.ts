import { formatSignificant, MINUS } from '../../lib/significant';
import type { Node } from './expression';
import { WITHIN } from './functions';
import { named } from './print';
import type { Value } from './value';

/** The value of a part of an expression; null where it is missing. */
type ValueOf = (node: Node) => Value | null;

type Operator = (Node & { kind: 'binary' })['operator'];

const WORDS: Partial<Record<Operator, string>> = {
  '<': 'less than',
  '<=': 'at most',
  '>': 'greater than',
  '>=': 'at least',
  '=': 'equal to',
  '!=': 'different from',
};
/** The same comparison with its sides the other way round. */
const MIRRORED: Partial<Record<Operator, Operator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** A value for people: whole numbers whole, others in so many significant digits. */
function shown(value: Value | null, digits: number): string {
  if (typeof value === 'string') return `‘${value}’`;
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'not defined';
  return Number.isInteger(value) && Math.abs(value) < 1e6
    ? String(value).replace('-', MINUS)
    : formatSignificant(value, digits);
}

/** Two values in as few digits as tell them apart. */
function bothShown(a: Value | null, b: Value | null): [string, string] {
  if (Object.is(a, b)) return [shown(a, 3), shown(b, 3)];
  for (const digits of [3, 5, 8]) {
    const both: [string, string] = [shown(a, digits), shown(b, digits)];
    if (both[0] !== both[1]) return both;
  }
  return [shown(a, 17), shown(b, 17)];
}

const isConstant = (node: Node): boolean =>
  node.kind === 'number' || node.kind === 'word' || (node.kind === 'unary' && isConstant(node.of));

/** “A.loss@100 is 2.31, which is not less than B.loss@100 - 0.2, 2.19.” */
function compared(left: Node, words: string, right: Node, holds: boolean, valueOf: ValueOf) {
  const [first, second] = bothShown(valueOf(left), valueOf(right));
  const other = isConstant(right) ? second : `${named(right)}, ${second}`;
  return `${named(left)} is ${first}, which is ${holds ? '' : 'not '}${words} ${other}.`;
}

/** Sentences on what was measured that make a condition what it is. */
export function reasonsOf(node: Node, valueOf: ValueOf): string[] {
  const holds = valueOf(node);
  if (holds === null) return [];
  if (node.kind === 'unary') return reasonsOf(node.of, valueOf);
  if (node.kind === 'call' && node.name === WITHIN) {
    const [left, share, right] = node.args as [Node, Node, Node];
    const words = `within ${named(share)} % of`;
    return [compared(left, words, right, holds === true, valueOf)];
  }
  if (node.kind !== 'binary') return [`${named(node)} is ${shown(holds, 3)}.`];
  const { operator, left, right } = node;
  if (operator === 'and' || operator === 'or')
    return [left, right]
      .filter((side) => valueOf(side) === holds)
      .flatMap((side) => reasonsOf(side, valueOf));
  const isTurned = isConstant(left) && !isConstant(right);
  const words = WORDS[isTurned ? (MIRRORED[operator] ?? operator) : operator]!;
  return isTurned
    ? [compared(right, words, left, holds === true, valueOf)]
    : [compared(left, words, right, holds === true, valueOf)];
}
