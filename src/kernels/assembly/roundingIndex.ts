export { linear, linearInputGradient, linearWeightGradient, matmul } from './linear';
export { attention, attentionGradient } from './attention';
export { be, share } from './share';
export { round, setRounding } from './rounding';
