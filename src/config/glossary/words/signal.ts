import { words } from './word';

/** What happens to signals and gradients, and what theory says of it. */
export const SIGNAL = words({
  'mean square': {
    formula: String.raw`V = \tfrac1N\sum x^2`,
    note: 'The mean of the squares of all numbers of a tensor; its root is the RMS.',
  },
  'geometric mean': {
    formula: String.raw`\exp\left(\tfrac1n\sum\ln x\right)`,
    note: 'The mean on a logarithmic axis: the exponential of the mean logarithm. One very large number hardly moves it.',
  },
  'excess kurtosis': {
    formula: String.raw`E[x^4]/E[x^2]^2 - 3`,
    note: 'How much heavier the tails of a distribution are than those of a normal one, for which it is 0.',
  },
  'rank collapse': {
    also: ['collapse of attention', 'tokens have aligned'],
    note: 'All tokens of a sequence become the same vector. Attention has then nothing to choose between, and queries and keys get no gradient.',
    source:
      'Dong, Cordonnier, Loukas 2021, Attention is Not All You Need; Noci et al. 2022, Signal Propagation in Transformers',
  },
  'entropy collapse': {
    also: ['collapse of attention entropy', 'attention collapses'],
    note: 'Every query of a head reads one key alone: the entropy of attention falls to 0, while the largest score grows. Training often breaks soon after.',
    source:
      'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
  },
  'attention sink': {
    note: 'A token, mostly the first, that gets much attention whatever it says: a place for a head to look at where it has nothing to read.',
    source: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
  },
  'massive activation': {
    also: ['massive element'],
    note: 'A single number of the stream that is hundreds or thousands of times larger than the others. Here: above 100, and above 1000 times the median.',
    source: 'Sun et al. 2024, Massive Activations in Large Language Models',
  },
  'vanishing gradient': {
    also: ['gradient vanishes', 'gradients vanish', 'vanished gradient'],
    note: 'The gradient becomes smaller with every layer on its way back, until the first layers learn nothing.',
  },
  'exploding gradient': {
    also: ['gradient explodes', 'gradients explode'],
    note: 'The gradient grows with every layer on its way back, until an update destroys the weights.',
  },
  'mean-field theory': {
    also: ['mean field', 'mean-field'],
    note: 'Predicts what a random network of large width does: sums over many features are replaced by their means, so that a few numbers follow the signal from layer to layer.',
    source:
      'Poole et al. 2016, Exponential expressivity in deep neural networks; Schoenholz et al. 2017, Deep Information Propagation',
  },
  law: {
    isPlain: true,
    note: 'An equation that theory has for a quantity at initialization, with its assumptions.',
  },
  ρ: {
    also: ['mean cosine'],
    formula: String.raw`\rho = \mathrm{mean}_{i \ne j}\cos(x_i, x_j)`,
    note: 'The mean cosine between two tokens of one sequence: 0 where they have nothing to do with one another, 1 where they are the same. The page measures it as token alignment.',
    source: 'Noci et al. 2022, Signal Propagation in Transformers',
  },
  'arc-cosine kernel': {
    note: 'The mean product of what two correlated normal numbers become under ReLU or a power of it.',
    source: 'Cho, Saul 2009, Kernel Methods for Deep Learning',
  },
  'layer gain': {
    isPlain: true,
    also: ['gain of a layer'],
    note: 'The factor by which a layer makes the signal larger, or the gradient on its way back.',
  },
  'learned gain': {
    also: ['unit gain'],
    formula: 'g',
    note: 'The factor, one for each feature, that a norm multiplies its output by. It is learned, and 1 at first.',
  },
  'logit lens': {
    note: 'Reads the stream at every depth by the model’s own final norm and unembedding, as if the stack ended there.',
    source: 'nostalgebraist 2020, interpreting GPT: the logit lens',
  },
  'angular distance': {
    also: ['half turn'],
    formula: String.raw`\tfrac1\pi\arccos\cos(x_l, x_m)`,
    note: 'The angle between the stream at two depths, in half turns: 0 is the same direction, ½ a right angle.',
    source: 'Gromov et al. 2024, The Unreasonable Ineffectiveness of the Deeper Layers',
  },
  'singular value': {
    formula: String.raw`W = \sum_i \sigma_i\,u_i v_i^\top`,
    note: 'A factor by which a matrix stretches one of its own directions. There are as many as it has rows or columns, whichever are fewer.',
  },
  'spectral norm': {
    also: ['largest singular value'],
    formula: String.raw`\lVert W\rVert_2 = \sigma_1`,
    note: 'The largest singular value of a matrix: the most that it can lengthen a vector.',
  },
  'stable rank': {
    formula: String.raw`\lVert W\rVert_F^2/\lVert W\rVert_2^2`,
    note: 'How many equal singular values of the largest one’s size would have the same sum of squares. It is never above the rank.',
  },
  'effective rank': {
    formula: String.raw`\exp\left(-\sum_i p_i\ln p_i\right),\; p_i = \sigma_i/\textstyle\sum_j\sigma_j`,
    note: 'How many directions the tokens really fill: the exponential of the entropy of the singular values.',
    source: 'Roy, Vetterli 2007, The Effective Rank: A Measure of Effective Dimensionality',
  },
  'condition number': {
    formula: String.raw`\sigma_1/\sigma_n`,
    note: 'The largest singular value over the smallest. Where it is large, some directions pass and others are nearly lost.',
  },
});
