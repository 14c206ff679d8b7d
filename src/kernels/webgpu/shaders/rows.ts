import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import { elementwise, u32, type Program } from '../program';

/** y_n = table[ids_n] + added[n mod T]. table: [V, D], ids: [N] int32, added: [T, D] → [N, D] */
export const embeddingProgram = (
  inputs: { table: TensorInfo; ids: TensorInfo; added?: TensorInfo },
  outputs: { y: TensorInfo },
): Program =>
  elementwise(
    {
      name: 'Embedding',
      ...{ inputs, outputs },
      uniforms: {
        D: u32(inputs.table.shape[1]!),
        added_size: u32(inputs.added ? sizeOf(inputs.added.shape) : 0),
      },
      code: () => `
        fn each(i: u32) {
          let chosen = table[u32(ids[i / u.D]) * u.D + i % u.D];
          y[i] = ${inputs.added ? 'rounded(chosen + added[i % u.added_size])' : 'chosen'};
        }`,
    },
    sizeOf(outputs.y.shape),
  );

/**
 * Sums of dy by the row that each came from: a thread for each number of the results, which goes through all
 * ids or sequences, so that the order of the sum is fixed. dy: [N, D], ids: [N] int32 → [V, D], [T, D]
 */
export const embeddingGradientProgram = (
  inputs: { dy: TensorInfo; ids: TensorInfo },
  outputs: { dtable: TensorInfo; dadded?: TensorInfo },
): Program => {
  const size = {
    table: sizeOf(outputs.dtable.shape),
    added: outputs.dadded ? sizeOf(outputs.dadded.shape) : 0,
  };
  return elementwise(
    {
      name: 'EmbeddingGradient',
      ...{ inputs, outputs },
      uniforms: {
        N: u32(inputs.ids.shape[0]!),
        D: u32(inputs.dy.shape[1]!),
        table_size: u32(size.table),
        added_size: u32(size.added),
      },
      code: () => `
        fn each(i: u32) {
          var whole = 0.0;
          ${outputs.dadded ? OF_ADDED : ''}
          let id = i32(i / u.D);
          for (var n = 0u; n < u.N; n++) {
            if (ids[n] == id) { whole += dy[n * u.D + i % u.D]; }
          }
          dtable[i] = rounded(whole);
        }`,
    },
    size.table + size.added,
  );
};

const OF_ADDED = `
  if (i >= u.table_size) {
    for (var at = i - u.table_size; at < u.N * u.D; at += u.added_size) { whole += dy[at]; }
    dadded[i - u.table_size] = rounded(whole);
    return;
  }`;
