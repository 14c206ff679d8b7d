import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { roundTo, type FormatId } from '../../lib/floats';
import {
  casting,
  exempt,
  roundingAll,
  under,
  type Emulation,
  type LossCounter,
  type PrecisionPolicy,
} from './current';
import { canRoundInPlace, countsWhileRounding, round, ROUND, roundInPlace } from './round';
import { NOISE } from '../operations/uniform';

export { exempt, type LossCounter } from './current';

/*
 * Low precision without touching the model. While `emulate` runs something under the policy `every_op`, what
 * TensorFlow.js computes is rounded to a format as it is computed, forward and backward: as if every operation read
 * numbers of the format, computed in float32, and stored its result in the format, which is what accelerators do.
 * Kernels of ours, which do the work of many operations, round inside (see `assembly/rounding.ts`). What is rounded:
 *
 * - every float32 result of a kernel, once: a matrix product or a mean adds up in float32 inside. The
 *   result that the caller gets, the one that a gradient will need and the one on the tape are the same
 *   rounded tensor, and the gradient passes the rounding unchanged;
 * - float32 tensors of one number that are made from JavaScript: the ε and ½ of a formula;
 *
 * and what is not:
 *
 * - results of the kernels of EXACT, and of casts from booleans: they are in the format if what they are
 *   given is. So what enters from outside (parameters, inputs) is to be rounded once, with `rounded`;
 * - integers and booleans;
 * - float32 tensors of several numbers that are made from JavaScript: tables and masks. What is computed
 *   with them is rounded;
 * - anything in `exempt`.
 *
 * Under the policy `autocast` products alone compute in the format: they `cast` what they are given and give what is
 * `inFormat`; all else is float32.
 */

/** Kernels that move numbers or choose among them. */
const EXACT = new Set([
  ...['Identity', 'Reshape', 'ExpandDims', 'Transpose', 'Reverse', 'Tile', 'BroadcastTo'],
  ...['Slice', 'StridedSlice', 'SplitV', 'Unpack', 'GatherV2', 'Concat', 'Pack', 'ContiguousPart'],
  ...['Abs', 'Neg', 'Relu', 'Max', 'Min', 'Maximum', 'Minimum', 'Select'],
  ...['ZerosLike', 'OnesLike', 'Sign', 'Step'],
  // Rounded already, and noise that has no format.
  ...[ROUND, ...NOISE],
]);

/** A cast is exact but from an integer, which may have more digits than the format. */
const isExact = (kernel: string, inputs: NamedTensorMap): boolean =>
  EXACT.has(kernel) || (kernel === 'Cast' && inputs['x']!.dtype !== 'int32');

/** Kernels, of a backend, that round by themselves what is to be rounded. */
const roundingKernels = new Set<string>();
const kernelOf = (backend: string, name: string) => `${backend}/${name}`;
export const roundsByItself = (backend: string, name: string): void =>
  void roundingKernels.add(kernelOf(backend, name));

/** x in the format, or that part of it that a mask has, with what that loses counted. */
function store<T extends Tensor>(x: T, { format, policy, counts }: Emulation, mask?: Tensor): T {
  if (counts && !countsWhileRounding()) {
    counts.count(mask ? exempt(() => tf.mul(x, mask)) : x, format);
  }
  return round(x, format, counts, { policy, mask: mask ?? null });
}

/** The result of a kernel in the format; the exact one is let go. */
function storeResult(result: TensorInfo, as: Emulation): TensorInfo {
  if (result.dtype !== 'float32') return result;
  const exact = result instanceof tf.Tensor ? result : tf.engine().makeTensorFromTensorInfo(result);
  const stored = store(exact, as);
  exact.dispose();
  return stored;
}

/**
 * Runs a kernel in the library's own way, but with a function that stores what it gives: so the rounded
 * result is the only one that the library's bookkeeping ever sees. Rounding what `runKernel` returns would
 * leave the exact result on the tape, and in what its gradient is computed from (of an exponential, say).
 */
function runStoring<T>(kernel: tf.KernelConfig, as: Emulation, runKernel: () => T): T {
  const { kernelFunc } = kernel;
  kernel.kernelFunc = (params) => {
    // For this one call: storing may need the same kernel.
    kernel.kernelFunc = kernelFunc;
    const results = kernelFunc(params);
    return Array.isArray(results)
      ? results.map((result) => storeResult(result, as))
      : storeResult(results, as);
  };
  try {
    // Only results are stored, not numbers in between.
    return exempt(runKernel);
  } finally {
    kernel.kernelFunc = kernelFunc;
  }
}

type Engine = ReturnType<typeof tf.engine>;

/** The methods of the library’s engine that stand in for its own while something is emulated. */
function hooks({ runKernel, makeTensor }: Engine): Pick<Engine, 'runKernel' | 'makeTensor'> {
  const storeInPlace = (result: Tensor | Tensor[], as: Emulation) => {
    exempt(() => {
      for (const x of [result].flat()) if (x.dtype === 'float32') roundInPlace(x, as);
    });
  };
  return {
    runKernel<T extends Tensor | Tensor[]>(
      this: Engine,
      name: string,
      inputs: NamedTensorMap,
      attrs?: tf.NamedAttrMap,
    ) {
      const plain = () => runKernel.call(this, name, inputs, attrs) as T;
      const current = roundingAll();
      const backend = tf.getBackend();
      const kernel = current && tf.getKernel(name, backend);
      if (!kernel || isExact(name, inputs)) return plain();
      if (roundingKernels.has(kernelOf(backend, name))) return plain();
      if (!canRoundInPlace()) return runStoring(kernel, current, plain);
      const result = exempt(plain);
      storeInPlace(result, current);
      return result;
    },
    makeTensor(this: Engine, values, shape, dtype, backend) {
      const current = roundingAll();
      const isConstant = (dtype ?? 'float32') === 'float32' && sizeOf(shape) === 1;
      const stored =
        current && isConstant
          ? Float32Array.of(roundTo(current.format, Number(values[0])))
          : values;
      return makeTensor.call(this, stored, shape, dtype, backend);
    },
  };
}

let isHooked = false;

/** Runs something with the engine hooked, once however deep. */
function hooked<T>(run: () => T): T {
  if (isHooked) return run();
  const engine = tf.engine();
  const { runKernel, makeTensor } = engine;
  Object.assign(engine, hooks(engine));
  isHooked = true;
  try {
    return run();
  } finally {
    Object.assign(engine, { runKernel, makeTensor });
    isHooked = false;
  }
}

/** The arithmetic of a model. */
export interface Precision {
  precision: FormatId;
  precision_policy: PrecisionPolicy;
}

/**
 * The result of `run`, computed in a format; in float32 it is simply run. `run` computes at once,
 * without waiting for anything. What rounding loses is counted in `counts`, if it is not null.
 */
export function emulate<T>(
  { precision: format, precision_policy: policy }: Precision,
  counts: LossCounter | null,
  run: () => T,
): T {
  if (format === 'fp32') return exempt(run);
  return hooked(() => under({ format, policy, counts }, run));
}

/**
 * x as it is read where every operation rounds: in the format, its losses counted and its gradient passed on
 * unchanged; else x itself. For what enters from outside: parameters, inputs, what was computed in `exempt`.
 */
export function rounded<T extends Tensor>(x: T): T {
  const current = roundingAll();
  return current ? store(x, current) : x;
}

/** Data of which all numbers are known to be of a format: results and operands of products. */
const formats = new WeakMap<object, FormatId>();
const isKnown = ({ dataId }: Tensor, { format }: Emulation) => formats.get(dataId) === format;

/** True where `cast` would change x. */
export function isToCast(x: Tensor): boolean {
  const current = casting();
  return current !== null && !isKnown(x, current);
}

/** x, which is known to be in the format where operands of products are cast. */
export function inFormat<T extends Tensor>(x: T): T {
  const current = casting();
  if (current) formats.set(x.dataId, current.format);
  return x;
}

/**
 * x as an operand of a product: in the format where the policy casts operands, with its losses counted and its gradient passed on
 * unchanged; x itself where it is in the format, and under other policies. With a mask, of its shape, the part that has
 * 1 there.
 */
export function cast<T extends Tensor>(x: T, mask?: Tensor): T {
  const current = casting();
  if (!current || isKnown(x, current)) return x;
  const result = store(x, current, mask);
  return mask ? result : inFormat(result);
}

/** The result of a product that was computed in float32, as its policy stores it. */
export const stored = <T extends Tensor>(product: T): T => {
  const current = casting();
  return current ? inFormat(store(product, current)) : product;
};
