export { linear, linearInputGradient, linearWeightGradient, matmul } from './linear';
export { addRowNorm, addRowNormGradient, rowNorm, rowNormGradient } from './norm';
export { attention, attentionGradient, headMoments } from './attention';
export { activation, activationGradient, pointNorm, pointNormGradient } from './activation';
export { moments, rms, segmentRms, tokenMoments } from './moments';
export { adam } from './optimizer';
export { add, divide, multiply } from './elementwise';
export { embedding, embeddingGradient } from './rows';
export { crossEntropy, outputMoments } from './loss';

export function copy(to: usize, from: usize, bytes: i32): void {
  memory.copy(to, from, bytes);
}
