import type { Recorded } from '../../src/runs/record';
import type { ParityCase } from './cases';
import type { Computed, ComputedFrame } from './fixtures';

/** A share of a number, and one of the numbers that it is made of, for what is 0 but for rounding. */
interface Tolerance {
  relative: number;
  absolute: number;
}

const STEP = 2 ** -8;
/**
 * float32 against float64. Under autocast two sums that differ in the last bit of float32 may be rounded to neighbours
 * in the format, and all that follows differs a little: by a step of bf16 at most.
 */
export const toleranceOf = ({ config }: ParityCase): Tolerance =>
  config.precision === 'fp32'
    ? { relative: 1e-3, absolute: 2e-6 }
    : { relative: STEP, absolute: STEP };

/** One number (or name) of the engine beside PyTorch's; a distance of at most 1 is tolerated. */
export interface Comparison {
  what: string;
  got: Value;
  wanted: Value;
  distance: number;
}

type Value = number | string;

/** A value, and the size of the numbers that it was computed from. */
interface Sized {
  value: Value;
  scale: number;
}

const largest = (values: Recorded[] = []): number =>
  Math.max(...values.filter((value) => typeof value === 'number'));

function* valuesOfFrame(frame: ComputedFrame, sites: string[]): Generator<[string, Sized]> {
  const { step, loss, site, head, output, param, norm = {} } = frame;
  const params = Object.entries(param);
  const siteGradient = largest(site.grad_rms);
  const paramGradient = largest(params.map(([, { param_grad_rms }]) => param_grad_rms));
  const at = (what: string, value: Value, scale = 1): [string, Sized] => [
    `${step} ${what}`,
    { value, scale },
  ];

  yield at('loss', loss);
  for (const [id, values] of Object.entries(site)) {
    for (const [i, value] of values.entries()) {
      const scale = id.startsWith('grad')
        ? siteGradient
        : id === 'mean'
          ? Number(site.rms?.[i])
          : 1;
      yield at(`${sites[i]} ${id}`, value, scale);
    }
  }
  for (const [id, layers] of Object.entries(head)) {
    for (const [layer, values] of layers.entries()) {
      for (const [h, value] of values.entries()) yield at(`layer ${layer} head ${h} ${id}`, value);
    }
  }
  for (const [id, value] of Object.entries(output)) yield at(id, value);
  for (const [name, { param_rms, param_grad_rms, update_ratio }] of params) {
    yield at(`${name} param_rms`, param_rms, 1e-3);
    yield at(`${name} param_grad_rms`, param_grad_rms, paramGradient);
    // Adam turns a gradient that is mostly rounding into a step of its sign: then anything may come out.
    const isRounding = !(Number(param_grad_rms) > 1e-3 * paramGradient);
    yield at(`${name} update_ratio`, update_ratio, isRounding ? Infinity : 0);
  }
  for (const [name, values] of Object.entries(norm)) {
    for (const [id, value] of Object.entries(values)) yield at(`${name} ${id}`, value);
  }
}

/** Everything that was computed, by its name. */
const valuesOf = ({ sites, frames, buffers }: Computed): Map<string, Sized> =>
  new Map([
    ...sites.map((value, i): [string, Sized] => [`site ${i}`, { value, scale: 0 }]),
    ...frames.flatMap((frame) => [...valuesOfFrame(frame, sites)]),
    ...Object.entries(buffers).map(([name, value]): [string, Sized] => [name, { value, scale: 1 }]),
  ]);

/** How far apart two values are, in units of what is tolerated. */
function distanceOf(
  got: Value,
  { value: wanted, scale }: Sized,
  { relative, absolute }: Tolerance,
): number {
  if (got === wanted) return 0;
  if (typeof got === 'string' || typeof wanted === 'string') return Infinity;
  return Math.abs(got - wanted) / (relative * Math.abs(wanted) + absolute * scale);
}

/** Every value of the engine beside PyTorch's, and what only one of them has. */
export function compare(engine: Computed, torch: Computed, tolerance: Tolerance): Comparison[] {
  const got = valuesOf(engine);
  const wanted = valuesOf(torch);
  return [...new Set([...got.keys(), ...wanted.keys()])].map((what) => {
    const g = got.get(what)?.value ?? 'missing';
    const w = wanted.get(what) ?? { value: 'missing', scale: 0 };
    return { what, got: g, wanted: w.value, distance: distanceOf(g, w, tolerance) };
  });
}
