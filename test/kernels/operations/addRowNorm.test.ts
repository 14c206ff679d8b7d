import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { addRowNorm } from '../../../src/kernels/operations/norms/addRowNorm';
import { rowNorm, type RowNorm } from '../../../src/kernels/operations/norms/rowNorm';

beforeAll(() => openNodeBackend('wasm'));

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0.3, 2, 'float32', seed);

const KINDS: RowNorm[] = [
  { kind: 'standardize', eps: 1e-5 },
  { kind: 'rms', eps: 1e-5 },
  { kind: 'rms', eps: 1e-5, counted: 3 },
  { kind: 'length', eps: 1e-5 },
];
const CASES = KINDS.flatMap((norm) =>
  // What is left of four at a time, too.
  [16, 19].flatMap((D) =>
    ['both', 'gain', 'none', 'single'].map((learned) => ({ norm, D, learned, kind: norm.kind })),
  ),
);

const numbers = (tensors: Tensor[]) => tensors.map((x) => [...x.dataSync()]);

test.each(CASES)(
  'a sum and its norm at once are the two: $kind, $D features, $learned',
  ({ norm, D, learned }) => {
    tf.tidy(() => {
      const [x, added, dy, dtotal] = [1, 2, 3, 4].map((seed) => random([2, 5, D], seed)) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const gain = learned === 'none' ? null : random([learned === 'single' ? 1 : D], 5);
      const bias = learned === 'both' ? random([D], 6) : null;

      const fused = addRowNorm(x, added, gain, bias, norm)!;
      const total = tf.add(x, added);
      expect(numbers([fused.total])).toEqual(numbers([total]));
      expect(numbers([fused.y])).toEqual(numbers([rowNorm(total, gain, bias, norm)]));

      const given = [total, gain, bias].filter((tensor) => tensor !== null);
      const { grads } = tf.engine().gradients(() => rowNorm(total, gain, bias, norm), given, dy);
      const [dx, ...rest] = grads as [Tensor, ...Tensor[]];
      expect(numbers(fused.gradient(dy, dtotal))).toEqual(numbers([tf.add(dx, dtotal), ...rest]));
    });
  },
);

test('there is none on a backend without our kernels', async () => {
  await openNodeBackend('cpu');
  const x = random([2, 4], 1);
  expect(addRowNorm(x, x, null, null, KINDS[0]!)).toBeNull();
});
