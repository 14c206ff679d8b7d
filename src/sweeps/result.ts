import type { Config } from '../config/fields';
import { columnName, readTyped, type Quantity } from '../config/quantity';
import { BLOCK_SITES } from '../config/sites';
import { shortened } from '../lib/words';
import type { Measurement } from '../protocol/frame';
import { inLayer, numberOf } from '../protocol/read';
import { shortest } from '../runs/record';

/** A number of a frame: a quantity, of one layer where it has one in each. */
interface Reader {
  quantity: Quantity;
  /** Counted from the last one where it is negative. */
  layer: number | null;
}

/** The number that a run gives: the step of its first alarm, or a reader, or the ratio of two, at a step. */
export type Result = { typed: string } & (
  { of: 'alarm' } | { of: 'number'; over: Reader; under: Reader | null; step: number | 'last' }
);

export const RESULT_FORM =
  'alarm, or a quantity with its layer and step, such as loss@last, rms@resid_post[0]@10 or grad_rms@resid_post[0]/grad_rms@resid_post[-1]@0';

const READER = String.raw`(\w+(?:@[\w.]+)?(?:\/\d+)?)(?:\[(-?\d+)\])?`;
const NUMBER = new RegExp(String.raw`^${READER}(?:\/${READER})?$`);
const STEP = /@(last|\d+)$/;

function readReader(typed: string, layer: string | undefined): Reader | null {
  const quantity = readTyped(typed);
  return quantity && { quantity, layer: layer === undefined ? null : Number(layer) };
}

/** A result as it is typed, or what is wrong with it, in one sentence. */
export function readResult(given: string): { result: Result } | { problem: string } {
  const typed = given.trim();
  if (typed === 'alarm') return { result: { typed, of: 'alarm' } };
  const wrong = { problem: `“${shortened(typed)}” is no result; it must be ${RESULT_FORM}.` };
  const at = STEP.exec(typed)?.[1] ?? 'last';
  const parts = NUMBER.exec(typed.replace(STEP, ''));
  if (!parts) return wrong;
  const [, first = '', layer, second, otherLayer] = parts;
  const over = readReader(first, layer);
  const under = second === undefined ? null : readReader(second, otherLayer);
  if (!over || (second !== undefined && !under)) return wrong;
  const step = at === 'last' ? at : Number(at);
  return { result: { typed, of: 'number', over, under, step } };
}

/** The step whose frame a result is read from, of a run of so many; null where that is every step’s. */
export const stepOf = (result: Result, steps: number): number | null =>
  result.of === 'alarm' ? null : result.step === 'last' ? steps - 1 : result.step;

const readersOf = (result: Result): Reader[] =>
  result.of === 'alarm' ? [] : [result.over, ...(result.under ? [result.under] : [])];

/** Tests of a quantity that has a number in each layer: one of them must be named. */
const isOfLayers = ({ of, place }: Quantity): boolean =>
  of === 'head' ? place === 'attn' : of === 'site' && Object.hasOwn(BLOCK_SITES, place);

/** The reason why a configuration has no such result, as far as it is plain before it runs; else null. */
export function resultProblem(
  result: Result,
  { n_layers }: Pick<Config, 'n_layers'>,
  steps: number,
): string | null {
  const step = stepOf(result, steps);
  if (step !== null && step >= steps)
    return `“${result.typed}” is of step ${step}; a run of ${steps} steps has steps 0 to ${steps - 1}.`;
  if (readersOf(result).some(({ quantity, layer }) => layer === null && isOfLayers(quantity)))
    return `“${result.typed}” names no layer of a quantity that each layer has: [0] is the first, [-1] the last.`;
  const beyond = readersOf(result).find(
    ({ layer }) => layer !== null && (layer >= n_layers || layer < -n_layers),
  );
  return beyond
    ? `“${result.typed}” is of layer ${beyond.layer}; a model of ${n_layers} layers has layers 0 to ${n_layers - 1}.`
    : null;
}

/** One number of a measurement; NaN where it is not defined there, and null where there is none of this name. */
function numberIn(measured: Measurement, { quantity, layer }: Reader): number | null {
  if (layer === null) return numberOf(measured, quantity);
  const at = layer < 0 ? measured.layout.n_layers + layer : layer;
  return numberOf(measured, inLayer(quantity, at));
}

/**
 * The result that a measurement of its step has, in the fewest digits that tell a float32 where it is one.
 *
 * @throws Error: the configuration measures no such quantity; the message names it
 */
export function valueOf(result: Extract<Result, { of: 'number' }>, measured: Measurement): number {
  const number = (reader: Reader): number => {
    const value = numberIn(measured, reader);
    if (value === null) {
      const { quantity, layer } = reader;
      const where = layer === null ? '' : ` in layer ${layer}`;
      throw new Error(`This configuration has no ${columnName(quantity)}${where}.`);
    }
    return value;
  };
  const over = number(result.over);
  return shortest(result.under ? over / number(result.under) : over);
}
