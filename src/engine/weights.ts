import { encodeSafetensors } from '../lib/safetensors';
import type { ParamSpec } from '../model/params';
import type { Plan } from './plan';
import { sameShape, type State } from './state';

/** Named arrays, as in a weights file. */
export type NamedArrays = Map<string, { shape: number[]; data: Float32Array }>;

const shapeText = (shape: number[]) => `[${shape.join(', ')}]`;

/**
 * Names of tensors that are not learned, but fixed or followed: a file may have them, and another may not.
 */
const isUnlearned = (name: string) =>
  name === 'x0' || name === 'R' || /\.(running_mean|running_var|u)$/.test(name);

/**
 * Why a file’s tensors are not the weights of this model, or null where they are. Tensors that are not
 * learned may be missing, and are then drawn; those that are there must fit.
 */
export function misfit(file: NamedArrays, learned: ParamSpec[], fixed: ParamSpec[]): string | null {
  for (const { name, shape } of [...learned, ...fixed.filter(({ name }) => file.has(name))]) {
    const found = file.get(name);
    if (!found) {
      return `The file has no tensor ${name}; this model needs one of shape ${shapeText(shape)}.`;
    }
    if (!sameShape(found.shape, shape)) {
      return `${name} is ${shapeText(found.shape)} in the file; this model needs ${shapeText(shape)}.`;
    }
  }
  const names = new Set(learned.map(({ name }) => name));
  const extra = [...file.keys()].find((name) => !names.has(name) && !isUnlearned(name));
  return extra ? `The file holds ${extra}, which this model does not have.` : null;
}

/** The array of that name and shape, if the file has it. */
export const fitting = (
  file: NamedArrays | null,
  { name, shape }: ParamSpec,
): Float32Array | null => {
  const found = file?.get(name);
  return found && sameShape(found.shape, shape) ? found.data : null;
};

export async function encodeWeights(
  { flat, config }: Plan,
  { theta, buffers, constants }: State,
): Promise<Uint8Array> {
  const named = Object.entries({ ...buffers, ...constants });
  // All are asked for before anything is waited for: they are of one step.
  const [all, ...values] = await Promise.all([
    theta.data<'float32'>(),
    ...named.map(([, tensor]) => tensor.data<'float32'>()),
  ]);
  const parameters = flat.specs.map(({ name, shape }, i) => ({
    name,
    shape,
    data: all.slice(flat.starts[i]!, flat.starts[i]! + flat.sizes[i]!),
  }));
  const others = named.map(([name, { shape }], i) => ({
    name,
    shape,
    data: Float32Array.from(values[i]!),
  }));
  return encodeSafetensors([...parameters, ...others], {
    normscope_config: JSON.stringify(config),
  });
}
