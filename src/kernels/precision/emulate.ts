import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { roundTo, type FormatId } from '../../lib/floats';
import { emulation, exempt, under, type Emulation, type LossCounter } from './current';
import { countsWhileRounding, round, ROUND } from './round';
import { NOISE } from '../operations/uniform';

export { exempt, type LossCounter } from './current';

/*
 * Low precision without touching the model. While `emulate` runs something, what TensorFlow.js computes is
 * rounded to a format as it is computed, forward and backward: as if every operation read numbers of the
 * format, computed in float32, and stored its result in the format, which is what accelerators do. What is
 * rounded:
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

/** x in the format, with what that loses counted. */
function store<T extends Tensor>(x: T, { format, counts }: Emulation): T {
  if (counts && !countsWhileRounding()) counts.count(x, format);
  return round(x, format, counts?.tally ?? null);
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
  return {
    runKernel<T extends Tensor | Tensor[]>(
      this: Engine,
      name: string,
      inputs: NamedTensorMap,
      attrs?: tf.NamedAttrMap,
    ) {
      const plain = () => runKernel.call(this, name, inputs, attrs) as T;
      const current = emulation();
      const kernel = current && tf.getKernel(name, tf.getBackend());
      return kernel && !isExact(name, inputs) ? runStoring(kernel, current, plain) : plain();
    },
    makeTensor(this: Engine, values, shape, dtype, backend) {
      const current = emulation();
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

/**
 * The result of `run`, computed in a format; in float32 it is simply run. `run` computes at once,
 * without waiting for anything. What rounding loses is counted in `counts`, if it is not null.
 */
export const emulate = <T>(format: FormatId, counts: LossCounter | null, run: () => T): T =>
  format === 'fp32' ? exempt(run) : hooked(() => under({ format, counts }, run));

/**
 * x in the format that is emulated, its losses counted and its gradient passed on unchanged; x itself where
 * none is. For what enters from outside: parameters, inputs, what was computed in `exempt`.
 */
export function rounded<T extends Tensor>(x: T): T {
  const current = emulation();
  return current ? store(x, current) : x;
}
