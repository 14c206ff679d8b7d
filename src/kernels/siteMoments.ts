import { registerLoop } from './loop';

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

/** RMS, mean, largest absolute value and kurtosis of each row, in one pass. [S, N] → [4, S] */
export const momentsLoop = registerLoop<object>({
  name: 'RowMoments',
  shape: ([x]) => [4, x!.shape[0]!],
  run([x], output) {
    const S = output.length / 4;
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

/** Neuron kurtosis and token cosine of each of S tensors, in one pass. [S, B, T, D] → [2, S] */
export const tokenMomentsLoop = registerLoop<object>({
  name: 'TokenMoments',
  shape: ([x]) => [2, x!.shape[0]!],
  run([x], output, _attributes, [shape]) {
    const [S, B, T, D] = shape as [number, number, number, number];
    const features = new Float64Array(D);
    const together = new Float64Array(D);
    for (let s = 0; s < S; s++) {
      features.fill(0);
      let cosine = 0;
      for (let b = 0; b < B; b++) {
        together.fill(0);
        for (let t = 0; t < T; t++) {
          const start = ((s * B + b) * T + t) * D;
          const length = Math.sqrt(meanSquare(x!, start, start + D) * D);
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
    }
  },
});
