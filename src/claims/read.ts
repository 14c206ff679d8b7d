import { readColumnName, type Quantity } from '../config/quantity';
import { numberOf, read } from '../protocol/read';
import type { Measurement } from '../protocol/frame';
import type { Moment, Run } from './claim';

/** A quantity by the name of its column (`resid_post/rms`, `attn.wq/param_grad_rms`, `loss`); a slip throws. */
function quantityOf(name: string): Quantity {
  const quantity = readColumnName(name);
  if (!quantity) throw new Error(`“${name}” is no quantity.`);
  return quantity;
}

/** The last moment of a run: its only one, of a claim at initialization. */
export const last = ({ moments }: Run): Moment => moments.at(-1)!;

/** The moment of a step that a claim measures. */
export function momentAt({ moments }: Run, step: number): Moment {
  const found = moments.find((moment) => moment.step === step);
  if (!found) throw new Error(`Step ${step} is not among those measured.`);
  return found;
}

function known(value: number | null, name: string): number {
  if (value === null) throw new Error(`“${name}” is not measured.`);
  return value;
}

/** One number of a measurement: `loss`, `blocks.3.resid_post/rms`, `output/grad_norm`. */
export const numberIn = (measured: Measurement, name: string): number =>
  known(numberOf(measured, quantityOf(name)), name);

/** A quantity of every layer that has it, at the last moment unless another is named. [L] */
export function byLayer(run: Run, name: string, { measured }: Moment = last(run)): number[] {
  const { layers } = read(measured, quantityOf(name));
  if (!layers.length) known(null, name);
  return layers.map(({ y }) => y);
}

/** A count of every layer, all layers together (`block/overflow`), at the last moment. */
export const overLayers = (run: Run, name: string): number =>
  byLayer(run, name).reduce((sum, count) => sum + count, 0);

/** Norm of the gradient of all matrices of each gated block, over d_model. [L] */
export function blockGradients(run: Run, moment: Moment = last(run)): number[] {
  const { mlp_ratio } = run.config;
  // Entries of every matrix, over d_model².
  const sizes = {
    ...{ 'attn.wq': 1, 'attn.wk': 1, 'attn.wv': 1, 'attn.wo': 1 },
    ...{ 'mlp.w_gate': mlp_ratio, 'mlp.w_in': mlp_ratio, 'mlp.w_out': mlp_ratio },
  };
  const squares = Object.entries(sizes).map(([name, size]) =>
    byLayer(run, `${name}/param_grad_rms`, moment).map((rms) => size * rms ** 2),
  );
  return squares[0]!.map((_, layer) =>
    Math.sqrt(squares.reduce((sum, ofMatrix) => sum + ofMatrix[layer]!, 0)),
  );
}

/** A statistic of the stream: what enters the first layer, then what leaves each. [L + 1] */
export function alongStream(run: Run, statistic: string, moment: Moment = last(run)): number[] {
  const name = `resid_post/${statistic}`;
  const enters = numberIn(moment.measured, `blocks.0.resid_pre/${statistic}`);
  return [enters, ...byLayer(run, name, moment)];
}

/** Mean squares V_l of the stream. [L + 1] */
export const meanSquares = (run: Run, moment?: Moment): number[] =>
  alongStream(run, 'rms', moment).map((rms) => rms ** 2);

/** One number at every step that is measured. [steps] */
export const overSteps = ({ moments }: Run, name: string): number[] =>
  moments.map(({ measured }) => numberIn(measured, name));
