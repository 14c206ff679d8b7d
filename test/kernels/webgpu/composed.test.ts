import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { linears } from '../../../src/kernels/operations/linear';
import { adaptiveNorm } from '../../../src/kernels/operations/norms/adaptiveNorm';
import { batchNorm, type Moments } from '../../../src/kernels/operations/norms/batchNorm';
import { movingAverages } from '../../../src/kernels/operations/norms/runningMoments';
import { seedNorm } from '../../../src/kernels/operations/norms/seedNorm';
import { createLossCounter } from '../../../src/kernels/precision/lossCounter';
import { emulate } from '../../../src/kernels/precision/emulate';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { FORMATS, roundTo, type EmulatedFormat } from '../../../src/lib/floats';
import { stream } from '../../../src/lib/random';
import { sizeOf } from '../../../src/lib/shapes';
import { reparametrized } from '../../../src/model/sigma';
import { asDevice, deviceErrors, FORMS, openWebGPU } from '../../support/dawn';
import { EMULATED, everyOp } from '../precision/formats';

/*
 * Kernels that round inside as the library's operations do one by one, which the backend cpu is left with. (Others are
 * compared with those on wasm, in `kernelsInFormats.slow.test.ts`.)
 */

interface Operation {
  shapes: number[][];
  /** The shape of the first result; absent: that of the first tensor. */
  result?: number[];
  /** Absent: every operation rounds. */
  policy?: 'autocast';
  /** Results of the operation of tensors of these shapes. */
  run(...given: Tensor[]): Tensor[];
}

const momentsOf = ({ mean, variance }: Moments) => (mean ? [mean, variance] : [variance]);
const [B, T, D] = [3, 5, 7];
const modality = () => tf.tensor1d([0, 1, 1, 0, 1], 'int32');
const batch =
  (centred: boolean): Operation['run'] =>
  (x, gain, bias) => {
    let moments: Tensor[] = [];
    const y = batchNorm(x!, gain!, bias ?? null, { centred, eps: 1e-5 }, (batch) => {
      moments = momentsOf(batch).map((moment) => tf.keep(moment.clone()));
    });
    return [y, ...moments];
  };

const OPERATIONS: Record<string, Operation> = {
  linears: {
    shapes: [[B, T, D], [D, 6], [D, 6], [6], [6]],
    result: [B, T, 6],
    policy: 'autocast',
    run: (x, v, w, a, b) => {
      const maps = [v!, w!].map((w, i) => ({ w: w as Tensor2D, b: [a, b][i] as Tensor1D }));
      const [first, second] = linears(x!, maps) as [Tensor, Tensor];
      // A gradient that no product has stored.
      return [tf.mul(first, tf.square(second))];
    },
  },
  seedNorm: {
    shapes: [[B, T, D], [D], [D], [D]],
    run: (x, gain, alpha, beta) => [
      seedNorm(x!, { gain: gain!, alpha: alpha!, beta: beta! }, 1e-5),
    ],
  },
  adaptiveNorm: {
    shapes: [
      [B, T, D],
      [2, D],
      [2, D],
    ],
    run: (x, scale, shift) => [
      adaptiveNorm(x!, scale as Tensor2D, shift as Tensor2D, modality(), 1e-5),
    ],
  },
  batchNorm: { shapes: [[B, T, D], [D], [D]], run: batch(true) },
  'batchNorm without a mean': { shapes: [[B, T, D], [D]], run: batch(false) },
  movingAverages: {
    shapes: [[D], [D], [D], [D]],
    run: (a, b, c, d) =>
      movingAverages(
        [a!, b!],
        [
          { value: c!, factor: 1.25 },
          { value: d!, factor: 1 },
        ],
        0.1,
      ),
  },
  reparametrized: {
    shapes: [[T, D], [1]],
    run: (w, gamma) => {
      const u = tf.tensor1d([0.5, -0.25, 0.5, 0.125, 0, 0.5, -0.5]) as Tensor1D;
      let renewed: Tensor;
      const [y] = reparametrized([{ w: w as Tensor2D, gamma: gamma as Tensor1D, u }], (u) => {
        renewed = tf.keep(u.clone());
      });
      return [y!, renewed!];
    },
  },
};

let backend: TapingBackend;
beforeAll(async () => {
  await openNodeBackend('cpu');
  backend = await openWebGPU();
});
afterEach(() => {
  expect(deviceErrors).toEqual([]);
});

/** Results, gradients of the first one, and losses. */
async function computed(
  { shapes, result = shapes[0]!, policy, run }: Operation,
  format: EmulatedFormat,
) {
  const random = stream(2, format);
  const counter = createLossCounter();
  const inFormat = (shape: number[], scale: number, centre: number) => {
    const values = Array.from({ length: sizeOf(shape) }, () =>
      roundTo(policy ? 'fp32' : format, centre + scale * random.normal()),
    );
    return tf.tensor(values, shape);
  };
  const given = shapes.map((shape, i) => inFormat(shape, i ? 0.3 : 2, 0.5));
  const dy = inFormat(result, 1, 0);
  const precision = { ...everyOp(format), ...(policy && { precision_policy: policy }) };
  const made = emulate(precision, counter, () => {
    let results: Tensor[] = [];
    const forward = () => {
      results = run(...given);
      return results[0]!;
    };
    const isTrained = run !== OPERATIONS['movingAverages']!.run;
    if (!isTrained) return [forward(), ...results];
    const { value, grads } = tf.engine().gradients(forward, given, dy);
    return [value, ...results.slice(1), ...grads];
  });
  const values = await Promise.all([...made, counter.take()].map((x) => x.data<'float32'>()));
  return { results: values.slice(0, -1), losses: [...values.at(-1)!] };
}

const forms = Object.values(FORMS);
const CASES = Object.entries(OPERATIONS).flatMap(([name, operation], i) =>
  EMULATED.map((format, j) => [name, format, operation, forms[(i + j) % forms.length]!] as const),
);

test.each(CASES)('%s in %s', async (_name, format, operation, device) => {
  await tf.setBackend('cpu');
  const expected = await computed(operation, format);
  await tf.setBackend('webgpu');
  const found = await asDevice(backend, device, () => computed(operation, format));
  const step = 2 ** -FORMATS[format].mantissaBits;
  let [differing, numbers] = [0, 0];
  expected.results.forEach((values, n) => {
    const size = Math.max(...values.map(Math.abs));
    values.forEach((x, i) => {
      const y = found.results[n]![i]!;
      numbers++;
      if (Object.is(x + 0, y + 0)) return;
      differing++;
      // Another order of a sum, or another root, may round to the next number: of a few numbers.
      expect(Math.abs(x - y)).toBeLessThanOrEqual(step * (Math.abs(x) + 0.2 * size));
    });
  });
  expect(differing).toBeLessThanOrEqual(1 + 0.01 * numbers);
  found.losses.forEach((lost, i) => {
    expect(Math.abs(lost - expected.losses[i]!)).toBeLessThanOrEqual(1);
  });
});
