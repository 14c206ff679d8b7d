import { registerKernel } from '../kernel';
import { registerLoop } from '../loop';
import { scratchOf } from '../wasm/module';
import { headStatisticsProgram } from '../webgpu/shaders/attention';
import { written, type HEAD_MOMENTS } from './rows';

/** Rows of the loop below, of `assembly/attention.ts` and of `webgpu/shaders/attention.ts`. */
const ROWS = written<typeof HEAD_MOMENTS>('entropy', 'max_logit', 'sink', 'distance');

/**
 * `HEAD_MOMENTS` of each head, means over the batch (of the scores that may be used the largest).
 * scores, pattern: [B, H, T, T] → [moments, H]
 */
export const headKernel = registerKernel<'scores' | 'pattern', { causal: boolean }>({
  name: 'HeadStatistics',
  shapes: ({ scores }) => [[ROWS, scores[1]!]],
  wasm({ kernels, inputs: { scores, pattern }, outputs: [out], shapes, attributes }) {
    const [B, H, T] = shapes.scores as [number, number, number];
    kernels.headMoments(out!, scores, pattern, B, H, T, attributes.causal, scratchOf(8 * T));
  },
  webgpu({ run, backend, inputs, outputs: [statistics], shapes, attributes: { causal } }) {
    const [B, H, T] = shapes.scores as [number, number, number];
    const sizes = { B, H, T, causal };
    run(headStatisticsProgram(backend, sizes, inputs, { statistics: statistics! }));
  },
});

/**
 * `HEAD_MOMENTS` of each head of one pattern, over the keys that a row sees; all but the largest score
 * as sums over rows and keys.
 * scores, pattern: [G, T, T] → [moments, G]
 *
 * A row's entropy is ln Z − Σ_j A_ij (s_ij − max), with ln Z = ln c + ln(1 + r/c), c the number of largest
 * scores and r the sum of the other exponentials: exact also where one key has nearly everything.
 */
export const headLoop = registerLoop<{ causal: boolean }>({
  name: 'HeadMoments',
  shape: ([scores]) => [ROWS, scores!.shape[0]!],
  run([scores, pattern], output, { causal }, [shape]) {
    const [G, T] = shape as [number, number, number];
    for (let g = 0; g < G; g++) {
      let [entropy, sink, distance, highest] = [0, 0, 0, -Infinity];
      for (let i = 0; i < T; i++) {
        const row = (g * T + i) * T;
        const keys = causal ? i + 1 : T;
        let largest = -Infinity;
        for (let j = 0; j < keys; j++) {
          const score = scores![row + j]!;
          if (score > largest || Number.isNaN(score)) largest = score;
        }
        if (largest > highest || Number.isNaN(largest)) highest = largest;
        let [count, rest, weighted] = [0, 0, 0];
        for (let j = 0; j < keys; j++) {
          const weight = pattern![row + j]!;
          // A difference of huge scores may be −∞, and 0·∞ is no number.
          const below = Math.max(scores![row + j]! - largest, -1e4);
          if (below === 0) count++;
          else rest += Math.exp(below);
          if (below !== 0) weighted += weight * below;
          distance += weight * (i - j);
        }
        if (i > 0) {
          entropy += (Math.log(count) + Math.log1p(rest / count) - weighted) / Math.log(keys);
          sink += pattern![row]!;
        }
      }
      output[g] = entropy / (T - 1);
      output[G + g] = highest;
      output[2 * G + g] = sink / (T - 1);
      output[3 * G + g] = distance / T;
    }
  },
});
