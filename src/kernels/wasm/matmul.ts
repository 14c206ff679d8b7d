import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { addressOf, makeOutput, productScratch, wasmKernels } from './module';

interface Attributes {
  transposeA: boolean;
  transposeB: boolean;
}

/** [.., M, K] · [.., K, N], the leading axes broadcast. @throws Error where the inner sizes differ */
const matmul: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
  const { transposeA, transposeB } = attrs as unknown as Attributes;
  const [p, q] = [a.shape.at(-2)!, a.shape.at(-1)!];
  const [M, K] = transposeA ? [q, p] : [p, q];
  const [N, inner] = transposeB
    ? [b.shape.at(-2)!, b.shape.at(-1)!]
    : [b.shape.at(-1)!, b.shape.at(-2)!];
  if (a.shape.length < 2 || b.shape.length < 2 || K !== inner) {
    throw new Error(`There is no product of [${a.shape.join()}] and [${b.shape.join()}].`);
  }
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const output = makeOutput(backend, [...leading, M, N]);
  const at = { a: addressOf(backend, a), b: addressOf(backend, b), c: addressOf(backend, output) };
  const scratch = productScratch(M, K);
  /** Where the matrix of a batch index lies; an axis of one is the same for all. */
  const offset = ({ shape }: TensorInfo, index: number) => {
    let [rest, stride, place] = [index, 1, 0];
    for (let axis = leading.length - 1; axis >= 0; axis--) {
      const own = shape[axis - leading.length + shape.length - 2] ?? 1;
      if (own > 1) place += (rest % leading[axis]!) * stride;
      stride *= own;
      rest = Math.floor(rest / leading[axis]!);
    }
    return 4 * place * shape.at(-1)! * shape.at(-2)!;
  };
  for (let i = 0; i < sizeOf(leading); i++) {
    wasmKernels().matmul(
      ...[at.c + 4 * i * M * N, at.a + offset(a, i), at.b + offset(b, i), M, N, K],
      ...[transposeA, transposeB, scratch],
    );
  }
  return output;
};

/**
 * Puts our product in the place of the library's on wasm. That one takes its fast path for plain
 * two-dimensional operands alone, and keeps the second one, packed, under its tensor's number: numbers that
 * change where they lie, as those of a tape do, it would not see.
 */
export function replaceMatMul() {
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({ kernelName: 'BatchMatMul', backendName: 'wasm', kernelFunc: matmul });
}
