import { typed } from '../../config/quantity';
import type { LaneId } from '../../runs/laneId';
import type { Layers, Node, ReadingNode } from './expression';
import { WITHIN } from './functions';

/** The letter of a lane, as labs and the page write it. */
export const letterOf = (lane: LaneId): string => lane.toUpperCase();

const layer = (at: number) => (at === -1 ? 'last' : String(at));

function layersOf(layers: Layers): string {
  if (layers === null) return '';
  if (typeof layers === 'number') return `[${layer(layers)}]`;
  return layers.from === 0 && layers.to === -1
    ? '[all]'
    : `[${layer(layers.from)}..${layer(layers.to)}]`;
}

/** A reading as expressions and reports name it: `A.rms@resid_post[last]@0`; at the step where the run stands without it. */
export function readingText({ lane, quantity, layers, step, isTheory }: ReadingNode): string {
  const name = `${letterOf(lane)}.${typed(quantity)}${layersOf(layers)}`;
  if (isTheory) return `theory(${name})`;
  return step === 'now' ? name : `${name}@${step}`;
}

/** Binding strength of operators, so that parentheses stand only where they are needed. */
const BINDS = {
  ...{ or: 1, and: 2, '=': 4, '!=': 4, '<': 4, '<=': 4, '>': 4, '>=': 4 },
  ...{ '+': 5, '-': 5, '*': 6, '/': 6 },
};
const NOT = 3;
const COMPARES = 4;
const SIGN = 7;
const ATOM = 8;

function bindOf(node: Node): number {
  if (node.kind === 'binary') return BINDS[node.operator];
  if (node.kind === 'unary') return node.operator === 'not' ? NOT : SIGN;
  return node.kind === 'call' && node.name === WITHIN ? COMPARES : ATOM;
}

/** In parentheses where it binds less than `least`. */
const inside = (node: Node, least: number): string =>
  bindOf(node) < least ? `(${printed(node)})` : printed(node);

/** An expression as text, which reads as the same one. */
export function printed(node: Node): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'word':
      return node.value.includes("'") ? `"${node.value}"` : `'${node.value}'`;
    case 'reading':
      return readingText(node);
    case 'setting':
      return `${letterOf(node.lane)}.${node.key}`;
    case 'fact':
      return `${letterOf(node.lane)}.${node.fact}`;
    case 'unary': {
      const { operator, of } = node;
      // A comparison behind not stands in parentheses, for readers.
      const isChain = operator === 'not' && of.kind === 'unary' && of.operator === 'not';
      return `${operator === 'not' ? 'not ' : '-'}${inside(of, isChain ? NOT : SIGN)}`;
    }
    case 'binary': {
      const bind = BINDS[node.operator];
      // Comparisons stand once; of the others the left side may be one of the same kind.
      const left = inside(node.left, bind === COMPARES ? bind + 1 : bind);
      return `${left} ${node.operator} ${inside(node.right, bind + 1)}`;
    }
    case 'call': {
      const [first, second, third] = node.args;
      if (node.name !== WITHIN) return `${node.name}(${node.args.map(printed).join(', ')})`;
      return `${inside(first!, COMPARES + 1)} within ${printed(second!)}% of ${inside(third!, COMPARES + 1)}`;
    }
  }
}

/** A sum, or a difference, of one number at four steps or more. */
const OVER_STEPS = /([A-D][^\s()@]*@)(\d+) ([+-]) \1\d+(?: \3 \1\d+)+ \3 (\1\d+)/g;

/** An expression as sentences name it: of a sum over many steps the first and the last term. */
export const named = (node: Node): string => printed(node).replace(OVER_STEPS, '$1$2 $3 … $3 $4');
