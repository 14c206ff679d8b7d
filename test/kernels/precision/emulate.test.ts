import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NODE_BACKEND_IDS, openNodeBackend } from '../../../src/engine/nodeBackend';
import { differentiable } from '../../../src/kernels/differentiable';
import { linear } from '../../../src/kernels/operations/linear';
import { gainedAndShifted, standardize } from '../../../src/kernels/operations/norms/normalize';
import { createLossCounter } from '../../../src/kernels/precision/lossCounter';
import { emulate, exempt, rounded } from '../../../src/kernels/precision/emulate';
import { round } from '../../../src/kernels/precision/round';
import { softmax } from '../../../src/kernels/operations/softmax';
import { roundTo, type EmulatedFormat } from '../../../src/lib/floats';
import { normals } from '../../../src/lib/random';
import { EMULATED, everyOp } from './formats';

const N = 6;
const D = 8;
const V = 5;
const draw = <T extends Tensor>(name: string, shape: number[], std: number) =>
  tf.tensor(normals(0, name, tf.util.sizeFromShape(shape), std), shape) as T;

/** gelu, of the library's operations and its tape. */
const gelu = (x: Tensor): Tensor =>
  tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));

/** Mean of −ln p, with a gradient by hand. */
const crossEntropy = (logits: Tensor2D, wanted: Tensor2D): Scalar =>
  differentiable(
    (z: Tensor2D) => {
      const p = tf.softmax(z);
      const logs = tf.log(tf.sum(tf.mul(p, wanted), 1));
      return { value: tf.neg(tf.mean(logs)) as Scalar, saved: [p] };
    },
    (dy, p) => [tf.mul(tf.sub(p!, wanted), tf.div(dy, N))],
  )(logits);

/** A layer, a norm, gelu, softmax on the library's tape, and a loss; forward and backward. */
function network(format: EmulatedFormat | 'fp32', scale = 1) {
  const x = draw<Tensor2D>('x', [N, D], scale);
  const wanted = tf.cast(tf.oneHot(tf.range(0, N, 1, 'int32').mod(V).toInt(), V), 'float32');
  const params = [
    draw<Tensor2D>('w', [D, D], 0.4),
    draw<Tensor1D>('b', [D], 0.1),
    draw<Tensor1D>('g', [D], 1),
    draw<Tensor1D>('s', [D], 0.1),
    draw<Tensor2D>('u', [D, V], 0.4),
    draw<Tensor1D>('c', [V], 0.1),
  ];
  return emulate(everyOp(format), null, () => {
    const [w, b, g, s, u, c] = params.map(rounded) as [
      ...[Tensor2D, Tensor1D, Tensor1D, Tensor1D, Tensor2D, Tensor1D],
    ];
    const forward = () => {
      const hidden = linear(rounded(x), w, b) as Tensor2D;
      const normed = gainedAndShifted(standardize(hidden, [1], 1e-5), g, s);
      const mixed = tf.mul(softmax(normed), tf.exp(gelu(normed)));
      return crossEntropy(linear(mixed, u, c) as Tensor2D, wanted as Tensor2D);
    };
    return engine.gradients(forward, [w, b, g, s, u, c]);
  });
}

const isStored = (format: EmulatedFormat, x: Tensor) =>
  x.dtype !== 'float32' || x.dataSync().every((value) => Object.is(roundTo(format, value), value));

const engine = tf.engine();
const { runKernel, makeTensor } = engine;
const isHooked = () => engine.runKernel !== runKernel;
afterEach(() => {
  engine.runKernel = runKernel;
});

/**
 * Names of the kernels that are given, or give, numbers outside of the format; what is rounded in its place counts as
 * rounded if nothing was computed before that.
 */
function watchKernels(format: EmulatedFormat) {
  const seen = new Set<string>();
  const outside = new Set<string>();
  let unrounded: { by: string; dataId: object }[] = [];
  const watching: typeof runKernel = (name, inputs, attrs) => {
    const result = runKernel.call(engine, name, inputs, attrs);
    // What makes the inputs comes before anything is emulated; what rounds them is no computation.
    // Of what a gradient will need the library keeps another name.
    if (engine.runKernel === watching || ['RoundToFormat', 'Identity'].includes(name))
      return result as never;
    if (name === 'RoundInPlace') {
      unrounded = unrounded.filter(({ dataId }) => dataId !== inputs['x']!.dataId);
      return result as never;
    }
    seen.add(name);
    for (const { by } of unrounded) outside.add(by);
    unrounded = [result]
      .flat()
      .filter((x) => !isStored(format, x))
      .map(({ dataId }) => ({ by: name, dataId }));
    if (!Object.values(inputs).every((x) => isStored(format, x))) outside.add(name);
    return result as never;
  };
  engine.runKernel = watching;
  return { seen, outside };
}

describe.each(NODE_BACKEND_IDS)('on %s', (backend) => {
  beforeAll(() => openNodeBackend(backend));

  test.each(EMULATED)('all that a network computes is in %s', (format) => {
    const { seen, outside } = watchKernels(format);
    tf.tidy(() => {
      const { value, grads } = network(format);
      engine.runKernel = runKernel;
      expect([value, ...grads].every((x) => isStored(format, x))).toBe(true);
    });
    expect([...outside]).toEqual([]);
    for (const name of ['RealDiv', 'Exp', 'Erf', 'Rsqrt', 'Sum', 'Add', 'Softmax']) {
      expect(seen).toContain(name);
    }
  });

  test.each<[EmulatedFormat, number]>([
    ['fp16', 0.01],
    ['bf16', 0.1],
  ])('gradients in %s are those of float32 but for rounding', (format, tolerance) => {
    tf.tidy(() => {
      const [exact, coarse] = [network('fp32'), network(format)];
      exact.grads.forEach((gradient, i) => {
        const distance = tf.norm(tf.sub(gradient, coarse.grads[i]!)).dataSync()[0]!;
        const length = tf.norm(gradient).dataSync()[0]!;
        expect(distance).toBeLessThan(tolerance * length);
        expect(distance).toBeGreaterThan(0);
      });
    });
  });

  test('a gradient is computed from the rounded result', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      // e = 2.718… is 2.75 in E4M3, e² = 7.389… is 7.5; the gradient of exp is its result.
      const { value, grads } = emulate(everyOp('fp8_e4m3'), null, () =>
        engine.gradients(() => tf.exp(x), [x], tf.tensor1d([1, 1])),
      );
      expect([...value.dataSync()]).toEqual([2.75, 7.5]);
      expect([...grads[0]!.dataSync()]).toEqual([2.75, 7.5]);
    });
  });

  test('squares, sums and constants', () => {
    tf.tidy(() => {
      const at = (format: EmulatedFormat, run: () => Tensor) =>
        emulate(everyOp(format), null, run).dataSync()[0];
      const large = tf.tensor1d([256, 256]);
      expect(at('fp16', () => tf.square(large))).toBe(Infinity);
      expect(at('bf16', () => tf.square(large))).toBe(65536);
      expect(at('fp8_e4m3', () => tf.square(large))).toBeNaN();
      expect(at('fp16', () => tf.sum(tf.fill([70000], 1)))).toBe(Infinity);
      const zero = tf.tensor1d([0, 0]);
      expect(at('fp16', () => tf.rsqrt(tf.add(zero, 1e-8)))).toBe(Infinity);
      expect(at('bf16', () => tf.rsqrt(tf.add(zero, 1e-8)))).toBe(9984);
      expect(at('fp16', () => tf.scalar(1e-8))).toBe(0);
      expect(at('bf16', () => tf.scalar(1e-8))).toBe(roundTo('bf16', Math.fround(1e-8)));
      // A small branch is absorbed by the stream: 1 + 2⁻⁹ in bfloat16, 1 + 2⁻¹² in binary16.
      const sum = (f: number) => () => tf.add(tf.tensor1d([1, 1]), tf.tensor1d([f, f]));
      expect(at('bf16', sum(2 ** -8))).toBe(1);
      expect(at('bf16', sum(2 ** -7))).toBe(1 + 2 ** -7);
      expect(at('fp16', sum(2 ** -11))).toBe(1);
      expect(at('fp16', sum(2 ** -10))).toBe(1 + 2 ** -10);
    });
  });

  test('tables, integers, casts and results of several tensors', () => {
    tf.tidy(() => {
      emulate(everyOp('fp8_e4m3'), null, () => {
        expect(tf.tensor1d([17, 1e9]).dataSync()[0]).toBe(17);
        expect(tf.range(0, 20, 1, 'int32').dataSync()[17]).toBe(17);
        expect(tf.cast(tf.tensor1d([17, 3], 'int32'), 'float32').dataSync()[0]).toBe(16);
        expect(tf.add(tf.scalar(17, 'int32'), tf.scalar(0, 'int32')).dataSync()[0]).toBe(17);
        expect(tf.topk(tf.mul(tf.tensor1d([17, 3]), 1), 1).values.dataSync()[0]).toBe(16);
      });
    });
  });

  test('exempt computes in float32, rounded comes back', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([Math.PI, 300]);
      emulate(everyOp('fp8_e4m3'), null, () => {
        const square = exempt(() => tf.add(tf.square(x), 1e-3));
        expect(square.dataSync()[1]).toBe(Math.fround(90000 + 1e-3));
        expect([...rounded(x).dataSync()]).toEqual([3.25, 288]);
        // Within, without, and in another format.
        expect(exempt(() => emulate(everyOp('fp16'), null, () => rounded(x))).dataSync()[0]).toBe(
          3.140625,
        );
        expect(emulate(everyOp('fp32'), null, () => tf.mul(x, 1)).dataSync()[0]).toBe(
          Math.fround(Math.PI),
        );
        expect(tf.mul(x, 1).dataSync()[0]).toBe(3.25);
      });
      expect(rounded(x)).toBe(x);
    });
  });

  test('the engine is as before, also after an error', () => {
    const x = tf.tensor1d([Math.PI]);
    const kernels = tf.getKernelsForBackend(backend).map(({ kernelFunc }) => kernelFunc);
    expect(() =>
      emulate(everyOp('fp16'), null, () => {
        emulate(everyOp('bf16'), null, () => tf.square(x).dispose());
        expect(isHooked()).toBe(true);
        return exempt(() => tf.matMul(x as unknown as Tensor2D, x as unknown as Tensor2D));
      }),
    ).toThrow();
    expect(() =>
      emulate(everyOp('fp16'), null, () => engine.runKernel('NoSuchKernel', { x })),
    ).toThrow();
    // A kernel that fails while its function is exchanged.
    expect(() => emulate(everyOp('fp16'), null, () => engine.runKernel('Square', {}))).toThrow();
    expect(isHooked()).toBe(false);
    expect(engine.makeTensor).toBe(makeTensor);
    expect(tf.getKernelsForBackend(backend).map(({ kernelFunc }) => kernelFunc)).toEqual(kernels);
    expect(tf.tidy(() => tf.mul(x, 1).dataSync()[0])).toBe(Math.fround(Math.PI));
    x.dispose();
  });

  test('no tensor is kept, with and without a tidy', () => {
    const before = tf.memory();
    const ofBackend = engine.backend.numDataIds();
    const counts = createLossCounter();
    tf.tidy(() => {
      network('fp8_e5m2', 100);
    });
    const x = tf.tensor1d([1e-9, 1e9]);
    // An operation has a tidy of its own; the library's gradients run kernels without.
    const y = emulate(everyOp('fp16'), counts, () => engine.runKernel<Tensor>('Square', { x }));
    const taken = counts.take();
    expect(tf.memory().numTensors).toBe(before.numTensors + 3);
    tf.dispose([x, y, taken]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(engine.backend.numDataIds()).toBe(ofBackend);
  });

  test('losses are counted from one taking to the next', () => {
    tf.tidy(() => {
      const counts = createLossCounter();
      const x = tf.tensor1d([1e-6, 1e6, 0, NaN, Infinity, 1, -1e-6, -1e6, -300]);
      const taken = () => [...counts.take().dataSync()];
      emulate(everyOp('fp16'), counts, () => {
        tf.square(x);
        expect(taken()).toEqual([2, 3]);
        expect(taken()).toEqual([0, 0]);
        tf.mul(tf.transpose(tf.reshape(x, [3, 3])), 1);
        exempt(() => tf.square(x));
        expect(taken()).toEqual([0, 2]);
        rounded(x);
      });
      expect(taken()).toEqual([0, 2]);
      // A gradient that vanishes is counted where it does.
      emulate(everyOp('fp16'), counts, () =>
        tf.grad((x) => tf.mul(x, 1e-5))(x, tf.fill([9], 1e-5)),
      );
      const [underflow] = taken();
      expect(underflow).toBeGreaterThanOrEqual(9);
    });
  });

  test.each(EMULATED)('what a device counts of %s is what a loop counts', (format) => {
    const before = tf.memory().numTensors;
    const counts = createLossCounter();
    tf.tidy(() => {
      const sizes = [0, 1e-45, 1e-38, 2e-10, 1e-7, 1e-4, 1, 449, 464, 465, 6e4, 7e4, 3.4e38];
      const x = tf.tensor2d([...sizes, Infinity, NaN], [3, 5]);
      const times = 40;
      // Counts are float32 whatever is emulated: 40 times anything has more digits than FP8.
      const taken = emulate(everyOp(format), null, () => {
        for (let i = 0; i < times; i++) counts.count(i % 2 ? x : tf.neg(x), format);
        return counts.take();
      });
      const looped = createLossCounter();
      round(x, format, looped);
      const once = [...looped.take().dataSync()];
      expect(Math.min(...once)).toBeGreaterThan(0);
      expect([...taken.dataSync()]).toEqual(once.map((count) => times * count));
      counts.count(x, format);
      counts.dispose();
      expect([...counts.take().dataSync()]).toEqual([0, 0]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
