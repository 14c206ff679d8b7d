import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, TensorInfo } from '@tensorflow/tfjs-core';
import { bitRules, type EmulatedFormat } from '../../lib/floats';
import { sizeOf } from '../../lib/shapes';
import { addressOf, countedLosses, hasWasmKernels, makeOutput, wasmKernels } from '../wasm/module';
import { joined } from '../operations/joined';
import { part } from '../operations/part';
import { exempt, type LossCounter, type Tally } from './current';
import type { TapingBackend } from '../webgpu/backend';
import { run } from '../webgpu/program';
import { STAGES } from '../webgpu/shaders/arithmetic';
import { readingProgram } from '../webgpu/shaders/rounding';

export type { LossCounter } from './current';

/** Counts of 0 to which shaders add. A copy: a recorded step makes its own, and begins it anew each time. */
const START = 'StartCountingLosses';
tf.registerKernel({
  kernelName: START,
  backendName: 'webgpu',
  kernelFunc({ inputs, backend: current }) {
    const backend = current as unknown as TapingBackend;
    const zeros = inputs['zeros'] as TensorInfo;
    const counter = backend.makeTensorInfo(zeros.shape, zeros.dtype);
    backend.copy(zeros, 0, counter, 0, sizeOf(zeros.shape));
    return counter;
  },
});

/** Counts that shaders have added up, as float32. */
const READ = 'ReadRoundingLosses';
tf.registerKernel({
  kernelName: READ,
  backendName: 'webgpu',
  kernelFunc({ inputs, backend: current }) {
    const backend = current as unknown as TapingBackend;
    const losses = inputs['losses'] as TensorInfo;
    const floats = backend.makeTensorInfo(losses.shape, 'float32');
    run(backend, readingProgram(losses, floats));
    return floats;
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
function composed(x: Tensor, format: EmulatedFormat): Tensor1D {
  const { zeroTo, overflowFrom } = bitRules(format);
  const size = tf.abs(x);
  const number = (condition: Tensor) => tf.sum(tf.cast(condition, 'float32'));
  return tf.stack([
    number(tf.logicalAnd(tf.greater(size, 0), tf.lessEqual(size, numberOf(zeroTo)))),
    number(tf.logicalAnd(tf.greaterEqual(size, numberOf(overflowFrom)), tf.less(size, Infinity))),
  ]) as Tensor1D;
}

const isCountedOnDevice = (): boolean => tf.getKernel(START, tf.getBackend()) !== undefined;

/**
 * A counter of a pass; what was lost before, and never taken, is forgotten.
 * @param most stretches that are marked from one taking to the next, at most
 */
export function createLossCounter(most = 1): LossCounter {
  const tally: Tally = { underflow: 0, overflow: 0 };
  /** Losses of the stretches that were ended. */
  let ended: Tensor1D[] = [];
  /** Of the present one, what operations of the library have counted. */
  let counted: Tensor1D | null = null;
  /** Counts by shaders, of all stretches. */
  let losses: Tensor | null = null;
  let stretch = 0;

  const dispose = () => {
    tf.dispose([...ended, ...(counted ? [counted] : []), ...(losses ? [losses] : [])]);
    ended = [];
    counted = null;
    losses = null;
    stretch = 0;
  };
  const kept = <T extends Tensor>(make: () => T): T => tf.keep(exempt(() => tf.tidy(make)));

  const ofModule = (anew = false): Tensor1D | null =>
    tf.getBackend() === 'wasm' && hasWasmKernels()
      ? tf.engine().runKernel(TAKE, {}, { anew })
      : null;
  ofModule(true)?.dispose();

  /** Losses of the present stretch, and what was counted is no more. */
  function endStretch(): Tensor1D {
    const { underflow, overflow } = tally;
    tally.underflow = 0;
    tally.overflow = 0;
    const looped = ofModule() ?? tf.tensor1d([underflow, overflow]);
    const sum: Tensor1D = counted ? tf.add(counted, looped) : looped;
    counted?.dispose();
    counted = null;
    return sum;
  }
  const takenOnDevice = (stretches: number): Tensor1D => {
    const size = 2 * stretches;
    if (!losses) return tf.zeros([size]);
    const floats: Tensor1D = tf.engine().runKernel(READ, { losses });
    return part(floats, 0, [size]) as Tensor1D;
  };

  return {
    tally,
    onDevice() {
      losses ??= kept(() => {
        const zeros = tf.zeros([2 * (most + STAGES)], 'int32');
        return tf.engine().runKernel<Tensor>(START, { zeros });
      });
      return { losses, stretch };
    },
    count(x, format) {
      const lost = kept(() => {
        const losses = composed(x, format);
        return counted ? tf.add(counted, losses) : losses;
      }) as Tensor1D;
      counted?.dispose();
      counted = lost;
    },
    mark() {
      stretch++;
      if (!isCountedOnDevice()) ended.push(kept(endStretch));
    },
    take() {
      const taken = exempt(() =>
        tf.tidy(() => {
          if (isCountedOnDevice()) return takenOnDevice(stretch + 1);
          const last = endStretch();
          return ended.length ? joined([...ended, last]) : last;
        }),
      );
      dispose();
      return taken;
    },
    takeEnded() {
      const taken = isCountedOnDevice()
        ? [exempt(() => tf.tidy(() => takenOnDevice(stretch)))]
        : ended.splice(0);
      dispose();
      return taken;
    },
    dispose,
  };
}
