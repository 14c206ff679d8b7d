import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { createLossCounter } from '../../../src/kernels/precision/lossCounter';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { STAGES } from '../../../src/kernels/webgpu/shaders/arithmetic';
import { emulate, type Precision } from '../../../src/kernels/precision/emulate';
import { FORMATS, roundTo, type EmulatedFormat } from '../../../src/lib/floats';
import { asDevice, deviceErrors, FORMS, openWebGPU } from '../../support/dawn';
import { EMULATED } from '../precision/formats';
import { CASES, RELATIVE, results, type Case } from './kernelCases';

let backend: TapingBackend;
beforeAll(async () => {
  backend = await openWebGPU();
  await openNodeBackend('wasm');
});
afterEach(() => {
  expect(deviceErrors).toEqual([]);
});

/** Kernels that round inside; under `autocast` only the first ones do. */
const OF_PRODUCTS = ['Linear', 'LinearGradient', 'Attention', 'AttentionGradient'];
const ROUNDING = [
  ...[...OF_PRODUCTS, 'RowNorm', 'RowNormGradient', 'PointNorm', 'PointNormGradient'],
  ...['Activation', 'ActivationGradient', 'Embedding', 'EmbeddingGradient'],
  ...['Rotated', 'Dropped', 'Scaled', 'ScaledGradient'],
];

/** The same case with inputs of the format. */
const inFormat = (one: Case, format: EmulatedFormat): Case => ({
  ...one,
  inputs: Object.fromEntries(
    Object.entries(one.inputs).map(([name, given]) => [
      name,
      given && given.values instanceof Float32Array
        ? { ...given, values: given.values.map((x) => roundTo(format, x)) }
        : given,
    ]),
  ),
});

/** Results in a format, and what that loses, stage by stage. */
async function emulated(one: Case, precision: Precision) {
  const counter = createLossCounter(STAGES);
  const values = await results(one, (run) => emulate(precision, counter, run));
  for (let stage = 1; stage < STAGES; stage++) counter.mark();
  const taken = counter.take();
  const losses = [...(await taken.data())];
  taken.dispose();
  return { values, losses };
}

/**
 * Another order of a sum, and another exponential, may round to the next number: of a few numbers. What stays in float32
 * differs in last digits.
 */
function expectRounded(found: Float32Array[], expected: Float32Array[], format: EmulatedFormat) {
  const step = 2 ** -FORMATS[format].mantissaBits;
  let [rounded, numbers] = [0, 0];
  expected.forEach((values, n) => {
    const size = Math.max(...Array.from(values, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
    values.forEach((x, i) => {
      const y = found[n]![i]!;
      const near = (digit: number) =>
        Object.is(x, y) || Math.abs(x - y) <= digit * (0.1 * size + Math.abs(x));
      numbers++;
      if (near(RELATIVE)) return;
      rounded++;
      if (!near(step)) expect.fail(`number ${i} of result ${n} is ${y} and not ${x}`);
    });
  });
  expect(rounded).toBeLessThanOrEqual(2 + 0.005 * numbers);
}

const forms = Object.values(FORMS);
/** Every case in one format after the other, and on one device after the other: all kernels have cases enough for all of them. */
const EMULATED_CASES = CASES.filter(({ kernel }) => ROUNDING.includes(kernel)).flatMap((one, i) => {
  const policies = OF_PRODUCTS.includes(one.kernel)
    ? (['every_op', 'autocast'] as const)
    : (['every_op'] as const);
  return policies.map((precision_policy, j) => {
    const precision = EMULATED[(i + j) % EMULATED.length]!;
    const name = `${precision}, ${precision_policy}: ${one.kernel}: ${one.name}`;
    const device = forms[Math.floor(i / EMULATED.length + j) % forms.length]!;
    return [name, one, { precision, precision_policy }, device] as const;
  });
});

test.each(EMULATED_CASES)('in a format, %s', async (_name, one, precision, device) => {
  const format = precision.precision as EmulatedFormat;
  const given = inFormat(one, format);
  await tf.setBackend('wasm');
  const expected = await emulated(given, precision);
  await tf.setBackend('webgpu');
  const found = await asDevice(backend, device, () => emulated(given, precision));
  expectRounded(found.values, expected.values, format);
  expect(found.losses).toEqual(expected.losses);
});
