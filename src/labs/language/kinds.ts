import { field } from '../../config/fields';
import { unknown } from '../../lib/words';
import type { Node, ReadingNode, SettingNode } from './expression';
import { Fault } from './fault';
import { functionNamed, WITHIN } from './functions';
import { printed } from './print';

/** The value of an expression; lists have one for each layer. */
export type Kind = 'number' | 'numbers' | 'truth' | 'truths' | 'word';

const KINDS: Record<Kind, string> = {
  number: 'a number',
  numbers: 'a list of numbers, one for each layer',
  truth: 'true or false',
  truths: 'a list of conditions, one for each layer',
  word: 'a word',
};
const isNumeric = (kind: Kind) => kind === 'number' || kind === 'numbers';

/** Sentences on what to write where another kind is needed. */
const WAYS: Partial<Record<Kind, string>> = {
  numbers: 'max(…), min(…), mean(…), first(…), last(…) or slope(…) make one number of it',
  truths: 'count(…) says of how many layers it holds',
};

const isNot = (node: Node, kind: Kind, needed: string): Fault => {
  const way = needed !== KINDS.numbers && WAYS[kind];
  return new Fault(
    `“${printed(node)}” is ${KINDS[kind]}; ${needed} is needed here${way ? `: ${way}` : ''}.`,
  );
};

function numeric(node: Node): Kind {
  const kind = kindOf(node);
  if (!isNumeric(kind)) throw isNot(node, kind, KINDS.number);
  return kind;
}

const either = (a: Kind, b: Kind, one: Kind, list: Kind): Kind =>
  a === 'numbers' || b === 'numbers' ? list : one;

function truth(node: Node): Kind {
  const kind = kindOf(node);
  if (kind !== 'truth') throw isNot(node, kind, 'a condition such as A.step >= 50');
  return kind;
}

const settingKind = ({ key }: SettingNode): Kind => {
  const { kind } = field(key);
  if (kind === 'flag') return 'truth';
  return kind === 'choice' || kind === 'text' ? 'word' : 'number';
};

/** Checks a word that a setting is compared with. */
function checkWord(setting: SettingNode, word: string): void {
  const about = field(setting.key);
  if (about.kind === 'choice' && !Object.hasOwn(about.choices, word))
    throw new Fault(`${unknown(word, setting.key, Object.keys(about.choices))}.`);
}

/** The kind of `=` and `!=`: of words with a setting, or of numbers. */
function equality(left: Node, right: Node): Kind {
  const [word, other] = left.kind === 'word' ? [left, right] : [right, left];
  if (word.kind !== 'word') {
    const kinds = [kindOf(left), kindOf(right)] as const;
    if (kinds[0] === 'word' && kinds[1] === 'word') return 'truth';
    return either(numeric(left), numeric(right), 'truth', 'truths');
  }
  const is = other.kind === 'setting' ? settingKind(other) : null;
  if (other.kind === 'setting' && is === 'word') {
    checkWord(other, word.value);
    return 'truth';
  }
  const wrong = `“${printed(other)}” is ${is === null ? 'no setting' : KINDS[is]}`;
  const way =
    is === 'truth'
      ? `it stands alone, or behind not: not ${printed(other)}`
      : 'a word is compared with a setting that has words, as in A.placement = ‘post’';
  throw new Fault(`${wrong}; ${way}.`);
}

function binary({ operator, left, right }: Node & { kind: 'binary' }): Kind {
  switch (operator) {
    case 'and':
    case 'or':
      truth(left);
      return truth(right);
    case '=':
    case '!=':
      return equality(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return either(numeric(left), numeric(right), 'truth', 'truths');
    default:
      return either(numeric(left), numeric(right), 'number', 'numbers');
  }
}

/** `max takes a list, as in max(…)`. */
function call({ name, args }: Node & { kind: 'call' }): Kind {
  if (name === WITHIN) return either(numeric(args[0]!), numeric(args[2]!), 'truth', 'truths');
  const about = functionNamed(name)!;
  const count = about.takes === 'number' ? about.count : 1;
  if (args.length !== count)
    throw new Fault(
      `${name} takes ${count === 1 ? 'one value' : 'two values'}, and has ${args.length}.`,
    );
  if (about.takes === 'number') return args.map(numeric).includes('numbers') ? 'numbers' : 'number';
  const kind = kindOf(args[0]!);
  if (kind !== about.takes) throw isNot(args[0]!, kind, KINDS[about.takes]);
  return 'number';
}

const isList = ({ layers }: ReadingNode) => typeof layers === 'object' && layers !== null;

/** The kind of an expression; throws a Fault where its parts do not fit together. */
export function kindOf(node: Node): Kind {
  switch (node.kind) {
    case 'number':
      return 'number';
    case 'word':
      return 'word';
    case 'reading':
      return isList(node) ? 'numbers' : 'number';
    case 'setting':
      return settingKind(node);
    case 'fact':
      return node.fact === 'diverged' ? 'truth' : 'number';
    case 'unary':
      return node.operator === 'not' ? truth(node.of) : numeric(node.of);
    case 'binary':
      return binary(node);
    case 'call':
      return call(node);
  }
}

/** Throws a Fault where an expression has another kind than the one that is wanted of it. */
export const expectKind = (node: Node, wanted: 'number' | 'truth'): void => {
  const kind = kindOf(node);
  if (kind === wanted) return;
  if (wanted === 'truth') truth(node);
  throw isNot(node, kind, KINDS.number);
};
