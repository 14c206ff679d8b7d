import { choice, group, integer, log, number } from '../field';

export const DATA = group('Data', {
  task: choice({
    label: 'Task',
    note: 'What the model reads and predicts.',
    restarts: true,
    default: 'text',
    choices: {
      text: {
        label: 'text',
        note: 'The next character of an English text, or of your own. The line at the unigram entropy is what letter frequencies alone can reach.',
      },
      copy: {
        label: 'copy',
        note: 'Random symbols, a separator, and the same symbols again; only the copy is counted.',
      },
      induction: {
        label: 'induction',
        note: 'A random block repeated until the end; only what repeats is counted, so attending to the token after the last occurrence solves it.',
        source: 'Olsson et al. 2022, In-context Learning and Induction Heads',
      },
      markov: {
        label: 'Markov',
        note: 'A random source of order 2; its entropy is known and is the floor of the loss.',
      },
      random: {
        label: 'random',
        note: 'Independent symbols: nothing to learn, the best loss is ln V.',
      },
      gaussian: {
        label: 'Gaussian',
        formula: String.raw`x_t = \texttt{embed\_std}\,(\sqrt{\rho_0}\,z + \sqrt{1 - \rho_0}\,z_t),\; z, z_t \sim \mathcal N(0, I)`,
        note: 'No tokens: the stack reads noise, independent at a token correlation of 0. The setting of the theory, with the random projection as its loss.',
      },
      reverse: {
        label: 'reverse',
        note: 'Random symbols, a separator, and the same symbols backward; only the second half is counted.',
      },
      sort: {
        label: 'sort',
        note: 'Random symbols, a separator, and the same symbols in the order of the alphabet; only the sorted half is counted.',
      },
      modular_addition: {
        label: 'modular addition',
        formula: String.raw`a + b \bmod p`,
        note: 'Rows of a + b = c in residues modulo p = 13; only c is counted. The task on which grokking was found, there with a part of the sums left out of training, here with all of them in it.',
        source: 'Power et al. 2022, Grokking',
      },
      parity: {
        label: 'parity',
        note: 'Random bits, each followed by the parity of all bits so far, e or o; only the parities are counted. The last two tokens give the next one.',
      },
      dyck: {
        label: 'Dyck',
        note: 'Well-formed brackets of four kinds, nested up to eight deep; only what closes is counted: its kind is that of the last one still open.',
        source: 'Hewitt et al. 2020, RNNs Can Generate Bounded Hierarchical Languages',
      },
      two_modality: {
        label: 'two modalities',
        formula: String.raw`m(t) = t \bmod 2`,
        note: 'Two token streams in turn, each a Markov source of its own with a half of the vocabulary; the second one’s embeddings are larger by modality_scale. One norm for both, or the adaptive norm for each.',
      },
    },
  }),
  objective: choice({
    label: 'Objective',
    note: 'What is minimized.',
    default: 'cross_entropy',
    choices: {
      cross_entropy: {
        label: 'cross-entropy',
        formula: String.raw`-\tfrac1N\sum_t \ln p(w_{t+1})`,
        unit: 'nats',
        note: 'Mean over all counted tokens, in nats.',
      },
      random_projection: {
        label: 'random projection',
        formula: String.raw`\sum x_{\mathrm{out}} \odot R,\; R \sim \mathcal N(0, 1)`,
        note: 'Sends a unit iid gradient into the top of the stack, so that gradient curves read as gains. The setting of the theory.',
      },
    },
  }),
  modality_scale: number({
    label: 'Modality scale',
    note: 'Of the task with two modalities: what the second one’s rows of the token embedding are multiplied by at initialization.',
    restarts: true,
    ...log({ default: 8, range: [0, 1e4], slider: [0.1, 100] }),
  }),
  seq_len: integer({
    label: 'Sequence length',
    note: 'Tokens that the model sees at once.',
    formula: 'T',
    restarts: true,
    ...log({ default: 32, range: [1, 1024], slider: [4, 256], step: 4 }),
  }),
  batch_size: integer({
    label: 'Batch size',
    note: 'Sequences per step.',
    formula: 'B',
    ...log({ default: 4, range: [1, 512], slider: [1, 64], step: 1 }),
  }),
});
