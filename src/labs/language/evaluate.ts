import type { Measurement } from '../../protocol/frame';
import { inLayer, numberOf } from '../../protocol/read';
import type { Evidence, LaneEvidence } from '../evidence';
import type { Expression, FactNode, Layers, Node, ReadingNode } from './expression';
import { functionNamed, WITHIN } from './functions';
import { letterOf, readingText } from './print';
import type { Value } from './value';
import { reasonsOf } from './words';

/** A number that was read of a run; its name is of one layer and of one step: `A.rms@resid_post[11]@40`. */
export interface Reading {
  reading: string;
  value: number;
}

/** A value, or what it lacks, in a sentence. */
export type Result<V> = { value: V } | { missing: string };

export type Evaluated<V> = Result<V> & {
  /** All that was read on the way, each once. */
  readings: readonly Reading[];
};

/** The evidence has nothing that an expression asks for. */
class Missing extends Error {
  override name = 'Missing';
}

/** Evaluates a part of an expression; throws Missing. */
export type Evaluate = (node: Node) => Value;

const noSuch = (lane: string, text: string) => new Missing(`Lane ${lane} has no ${text}.`);

/** The layers of a model of so many that are meant. */
function layersIn(layers: Exclude<Layers, null>, count: number, lane: string): number[] {
  const resolved = (layer: number) => (layer < 0 ? count + layer : layer);
  const [from, to] =
    typeof layers === 'number'
      ? [resolved(layers), resolved(layers)]
      : [resolved(layers.from), resolved(layers.to)];
  const beyond = [from, to].find((layer) => layer < 0 || layer >= count);
  if (beyond !== undefined)
    throw new Missing(
      `Lane ${lane} has layers 0 to ${count - 1}; there is no layer ${beyond < 0 ? beyond - count : beyond}.`,
    );
  if (from > to)
    throw new Missing(`Lane ${lane} has ${count} layers; layer ${from} comes behind ${to}.`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Throws Missing where the step was not measured. */
function measurementAt(run: LaneEvidence, lane: string, step: number): Measurement {
  const measured = run.measured(step);
  if (measured) return measured;
  const stands = `Lane ${lane} stands at step ${run.step}`;
  throw new Missing(
    step > run.step
      ? `${stands}; it has not come to step ${step}.`
      : `${stands}; step ${step} was not measured.`,
  );
}

/** Number of a reading at each of its layers, or the one that it has without. */
function numbersOf(
  node: ReadingNode,
  run: LaneEvidence,
  take: (text: string, value: number) => number,
) {
  const { quantity, layers } = node;
  const lane = letterOf(node.lane);
  const step = node.step === 'now' ? run.step : node.step;
  const named = (at: number | null) => readingText({ ...node, layers: at, step });
  if (node.isTheory) {
    const curve = run.theory(quantity);
    if (!curve) throw new Missing(`There is no prediction of ${readingText(node)}.`);
    return layersIn(layers!, run.config.n_layers, lane).map((layer) => {
      const point = curve.layers.find(({ x }) => x === layer);
      if (!point) throw new Missing(`There is no prediction of ${named(layer)}.`);
      return take(named(layer), point.y);
    });
  }
  const measured = measurementAt(run, lane, step);
  const at = layers === null ? [null] : layersIn(layers, measured.layout.n_layers, lane);
  return at.map((layer) => {
    const value = numberOf(measured, layer === null ? quantity : inLayer(quantity, layer));
    if (value === null) throw noSuch(lane, named(layer).slice(2));
    return take(named(layer), value);
  });
}

function factOf({ fact }: FactNode, run: LaneEvidence): number | boolean {
  switch (fact) {
    case 'step':
      return run.step;
    case 'alarm':
      return run.alarm ?? NaN;
    case 'diverged':
      return run.isDiverged;
    case 'changes':
      return run.changes.length;
  }
}

const isList = (value: Value): value is readonly number[] | readonly boolean[] =>
  Array.isArray(value);

/** A function of numbers, layer by layer where one of them is a list. */
function lifted<V extends number | boolean>(
  values: readonly Value[],
  of: (...numbers: number[]) => V,
): V | V[] {
  const lengths = [...new Set(values.filter(isList).map(({ length }) => length))];
  if (!lengths.length) return of(...(values as number[]));
  if (lengths.length > 1)
    throw new Missing(`Lists of ${lengths.join(' and ')} layers cannot be taken layer by layer.`);
  return Array.from({ length: lengths[0]! }, (_, i) =>
    of(...values.map((value) => (isList(value) ? value[i] : value) as number)),
  );
}

const ARITHMETIC = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
};
const COMPARISONS = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
};

/** `and` and `or`: a side that decides does so though the other one is missing. */
function joined(node: Node & { kind: 'binary' }, decides: boolean, value: Evaluate): boolean {
  let lacks: Missing | null = null;
  for (const side of [node.left, node.right]) {
    try {
      if (value(side) === decides) return decides;
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      lacks ??= error;
    }
  }
  if (lacks) throw lacks;
  return !decides;
}

function binary(node: Node & { kind: 'binary' }, value: Evaluate): Value {
  const { operator } = node;
  if (operator === 'and' || operator === 'or') return joined(node, operator === 'or', value);
  const sides = [value(node.left), value(node.right)];
  return operator in ARITHMETIC
    ? lifted(sides, ARITHMETIC[operator as keyof typeof ARITHMETIC])
    : lifted(sides, COMPARISONS[operator as keyof typeof COMPARISONS]);
}

const isWithin = (a: number, percentage: number, b: number) =>
  Math.abs(a - b) <= (percentage / 100) * Math.abs(b);

function call({ name, args }: Node & { kind: 'call' }, value: Evaluate): Value {
  const values = args.map(value);
  if (name === WITHIN) return lifted(values, isWithin);
  const about = functionNamed(name)!;
  if (about.takes === 'number') return lifted(values, about.of);
  return about.of((values[0] as readonly (number | boolean)[]).map(Number));
}

/** Evaluates on runs, and tells `take` of every number that it reads of them. */
function evaluator(evidence: Evidence, take: (text: string, value: number) => number): Evaluate {
  const runOf = ({ lane }: { lane: keyof Evidence }): LaneEvidence => {
    const run = evidence[lane];
    if (!run) throw new Missing(`There is no lane ${letterOf(lane)}.`);
    return run;
  };
  return function value(node): Value {
    switch (node.kind) {
      case 'number':
      case 'word':
        return node.value;
      case 'reading': {
        const numbers = numbersOf(node, runOf(node), take);
        return typeof node.layers === 'object' && node.layers ? numbers : numbers[0]!;
      }
      case 'setting':
        return runOf(node).config[node.key];
      case 'fact':
        return factOf(node, runOf(node));
      case 'unary': {
        const of = value(node.of);
        return node.operator === 'not' ? !of : lifted([of], (one) => -one);
      }
      case 'binary':
        return binary(node, value);
      case 'call':
        return call(node, value);
    }
  };
}

/** Numbers that stand in the place of those which the evidence has, by the names of their readings. */
export type Instead = ReadonlyMap<string, number>;

/** Evaluates an expression, and `then` what else is asked about its value; keeps all that is read. */
function evaluated<V>(
  { node }: Expression,
  evidence: Evidence,
  then: (value: Value, evaluate: Evaluate) => V,
  instead?: Instead,
): Evaluated<V> {
  const readings = new Map<string, number>();
  const evaluate = evaluator(evidence, (text, measured) => {
    const value = instead?.get(text) ?? measured;
    readings.set(text, value);
    return value;
  });
  const result = ((): Result<V> => {
    try {
      return { value: then(evaluate(node), evaluate) };
    } catch (error) {
      if (error instanceof Missing) return { missing: error.message };
      throw error;
    }
  })();
  return { ...result, readings: [...readings].map(([reading, value]) => ({ reading, value })) };
}

/** The number of an expression that was read as one; NaN where it is not defined. */
export const measure = (
  expression: Expression,
  evidence: Evidence,
  instead?: Instead,
): Evaluated<number> => evaluated(expression, evidence, (value) => value as number, instead);

/** A condition, judged. */
export interface Judgement {
  holds: boolean;
  /** Sentences on what was measured that make it hold, or not. */
  reasons: readonly string[];
}

/** Judges an expression that was read as a condition. */
export const judge = (
  expression: Expression,
  evidence: Evidence,
  instead?: Instead,
): Evaluated<Judgement> =>
  evaluated(
    expression,
    evidence,
    (holds, evaluate) => ({
      holds: holds as boolean,
      reasons: reasonsOf(expression.node, (node) => {
        try {
          return evaluate(node);
        } catch (error) {
          if (error instanceof Missing) return null;
          throw error;
        }
      }),
    }),
    instead,
  );

/** The values of a quantity by layer at a step, from the first layer on. */
export const measureCurve = (
  { lane, quantity, step }: Pick<ReadingNode, 'lane' | 'quantity'> & { step: number },
  evidence: Evidence,
  instead?: Instead,
): Evaluated<readonly number[]> =>
  evaluated(
    {
      text: '',
      node: { kind: 'reading', lane, quantity, layers: { from: 0, to: -1 }, step, isTheory: false },
    },
    evidence,
    (value) => value as readonly number[],
    instead,
  );
