import { expect, test } from 'vitest';
import { normWork, WORKING_NORMS } from '../../src/normCosts/work';

const SIZE = [4, 32] as const; // 128 numbers, 512 bytes
const LAYERNORM = { weights: 32, biases: 32, buffers: 0 };
const BATCHNORM = { weights: 32, biases: 32, buffers: 64 };

test.each([
  // x and y; gain and bias.
  ['layernorm', 'alone', 'forward', LAYERNORM, 2 * 512 + 256, 7 * 128],
  // dy, x, dx; the gain, and the gradients of gain and bias.
  ['layernorm', 'alone', 'backward', LAYERNORM, 3 * 512 + 384, 13 * 128],
  // x, what is added, the sum; the sum again and y.
  ['layernorm', 'added', 'forward', LAYERNORM, 5 * 512 + 256, 8 * 128],
  ['layernorm', 'added', 'backward', LAYERNORM, 6 * 512 + 384, 14 * 128],
  // x, what is added, the sum, y; dy, the sum, its own gradient, dx.
  ['layernorm', 'fused', 'forward', LAYERNORM, 4 * 512 + 256, 8 * 128],
  ['layernorm', 'fused', 'backward', LAYERNORM, 4 * 512 + 384, 14 * 128],
  // Running statistics are read and written.
  ['batchnorm', 'alone', 'forward', BATCHNORM, 2 * 512 + 256 + 512, 7 * 128],
  ['batchnorm', 'alone', 'backward', BATCHNORM, 3 * 512 + 384, 9 * 128],
  // Of 32 features 2 are counted: x² and Σ are made of a sixteenth.
  ['prmsnorm', 'alone', 'forward', { weights: 32, biases: 0, buffers: 0 }, 1024 + 128, 272],
] as const)('%s, %s, %s', (norm, variant, pass, numbers, bytes, flops) => {
  expect(normWork(norm, variant, pass, SIZE, numbers)).toEqual({ bytes, flops });
});

test('no norm computes less backward than forward', () => {
  for (const norm of WORKING_NORMS) {
    const [forward, backward] = (['forward', 'backward'] as const).map(
      (pass) => normWork(norm, 'alone', pass, SIZE, LAYERNORM).flops,
    );
    expect(backward).toBeGreaterThan(forward!);
  }
});
