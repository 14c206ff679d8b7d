import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bitRules, type EmulatedFormat } from '../../lib/floats';
import { exempt, type LossCounter } from './current';
import type { Tally } from './round';
import { runWgsl } from '../shader';

export type { LossCounter } from './current';

const COUNT = 'CountRoundingLosses';
/** Threads for either count. Each adds up its share, so that a count is one dispatch without a barrier. */
const THREADS = 1024;

/** Counts of x added to what each thread counted before. x: [N], before: [2, THREADS] → [2, THREADS] */
function wgsl(format: EmulatedFormat): string {
  const { zeroTo, overflowFrom } = bitRules(format);
  return `
    fn valueAt(index: u32) -> f32 {
      let overflows = index >= ${THREADS}u;
      let first = select(1u, ${overflowFrom}u, overflows);
      let last = select(${zeroTo}u, 0x7f7fffffu, overflows);
      var count = 0u;
      for (var i = index % ${THREADS}u; i < u32(uniforms.input0Shape); i += ${THREADS}u) {
        let size = bitcast<u32>(f32(input0[i])) & 0x7fffffffu;
        count += select(0u, 1u, size >= first && size <= last);
      }
      return input1[index] + f32(count);
    }`;
}

tf.registerKernel({
  kernelName: COUNT,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { format } = attrs as unknown as { format: EmulatedFormat };
    const { x, before } = inputs;
    const flat = { ...x!, shape: [tf.util.sizeFromShape(x!.shape)] };
    const name = `${COUNT}_${format}`;
    return runWgsl(backend as object, name, () => wgsl(format), [flat, before!], before!.shape);
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

export function createLossCounter(): LossCounter {
  const tally: Tally = { underflow: 0, overflow: 0 };
  /** What was counted on the device, [2, threads]. */
  let counted: Tensor | null = null;

  const dispose = () => {
    counted?.dispose();
    counted = null;
  };
  const add = (x: Tensor, format: EmulatedFormat): Tensor => {
    if (!hasKernel()) return counted ? tf.add(counted, composed(x, format)) : composed(x, format);
    const before = counted ?? tf.zeros([2, THREADS]);
    return tf.engine().runKernel(COUNT, { x, before }, { format });
  };

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
          const looped = tf.tensor1d([underflow, overflow]);
          return onDevice ? tf.add(tf.sum(onDevice, 1), looped) : looped;
        }),
      );
      dispose();
      return result;
    },
    dispose,
  };
}
