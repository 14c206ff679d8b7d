import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bitRules, type EmulatedFormat } from '../../lib/floats';
import { addressOf, countedLosses, hasWasmKernels, makeOutput, wasmKernels } from '../wasm/module';
import { exempt, type LossCounter, type Tally } from './current';
import type { TapingBackend } from '../webgpu/backend';
import { run } from '../webgpu/program';
import { COUNTING_THREADS, lossesProgram } from '../webgpu/shaders/rounding';

export type { LossCounter } from './current';

/** A kernel of WebGPU alone: where there is a loop, it counts while it rounds. */
const COUNT = 'CountRoundingLosses';
tf.registerKernel({
  kernelName: COUNT,
  backendName: 'webgpu',
  kernelFunc({ inputs, backend: current, attrs }) {
    const { format } = attrs as unknown as { format: EmulatedFormat };
    const backend = current as unknown as TapingBackend;
    const [x, before] = [inputs['x']!, inputs['before']!];
    const after = backend.makeTensorInfo(before.shape, 'float32');
    const stored = { ...x, dtype: backend.storedType(x) };
    run(backend, lossesProgram(format, { x: stored, before }, after));
    return after;
  },
});

/** The numbers lost on wasm, where our module counts while it rounds, since the last time; [2]. */
const TAKE = 'TakeRoundingLosses';
tf.registerKernel({
  kernelName: TAKE,
  backendName: 'wasm',
  kernelFunc({ backend, attrs }) {
    const taken = makeOutput(backend, [2]);
    const { address, threads } = countedLosses();
    const { anew } = attrs as unknown as { anew: boolean };
    wasmKernels().takeLosses(addressOf(backend, taken), address, threads, anew);
    return taken;
  },
});

const bits = new Int32Array(1);
const numberOf = (pattern: number): number => {
  bits[0] = pattern;
  return new Float32Array(bits.buffer)[0]!;
};

/**
 * The same of the library’s operations, for WebGL. An adapter may take float32’s own subnormal numbers for
 * 0 here, and then does not count them as lost.
 */
function composed(x: Tensor, format: EmulatedFormat): Tensor2D {
  const { zeroTo, overflowFrom } = bitRules(format);
  const size = tf.abs(x);
  const number = (condition: Tensor) => tf.sum(tf.cast(condition, 'float32'));
  return tf.reshape(
    tf.stack([
      number(tf.logicalAnd(tf.greater(size, 0), tf.lessEqual(size, numberOf(zeroTo)))),
      number(tf.logicalAnd(tf.greaterEqual(size, numberOf(overflowFrom)), tf.less(size, Infinity))),
    ]),
    [2, 1],
  );
}

const hasKernel = () => tf.getKernel(COUNT, tf.getBackend()) !== undefined;

/** A counter of a pass; what was lost before, and never taken, is forgotten. */
export function createLossCounter(): LossCounter {
  const tally: Tally = { underflow: 0, overflow: 0 };
  /** Counts on the device so far, [2, threads]. */
  let counted: Tensor | null = null;

  const dispose = () => {
    counted?.dispose();
    counted = null;
  };
  const add = (x: Tensor, format: EmulatedFormat): Tensor => {
    if (!hasKernel()) return counted ? tf.add(counted, composed(x, format)) : composed(x, format);
    const before = counted ?? tf.zeros([2, COUNTING_THREADS]);
    return tf.engine().runKernel(COUNT, { x, before }, { format });
  };

  const ofModule = (anew = false): Tensor1D | null =>
    tf.getBackend() === 'wasm' && hasWasmKernels()
      ? tf.engine().runKernel(TAKE, {}, { anew })
      : null;
  ofModule(true)?.dispose();

  return {
    tally,
    count(x, format) {
      const next = tf.keep(exempt(() => tf.tidy(() => add(x, format))));
      dispose();
      counted = next;
    },
    take() {
      const { underflow, overflow } = tally;
      tally.underflow = 0;
      tally.overflow = 0;
      const onDevice = counted;
      const result = exempt(() =>
        tf.tidy((): Tensor1D => {
          const looped = ofModule() ?? tf.tensor1d([underflow, overflow]);
          return onDevice ? tf.add(tf.sum(onDevice, 1), looped) : looped;
        }),
      );
      dispose();
      return result;
    },
    dispose,
  };
}
