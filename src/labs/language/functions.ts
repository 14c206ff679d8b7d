import { decadesApart, mean, slopeOf } from './numbers';

/** A function of a list, whose result is one number. */
interface OfList {
  takes: 'numbers' | 'truths';
  note: string;
  of(list: readonly number[]): number;
}

/** A function of numbers; of lists it is taken layer by layer. */
interface OfNumbers {
  takes: 'number';
  count: 1 | 2;
  note: string;
  of(a: number, b: number): number;
}

export type LabFunction = OfList | OfNumbers;

const functions = <Name extends string>(entries: Record<Name, LabFunction>) => entries;

/** Every function of the language; in a list of conditions 1 is one that holds. */
export const FUNCTIONS = functions({
  max: { takes: 'numbers', note: 'the largest of a list', of: (list) => Math.max(...list) },
  min: { takes: 'numbers', note: 'the smallest of a list', of: (list) => Math.min(...list) },
  mean: { takes: 'numbers', note: 'the mean of a list', of: mean },
  first: { takes: 'numbers', note: 'the first of a list', of: (list) => list[0]! },
  last: { takes: 'numbers', note: 'the last of a list', of: (list) => list.at(-1)! },
  slope: {
    takes: 'numbers',
    note: 'by how many decades a list rises from one layer to the next, by least squares',
    of: slopeOf,
  },
  count: {
    takes: 'truths',
    note: 'of how many layers a condition holds',
    of: (list) => list.reduce((sum, one) => sum + one, 0),
  },
  abs: { takes: 'number', count: 1, note: 'without its sign', of: Math.abs },
  ln: { takes: 'number', count: 1, note: 'the natural logarithm', of: Math.log },
  log10: { takes: 'number', count: 1, note: 'the logarithm to base 10', of: Math.log10 },
  exp: { takes: 'number', count: 1, note: 'e to this power', of: Math.exp },
  sqrt: { takes: 'number', count: 1, note: 'the square root', of: Math.sqrt },
  ratio: { takes: 'number', count: 2, note: 'the first over the second', of: (a, b) => a / b },
  decades: {
    takes: 'number',
    count: 2,
    note: 'how far two numbers are from each other in powers of ten: |log10(a / b)|',
    of: decadesApart,
  },
});

export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

export const functionNamed = (name: string): LabFunction | undefined =>
  Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name as FunctionName] : undefined;

/** `within 5% of` is written between what it compares; as a call it has the left side, the percentage and the right side. */
export const WITHIN = 'within';
