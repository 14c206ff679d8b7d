import { sizeOf } from '../../lib/shapes';
import { hasKernels, registerKernel, shaderBackend } from '../kernel';
import { registerLoop } from '../loop';
import { exempt } from '../precision/current';
import { scratchOf } from '../wasm/module';
import {
  momentsProgram,
  mostMeasured,
  rmsProgram,
  segmentRmsProgram,
  tokenMomentsProgram,
} from '../webgpu/shaders/moments';
import { written, type MOMENTS, type TOKEN_MOMENTS } from './rows';

/** Most tensors that a kernel measures at once: one for each of two threads. Those that wait fall out of the caches. */
const MOST_TOGETHER = 2;
/** The same, or what a card’s shader has room for; without kernels a stack of any size is measured. */
export function mostTogether(): number {
  // Statistics are float32 whatever is emulated.
  if (!exempt(hasKernels)) return Infinity;
  const backend = shaderBackend();
  return backend ? mostMeasured(backend) : MOST_TOGETHER;
}

/** Rows of the loops below, of `assembly/moments.ts` and of `webgpu/shaders/moments.ts`. */
const OF_ALL = written<typeof MOMENTS>('rms', 'mean', 'absmax', 'kurtosis');
const OF_TOKENS = written<typeof TOKEN_MOMENTS>(
  'outlier',
  'token_cosine',
  'rms_typical',
  'rms_first',
  'rms_rest',
);

/** The numbers of a tensor. */
const widthOf = (tokens: boolean) => OF_ALL + (tokens ? OF_TOKENS : 0);

/**
 * `MOMENTS` of each of up to `mostTogether` tensors x0, x1, … of one shape; of tokens, [B, T, D], `TOKEN_MOMENTS`
 * too. → [tensors, moments]
 */
export const momentsKernel = registerKernel<string, { tokens: boolean }>({
  name: 'SiteMoments',
  shapes: (inputs, { tokens }) => [[Object.keys(inputs).length, widthOf(tokens)]],
  wasm({ kernels, inputs, outputs: [out], shapes, attributes: { tokens } }) {
    const [B, T, D] = shapes['x0'] as [number, number, number];
    const scratch = scratchOf(28 * D + 148);
    Object.values(inputs).forEach((x, i) => {
      const row = out! + 4 * i * widthOf(tokens);
      if (tokens) kernels.tokenMoments(row, x, B, T, D, scratch);
      else kernels.moments(row, x, sizeOf(shapes['x0']!));
    });
  },
  webgpu({ run, scratch, backend, inputs, outputs: [values], shapes, attributes: { tokens } }) {
    const tensors = Object.values(inputs);
    const shape = shapes['x0'] as [number, number, number];
    if (tokens) {
      const lengths = scratch([tensors.length, shape[0] * shape[1], 2]);
      run(tokenMomentsProgram(backend, tensors, shape, { values: values!, lengths }));
    } else run(momentsProgram(backend, tensors, sizeOf(shape), values!));
  },
});

/** Root mean square of each of up to `mostTogether` tensors x0, x1, … of one shape. → [tensors] */
export const rmsKernel = registerKernel<string, object>({
  name: 'SiteRms',
  shapes: (inputs) => [[Object.keys(inputs).length]],
  wasm({ kernels, inputs, outputs: [out], shapes }) {
    const size = sizeOf(shapes['x0']!);
    Object.values(inputs).forEach((x, i) => {
      kernels.rms(out! + 4 * i, x, size);
    });
  },
  webgpu({ run, backend, inputs, outputs: [values], shapes }) {
    run(rmsProgram(backend, Object.values(inputs), sizeOf(shapes['x0']!), values!));
  },
});

/**
 * Root mean squares of the tensors that lie side by side in a vector, from `starts`, [tensors + 1] int32.
 * vector: [P] → [tensors]
 */
export const segmentRmsKernel = registerKernel<'vector' | 'starts', object>({
  name: 'SegmentRms',
  shapes: ({ starts }) => [[starts[0]! - 1]],
  wasm({ kernels, inputs: { vector, starts }, outputs: [out], shapes }) {
    kernels.segmentRms(out!, vector, starts, shapes.starts[0]! - 1);
  },
  webgpu({ run, backend, inputs, outputs: [values] }) {
    run(segmentRmsProgram(backend, inputs, values!));
  },
});

/** In float64 neither squares nor fourth powers of a float32 overflow or vanish. */
const meanSquare = (x: Float32Array, start: number, end: number): number => {
  let sum = 0;
  for (let i = start; i < end; i++) sum += x[i]! * x[i]!;
  return sum / (end - start);
};

/** Root mean square of each row. [S, N] → [S] */
export const rmsLoop = registerLoop<object>({
  name: 'RowRms',
  shape: ([x]) => [x!.shape[0]!],
  run([x], output) {
    const size = x!.length / output.length;
    for (let s = 0; s < output.length; s++) {
      output[s] = Math.sqrt(meanSquare(x!, s * size, (s + 1) * size));
    }
  },
});

/** `MOMENTS` of each row, in one pass. [S, N] → [moments, S] */
export const momentsLoop = registerLoop<object>({
  name: 'RowMoments',
  shape: ([x]) => [OF_ALL, x!.shape[0]!],
  run([x], output) {
    const S = output.length / OF_ALL;
    const size = x!.length / S;
    for (let s = 0; s < S; s++) {
      let [sum, squares, fourths, largest] = [0, 0, 0, 0];
      for (let i = s * size; i < (s + 1) * size; i++) {
        const value = x![i]!;
        const square = value * value;
        sum += value;
        squares += square;
        fourths += square * square;
        const size = Math.abs(value);
        // A NaN is the largest, and stays it.
        if (size > largest || Number.isNaN(size)) largest = size;
      }
      output[s] = Math.sqrt(squares / size);
      output[S + s] = sum / size;
      output[2 * S + s] = largest;
      output[3 * S + s] = (fourths * size) / (squares * squares);
    }
  },
});

/** `TOKEN_MOMENTS` of each of S tensors, in one pass. [S, B, T, D] → [moments, S] */
export const tokenMomentsLoop = registerLoop<object>({
  name: 'TokenMoments',
  shape: ([x]) => [OF_TOKENS, x!.shape[0]!],
  run([x], output, _attributes, [shape]) {
    const [S, B, T, D] = shape as [number, number, number, number];
    const features = new Float64Array(D);
    const together = new Float64Array(D);
    for (let s = 0; s < S; s++) {
      features.fill(0);
      // Tokens that are not of zeros, the logarithms of their RMS, and mean squares.
      let [cosine, tokens, logs, first, rest] = [0, 0, 0, 0, 0];
      for (let b = 0; b < B; b++) {
        together.fill(0);
        for (let t = 0; t < T; t++) {
          const start = ((s * B + b) * T + t) * D;
          const square = meanSquare(x!, start, start + D);
          if (t === 0) first += square;
          else rest += square;
          if (square !== 0) {
            tokens++;
            logs += Math.log(square) / 2;
          }
          const length = Math.sqrt(square * D);
          for (let j = 0; j < D; j++) {
            const value = x![start + j]!;
            features[j]! += value * value;
            together[j]! += value / length;
          }
        }
        let squared = 0;
        for (let j = 0; j < D; j++) squared += together[j]! * together[j]!;
        // Σ_{i≠j} cos(x_i, x_j) = ‖Σ_i x_i/‖x_i‖‖² − T
        cosine += (squared - T) / (T * (T - 1)) / B;
      }
      let [sum, squares] = [0, 0];
      for (let j = 0; j < D; j++) {
        sum += features[j]!;
        squares += features[j]! * features[j]!;
      }
      output[s] = (squares * D) / (sum * sum);
      // One token has no other: what rounding leaves over 0 would be an infinity.
      output[S + s] = T > 1 ? cosine : NaN;
      output[2 * S + s] = Math.exp(logs / tokens);
      output[3 * S + s] = Math.sqrt(first / B);
      output[4 * S + s] = Math.sqrt(rest / (B * (T - 1)));
    }
  },
});
