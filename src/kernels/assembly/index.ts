export { linear, linearInputGradient, linearWeightGradient, matmul } from './linear';
export { addRowNorm, addRowNormGradient, rowNorm, rowNormGradient } from './norm';
export { adaptiveNorm, adaptiveNormGradient } from './adaptiveNorm';
export { batchMoments, batchNormGradient, normBy } from './batchNorm';
export { discrepancy, movingAverage } from './runningMoments';
export { seedNorm, seedNormGradient } from './seedNorm';
export { attention, attentionGradient } from './attention';
export { headMoments } from './headMoments';
export { activation, activationGradient, pointNorm, pointNormGradient } from './activation';
export { clipped, moments, rms, segmentRms } from './moments';
export { tokenMoments } from './tokenMoments';
export { adam, changed } from './optimizer';
export { productScratch } from './product';
export { takeLosses } from './rounding';
export { be, share } from './share';
export { modalityRms } from './modality';
export { blended, overNorm } from './newtonSchulz';
export { dropped } from './noise';
export { rotated } from './rotated';
export { scaled, scaledGradient } from './scaled';
export { spectral, spectralGradient } from './spectral';
export { add, divide, multiply } from './elementwise';
export { embedding, embeddingGradient } from './rows';
export { crossEntropy, outputMoments } from './loss';

export function copy(to: usize, from: usize, bytes: i32): void {
  memory.copy(to, from, bytes);
}
