import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { registerLoop } from '../loop';
import { embeddingGradientProgram, embeddingProgram } from '../webgpu/shaders/rows';

/** y_n = table[ids_n] + added[n mod T]. table: [V, D], ids: [N] int32, added: [T, D] → [N, D] */
const forward = registerKernel<'table' | 'ids' | 'added', object>({
  name: 'Embedding',
  rounds: 'results',
  shapes: ({ table, ids }) => [[ids[0]!, table[1]!]],
  wasm({ kernels, inputs: { table, ids, added = 0 }, outputs: [y], shapes }) {
    const [N, D, T] = [shapes.ids[0]!, shapes.table[1]!, shapes.added?.[0] ?? 0];
    kernels.embedding(y!, table, ids, added, N, D, T);
  },
  webgpu({ run, inputs, outputs: [y] }) {
    run(embeddingProgram(inputs, { y: y! }));
  },
});

/** Rows of the table, and those that are added, 0 where none are. */
interface Rows {
  table: number;
  added: number;
}

/** Σ dy by the row that each came from. dy: [N, D], ids: [N] int32 → [table, D] and, if any, [added, D] */
const gradient = registerKernel<'dy' | 'ids', Rows>({
  name: 'EmbeddingGradient',
  rounds: 'results',
  shapes: ({ dy }, { table, added }) =>
    [table, ...(added ? [added] : [])].map((rows) => [rows, dy[1]!]),
  wasm({ kernels, inputs: { dy, ids }, outputs, shapes, attributes: { table, added } }) {
    const [dtable, dadded = 0] = outputs;
    const [N, D] = shapes.dy as [number, number];
    kernels.embeddingGradient(dtable!, dadded, dy, ids, N, D, table, added);
  },
  webgpu({ run, inputs, outputs: [dtable, dadded] }) {
    run(embeddingGradientProgram(inputs, { dtable: dtable!, ...(dadded && { dadded }) }));
  },
});

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
  webgpu: ([dy, ids], dtable) => embeddingGradientProgram({ dy: dy!, ids: ids! }, { dtable }),
});

/**
 * 1 where the id is the column's. The library's own one-hot writes the bits of an integer when wasm is
 * asked for float32, and refuses a vocabulary of one. ids: [N] int32 → [N, V]
 */
export const oneHot = (ids: Tensor1D, V: number): Tensor2D =>
  tf.cast(tf.equal(tf.expandDims(ids, 1), tf.range(0, V, 1, 'int32')), 'float32') as Tensor2D;

/** The gradient of `chooseRows`; where there is no loop, a product, as there is no scatter-add everywhere. */
const scattered = (dy: Tensor, ids: Tensor1D, rows: number): Tensor =>
  scatterLoop([dy, ids], { rows }) ?? tf.matMul(tf.transpose(oneHot(ids, rows)), dy);

/**
 * Rows of `table`: [V, D] chosen by `ids`: [N] int32 → [N, D]. A lookup and not a product with the one-hot
 * matrix, in which one infinite row would make every row NaN (0·∞). Its gradient is taken for the table
 * alone.
 */
export const chooseRows = (table: Tensor2D, ids: Tensor1D): Tensor2D =>
  differentiable(
    (table: Tensor2D) => ({
      value: (forward({ table, ids }, {})?.[0] ?? tf.gather(table, ids)) as Tensor2D,
      saved: [ids],
    }),
    (dy, ids) => {
      const rows = table.shape[0];
      return (
        gradient({ dy, ids }, { table: rows, added: 0 }) ?? [scattered(dy, ids as Tensor1D, rows)]
      );
    },
  )(table);

/** Rows of `table`: [V, D] chosen by `ids`: [B·T] int32, with `added`: [T, D] added to every sequence → [B·T, D] */
export function embedding(table: Tensor2D, ids: Tensor1D, added: Tensor2D): Tensor2D {
  const [T, D] = added.shape;
  if (!forward.isHere()) {
    const chosen = tf.reshape(chooseRows(table, ids), [-1, T, D]);
    return tf.reshape(tf.add(chosen, added), [-1, D]);
  }
  return differentiable(
    (table: Tensor2D, added: Tensor2D) => ({
      value: forward({ table, ids, added }, {})![0] as Tensor2D,
      saved: [ids],
    }),
    (dy, ids) => gradient({ dy, ids }, { table: table.shape[0], added: T })!,
  )(table, added);
}
