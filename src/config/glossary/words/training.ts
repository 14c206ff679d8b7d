import { words } from './word';

/** Loss, training and evaluation. */
export const TRAINING = words({
  'loss level': {
    also: ['level of the loss', 'levels of the loss'],
    note: 'A line in the loss panel with a meaning of its own: what guessing, letter frequencies, or the best possible model reaches.',
  },
  'unigram entropy': {
    also: ['entropy of single letters'],
    formula: String.raw`H = -\sum_w p(w)\ln p(w)`,
    note: 'The loss of a model that knows how often each symbol comes, and nothing else. A loss below it shows that the model has learned from what stands before.',
  },
  'uniform guess': {
    also: ['ln V', 'guessing evenly'],
    formula: String.raw`\ln V`,
    note: 'The loss of guessing all V symbols with the same probability.',
  },
  floor: {
    also: ['floor of the loss'],
    note: 'The loss of the best model there can be for a task: 0 where what stands before determines the next symbol, and the entropy of the source where that is random.',
  },
  nat: {
    formula: String.raw`1\ \mathrm{nat} = 1/\ln 2 \approx 1.44\ \mathrm{bits}`,
    note: 'The unit of entropy and of cross-entropy where logarithms are natural.',
  },
  perplexity: {
    formula: String.raw`e^{\mathcal L}`,
    note: 'The exponential of the cross-entropy in nats: among how many equally likely symbols the model still hesitates.',
  },
  'counted token': {
    also: ['counted target'],
    note: 'A token whose prediction is part of the loss. Some tasks leave out those that nobody could predict.',
  },
  update: {
    isPlain: true,
    note: 'One change of the weights by the optimizer; with it a step ends.',
  },
  gradient: {
    isPlain: true,
    formula: String.raw`\partial\mathcal L/\partial x`,
    note: 'How the loss changes with a number. It runs through the stack from the last layer back to the first.',
  },
  'first moment': {
    formula: String.raw`m \leftarrow \beta_1 m + (1 - \beta_1)\,g`,
    note: 'Adam’s running mean of the gradient.',
    source: 'Kingma, Ba 2015, Adam, algorithm 1',
  },
  'second moment': {
    formula: String.raw`v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2`,
    note: 'Adam’s running mean of the squared gradient. A step is divided by its root.',
    source: 'Kingma, Ba 2015, Adam, algorithm 1',
  },
  'Newton-Schulz step': {
    note: 'A product of matrices that brings all singular values of a matrix nearer to 1. Muon makes five of them.',
    source: 'Jordan et al. 2024, Muon: An Optimizer for Hidden Layers in Neural Networks',
  },
  divergence: {
    also: ['diverge', 'diverges', 'diverged'],
    note: 'The loss grows instead of falling, until numbers are not finite.',
  },
  calibration: {
    also: ['calibrated'],
    note: 'How well a model knows how sure it may be: whether it is right as often as its probabilities say.',
    source: 'Guo et al. 2017, On Calibration of Modern Neural Networks',
  },
  evaluation: {
    isPlain: true,
    note: 'The model as it is used and not trained: running statistics, nothing dropped, perhaps longer sequences.',
  },
  leak: {
    also: ['leaks between tokens'],
    note: 'A later token changes the output at an earlier one, though the causal mask forbids it. Statistics over the batch do that.',
  },
  'training-inference discrepancy': {
    also: ['TID', 'discrepancy'],
    note: 'How far the statistics of a batch, which training uses, are from the running ones, which evaluation uses.',
    source:
      'Wang, Wu, Huang 2022, Understanding the Failure of Batch Normalization for Transformers in NLP',
  },
  grokking: {
    note: 'A model that fits its training data early generalizes only much later, and then suddenly.',
    source:
      'Power et al. 2022, Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets',
  },
  'induction head': {
    note: 'A head that looks for what came after the last occurrence of the present token, and copies it.',
    source: 'Olsson et al. 2022, In-context Learning and Induction Heads',
  },
});
