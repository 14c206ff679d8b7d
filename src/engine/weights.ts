import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { part } from '../kernels/part';
import type { FlatLayout } from '../model/flat';
import { sizeOf, type ParamSpec } from '../model/params';

/** Named arrays, as in a weights file. */
export type NamedArrays = Map<string, { shape: number[]; data: Float32Array }>;

const shapeText = (shape: number[]) => `[${shape.join(', ')}]`;
const sameShape = (a: number[], b: number[]) => a.join() === b.join();

/** Names of tensors that are fixed, not learned: a file may have them, and another may not. */
const FIXED = new Set(['x0', 'R']);

/**
 * Why a file’s tensors are not the weights of this model, or null where they are. Fixed tensors may be
 * missing, and are then drawn; those that are there must fit.
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
  const extra = [...file.keys()].find((name) => !names.has(name) && !FIXED.has(name));
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

/** A vector in the layout `to`: parts that `from` has under the same name and shape, the rest from `fresh`. */
export function carryOver(
  vector: Tensor1D,
  from: FlatLayout,
  to: FlatLayout,
  fresh: (spec: ParamSpec) => Float32Array,
): Tensor1D {
  return tf.tidy(() => {
    const old = new Map(from.specs.map((spec, i) => [spec.name, { spec, start: from.starts[i]! }]));
    return tf.concat1d(
      to.specs.map((spec) => {
        const kept = old.get(spec.name);
        return kept && sameShape(kept.spec.shape, spec.shape)
          ? (part(vector, kept.start, [sizeOf(spec.shape)]) as Tensor1D)
          : tf.tensor1d(fresh(spec));
      }),
    );
  });
}
