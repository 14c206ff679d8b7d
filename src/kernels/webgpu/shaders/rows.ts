import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RecordingBackend } from '../backend';
import { elementwise, run, u32 } from '../program';

/**
 * Sums rows of dy by the row of a table that each came from: a thread for each number of the table, which
 * looks for its row among all ids, so that the order of the sum is fixed. dy: [N, D], ids: [N] int32 → [V, D]
 */
export function scatterRows(
  backend: RecordingBackend,
  dy: TensorInfo,
  ids: TensorInfo,
  V: number,
): TensorInfo {
  const [N, D] = dy.shape as [number, number];
  const sums = backend.makeTensorInfo([V, D], 'float32');
  run(
    backend,
    elementwise(
      {
        name: 'ScatterRows',
        inputs: { dy, ids },
        outputs: { sums },
        uniforms: { N: u32(N), D: u32(D) },
        code: () => `
          fn each(i: u32) {
            let id = i32(i / u.D);
            var whole = 0.0;
            for (var n = 0u; n < u.N; n++) {
              if (ids[n] == id) { whole += dy[n * u.D + i % u.D]; }
            }
            sums[i] = whole;
          }`,
      },
      tf.util.sizeFromShape(sums.shape),
    ),
  );
  return sums;
}
