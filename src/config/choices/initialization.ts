import { choices } from '../choice';

export const INITIALIZATION_CHOICES = {
  init: choices({
    xavier: {
      label: 'Xavier',
      formula: String.raw`\mathcal N(0, \tfrac{2}{d_{in} + d_{out}})`,
      note: 'Keeps a square matrix’s output variance at its input’s, forward and backward.',
      source:
        'Glorot, Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Neural Networks',
    },
    gpt2: {
      label: 'GPT-2',
      formula: String.raw`\mathcal N(0, 0.02^2),\; W_O, W_{out} \times \tfrac{1}{\sqrt{2L}}`,
      note: 'Small weights, the outputs of both branches smaller with depth: the textbook difference between pre- and post-LN does not appear here.',
      source:
        'Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.3',
    },
    he: {
      label: 'He',
      formula: String.raw`\mathcal N(0, \tfrac{2}{d_{in}})`,
      note: 'Keeps the mean square through ReLU.',
      source: 'He et al. 2015, Delving Deep into Rectifiers',
    },
    lecun: {
      label: 'LeCun',
      formula: String.raw`\mathcal N(0, \tfrac{1}{d_{in}})`,
      note: 'Keeps the variance through a linear map.',
      source: 'LeCun et al. 1998, Efficient BackProp',
    },
    normal: {
      label: 'normal 0.02',
      formula: String.raw`\mathcal N(0, 0.02^2)`,
      note: 'The same small weights everywhere, whatever the width.',
    },
    orthogonal: {
      label: 'orthogonal',
      formula: String.raw`W^\top W = I`,
      note: 'A random matrix with orthonormal rows or columns, whichever are fewer: a square map keeps every length.',
      source:
        'Saxe, McClelland, Ganguli 2013, Exact Solutions to the Nonlinear Dynamics of Learning',
    },
  }),
} as const;
