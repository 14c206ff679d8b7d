import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { part } from '../kernels/operations/part';
import type { Params } from '../model/context';
import type { FlatLayout } from '../model/flat';
import { sizeOf, type ParamSpec } from '../model/params';

/** Named arrays, as in a weights file. */
export type NamedArrays = Map<string, { shape: number[]; data: Float32Array }>;

const shapeText = (shape: number[]) => `[${shape.join(', ')}]`;
const sameShape = (a: number[], b: number[]) => a.join() === b.join();

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

/** Whether two tensors of one name and shape are drawn alike. */
export const startsAlike = (a: ParamSpec, b: ParamSpec): boolean =>
  JSON.stringify(a.start) === JSON.stringify(b.start);

/**
 * A vector in the layout `to`: parts that `from` has under the same name and shape, as long as `keeps` says
 * so, the rest from `fresh`.
 */
export function carryOver(
  vector: Tensor1D,
  from: FlatLayout,
  to: FlatLayout,
  fresh: (spec: ParamSpec) => Float32Array,
  keeps: (old: ParamSpec, spec: ParamSpec) => boolean = () => true,
): Tensor1D {
  return tf.tidy(() => {
    const old = new Map(from.specs.map((spec, i) => [spec.name, { spec, start: from.starts[i]! }]));
    return tf.concat1d(
      to.specs.map((spec) => {
        const kept = old.get(spec.name);
        return kept && sameShape(kept.spec.shape, spec.shape) && keeps(kept.spec, spec)
          ? (part(vector, kept.start, [sizeOf(spec.shape)]) as Tensor1D)
          : tf.tensor1d(fresh(spec));
      }),
    );
  });
}

/** Buffers under the new layout: those of the same name and shape are kept, the rest begin anew. */
export function carryBuffers(
  old: Params,
  specs: ParamSpec[],
  fresh: (spec: ParamSpec) => Float32Array,
): Params {
  return Object.fromEntries(
    specs.map((spec) => {
      const kept = old[spec.name];
      return [
        spec.name,
        kept && sameShape(kept.shape, spec.shape)
          ? kept.clone()
          : tf.tensor(fresh(spec), spec.shape),
      ];
    }),
  );
}
