/**
 * A transformer that shares nothing with the app: plain loops in float64, gradients from a tape of its
 * own, every statistic from its definition. It is the judge of the engine: what TensorFlow.js computes is
 * compared with it, and it is itself checked against finite differences.
 *
 *   referenceFrame(config, weights, batch)   every number of a record's frame, and the tensors behind them
 *   referenceLoss(config, weights, batch)    the loss alone
 *   referenceUpdate(config, weights, grads, state, n)   update n of the optimizer; start with new Map()
 *   weightShapes(config, vocabulary)         the tensors a weights file has
 *   randomWeights(config, vocabulary, random), seeded(seed)   weights to try it with
 *
 * Weights are named as in a weights file. With the task `gaussian` there is no batch (null), and the
 * stack reads the tensor `x0`; the objective `random_projection` reads `R`.
 */
export type { RefConfig, Settings } from './config';
export { compareSlopes, compareTotals, derivative, type Slope } from './finiteDifference';
export { referenceFrame, referenceLoss, type ReferenceFrame } from './frame';
export { isBuffer, isParameter, type Batch, type Options, type Weights } from './model';
export { activations } from './activations';
export { norms } from './norms';
export { placements } from './placements';
export { residualScales } from './residualScales';
export { learningRate, referenceUpdate, type OptimizerState, type Update } from './optimizer';
export { seeded, type Random } from './random';
export { weightShapes, randomWeights } from './weights';
export type { HeadStatistics, OutputStatistics, SiteStatistics } from './statistics';
