export { linear, linearInputGradient, linearWeightGradient, matmul } from './linear';
export { attention, attentionGradient } from './attention';
export { rowNorm, rowNormGradient } from './roundedNorm';
export { tabled, tabledGradient, tabulate } from './roundedActivation';
export { be, share } from './share';
export { round, setRounding, tableEntries } from './rounding';
