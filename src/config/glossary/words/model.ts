import { words } from './word';

/** Parts of the transformer, and what flows through it. */
export const MODEL = words({
  'residual stream': {
    also: ['stream'],
    formula: String.raw`x_{l+1} = x_l + f(x_l)`,
    note: 'The vector of every token that runs through the whole stack. Each sublayer reads it and adds to it.',
  },
  'final stream': {
    note: 'The residual stream after the last block, before the final norm and the unembedding.',
  },
  sublayer: {
    note: 'Half a block: attention or MLP, with the norm that its placement gives it.',
  },
  branch: {
    also: ['residual branch'],
    formula: 'f(x)',
    note: 'The way that leaves the stream, goes through a sublayer, and comes back by an addition.',
  },
  'skip connection': {
    also: ['residual connection'],
    formula: 'x + f(x)',
    note: 'The way that passes a sublayer by: what came in is added to what the sublayer gives.',
  },
  'residual update': {
    note: 'One addition to the stream, with the norms around it. A block makes two, of attention and of the MLP. Where the norm stands in it is the placement.',
  },
  block: {
    isPlain: true,
    note: 'One layer of the stack: an attention sublayer, then an MLP sublayer.',
  },
  layer: {
    isPlain: true,
    note: 'One block of the stack, counted from 0. Layer 0 reads the embedding.',
  },
  depth: {
    isPlain: true,
    note: 'How many layers a signal has passed; also the number of all layers.',
  },
  'attention head': {
    also: ['head'],
    note: 'One of several attentions that run side by side in a layer, each on its own part of the features.',
  },
  query: {
    note: 'What a token asks for in attention: a linear map of what attention reads. Its products with the keys are the scores.',
  },
  'attention key': {
    also: ['queries and keys', 'query and key'],
    note: 'What a token offers to be found by in attention. A query weighs the values of tokens by how well it fits their keys.',
  },
  'attention score': {
    also: ['score'],
    formula: String.raw`s_{ij} = q_i \cdot k_j/\sqrt{d_h}`,
    note: 'How well the query of token i fits the key of token j, before the softmax.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, eq. 1',
  },
  'attention pattern': {
    also: ['attention weight'],
    formula: String.raw`A = \mathrm{softmax}(s)`,
    note: 'The weights with which a token reads the others: a row for each query, which sums to 1.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, eq. 1',
  },
  MLP: {
    formula: String.raw`\phi(x W_{in})\,W_{out}`,
    note: 'The sublayer that looks at each token alone: a linear map to more features, an activation, and a linear map back.',
  },
  'gated MLP': {
    formula: String.raw`\left[\phi(xW_{gate}) \odot xW_{in}\right] W_{out}`,
    note: 'An MLP in which one linear map, the gate, multiplies another one number by number.',
    source: 'Shazeer 2020, GLU Variants Improve Transformer, eq. 6',
  },
  embedding: {
    note: 'The table with a vector for every symbol, and that vector as it enters the stack, with its position.',
  },
  unembedding: {
    note: 'The last matrix: it makes a score of every symbol, the logits, out of the final stream.',
  },
  feature: {
    also: ['channel'],
    note: 'One of the d numbers of a token’s vector; the same place in the vectors of all tokens.',
  },
  token: {
    isPlain: true,
    note: 'One piece of a sequence, here a character or symbol, and the vector that stands for it.',
  },
  vocabulary: { formula: 'V', note: 'All symbols that a token can be.' },
  modality: {
    note: 'A kind of token with statistics of its own, such as text or image. Here two streams of tokens that take turns.',
  },
  'batch statistics': {
    also: ['norm over the batch', 'statistics of the batch'],
    note: 'Mean and variance over all tokens of a batch, as BatchNorm takes them. A token’s output then hangs on all others.',
    source: 'Ioffe, Szegedy 2015, Batch Normalization, algorithm 1',
  },
  'running statistics': {
    also: ['running mean', 'running deviation', 'running standard deviation'],
    formula: String.raw`\mu \leftarrow (1 - m)\,\mu + m\,\mu_B`,
    note: 'Mean and variance that a norm over the batch averages while it trains, and uses in evaluation in place of those of the batch.',
    source: 'Ioffe, Szegedy 2015, Batch Normalization',
  },
  'pointwise norm': {
    note: 'What stands in the place of a norm and looks at each number alone, without mean or variance: DyT and Derf.',
    source: 'Zhu et al. 2025, Transformers without Normalization',
  },
  'Mix-LN': {
    note: 'Post-LN in the first quarter of the layers and pre-LN in the others. Here written as exceptions of layers.',
    source:
      'Li, Yin, Liu 2024, Mix-LN: Unleashing the Power of Deeper Layers by Combining Pre-LN and Post-LN',
  },
});
