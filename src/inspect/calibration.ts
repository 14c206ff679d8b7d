import type { LanePrediction } from './readings';
import { readRow } from './softmax';

const BINS = 15;

/**
 * Reliability over the counted tokens, and the expected calibration error Σ_k n_k/N |acc_k − conf_k| (Guo et al. 2017,
 * eq. 3): bin k, from 1, holds confidences above (k − 1)/15 and at most k/15.
 * @param logits [N, V]
 * @param targets [N], −1 is not counted
 */
export function calibrationOf(
  logits: Float32Array,
  targets: Int32Array,
): Pick<LanePrediction, 'calibration' | 'ece'> {
  const V = logits.length / targets.length;
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  let isFinite = true;
  targets.forEach((target, n) => {
    if (target < 0) return;
    const { best, confidence } = readRow(logits, n * V, V);
    const bin = bins[Math.min(Math.ceil(confidence * BINS), BINS) - 1];
    if (bin) {
      bin.count++;
      bin.confidence += confidence;
      bin.right += Number(best === target);
    } else isFinite = false;
  });
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  const gap = bins.reduce((sum, { right, confidence }) => sum + Math.abs(right - confidence), 0);
  return {
    calibration: bins.map(({ count, confidence, right }) => ({
      ...{ count, confidence: confidence / count, accuracy: right / count },
    })),
    ece: isFinite ? gap / count : NaN,
  };
}
