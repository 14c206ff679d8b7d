export { linear, linearInputGradient, linearWeightGradient, matmul } from './linear';
export { attention, attentionGradient } from './attention';
export { rowNorm, rowNormGradient } from './roundedNorm';
export { tabled, tabledGradient, tabulate } from './roundedActivation';
export { pointNorm, pointNormGradient } from './activation';
export { rotated } from './rotated';
export { scaledGradient } from './scaled';
export { be, share } from './share';
export { round, setRounding, tableEntries } from './rounding';
