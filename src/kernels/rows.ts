import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable';
import { registerLoop } from './loop';
import type { RecordingBackend } from './webgpu/backend';
import { scatterRows } from './webgpu/shaders/rows';

/** Sums rows of dy by the row of a table that each came from. dy: [N, D], ids: [N] → [rows, D] */
const scatterLoop = registerLoop<{ rows: number }>({
  name: 'ScatterRows',
  shape: ([dy], { rows }) => [rows, dy!.shape[1]!],
  run([dy, ids], output, _attributes, [shape]) {
    const [N, D] = shape as [number, number];
    output.fill(0);
    for (let n = 0; n < N; n++) {
      const row = ids![n]! * D;
      for (let j = 0; j < D; j++) output[row + j]! += dy![n * D + j]!;
    }
  },
  onWebGPU({ inputs, backend, attrs }) {
    const { rows } = attrs as unknown as { rows: number };
    const [dy, ids] = [inputs['input0']!, inputs['input1']!];
    return scatterRows(backend as unknown as RecordingBackend, dy, ids, rows);
  },
});

/**
 * 1 where the id is the column's. The library's own one-hot writes the bits of an integer when wasm is
 * asked for float32, and refuses a vocabulary of one. ids: [N] int32 → [N, V]
 */
export const oneHot = (ids: Tensor1D, V: number): Tensor2D =>
  tf.cast(tf.equal(tf.expandDims(ids, 1), tf.range(0, V, 1, 'int32')), 'float32') as Tensor2D;

/**
 * Rows of `table`: [V, D] chosen by `ids`: [N] int32 → [N, D]. A lookup and not a product with the one-hot
 * matrix, in which one infinite row would make every row NaN (0·∞). Its gradient is taken for the table
 * alone; where there is no loop for it, that product stands in, as TensorFlow.js has no scatter-add
 * everywhere.
 */
export const chooseRows = (table: Tensor2D, ids: Tensor1D): Tensor2D =>
  differentiable(
    (table: Tensor2D) => ({ value: tf.gather(table, ids) as Tensor2D, saved: [ids] }),
    (dy, ids) => {
      const rows = table.shape[0];
      const scattered = scatterLoop([dy, ids!], { rows });
      return [scattered ?? tf.matMul(tf.transpose(oneHot(ids as Tensor1D, rows)), dy)];
    },
  )(table);
