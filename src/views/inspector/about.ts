/** Definitions and sources of what the inspector shows, as tooltips have them. */
interface Definition {
  formula?: string;
  note: string;
  source?: string;
}

export const ABOUT = {
  distribution: {
    formula: String.raw`n_k = \#\{\,e_k \le x < e_{k+1}\,\}`,
    note: 'All numbers of the tensor at this place, in bins that the lanes share, counted on a logarithmic axis. Magnitudes are log₁₀ of the absolute value, without zeros; the ends of a number format stand where numbers come near them.',
  },
  gradient: {
    formula: String.raw`g = \partial\,\mathrm{loss} / \partial x`,
    note: 'The gradient of the loss with respect to the same tensor, without the loss scale, in bins of its own.',
  },
  channels: {
    formula: String.raw`s_j = \sqrt{\tfrac{1}{BT}\textstyle\sum_{b,t} x_{btj}^2}`,
    note: 'RMS of each channel over all tokens, the largest first. A share is of the sum of squares. An element is massive where its absolute value is above 100 and above 1000 times the median absolute value of the tensor.',
    source: 'Sun et al. 2024, Massive Activations in Large Language Models, arXiv 2402.17762',
  },
  attention: {
    formula: String.raw`A_{ij} = \mathrm{softmax}_j\!\left(q_i^\top k_j / \sqrt{d_h}\right)`,
    note: 'The weight with which the query of row i reads the key of column j, for the sequence that is looked at. Received is the mean weight that a key is given by the queries that may read it, itself left out. Entropy is over the log of the keys that a row sees: 1 is uniform. The sink is the mean weight on position 0.',
    source: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
  },
  stream: {
    formula: String.raw`x_L = \textstyle\sum_i a_i,\quad \tfrac{\lVert a_i\rVert}{\lVert x_L\rVert},\quad \cos(a_i, x_L),\quad \tfrac{a_i\cdot x_L}{\lVert x_L\rVert^2}`,
    note: 'The final stream as the sum of the embedding and of what each sublayer added. Where norms or scales follow, the parts are carried through them frozen at this token, so that they sum to the final stream. Shares sum to 1; a negative one takes away. A mean is over tokens, each counted alike.',
  },
  gain: {
    formula: String.raw`\frac{\mathrm{rms}(x_{l+1})}{\mathrm{rms}(x_l)},\qquad \frac{\mathrm{rms}(\partial\mathrm{loss}/\partial x_l)}{\mathrm{rms}(\partial\mathrm{loss}/\partial x_{l+1})}`,
    note: 'The factor by which each block changes the signal (solid) and the gradient on its way back (dashed). A stack that keeps both has gains of 1.',
  },
  angular: {
    formula: String.raw`\tfrac{1}{\pi}\arccos\frac{x_l\cdot x_m}{\lVert x_l\rVert\,\lVert x_m\rVert}`,
    note: 'The angle between the stream at two depths, in half turns: 0 is the same direction, ½ is at right angles. At the last token of each sequence, or the mean over all tokens. Layers between which it is small change the stream little.',
    source:
      'Gromov et al. 2024, The Unreasonable Ineffectiveness of the Deeper Layers, arXiv 2403.17887',
  },
  prediction: {
    formula: String.raw`p_l = \mathrm{softmax}\!\left(W_U\,\mathrm{norm}(x_l)\right)`,
    note: 'The model’s own head on the stream at every depth: its final norm, where there is one, and the output matrix. Means over the counted tokens; the rank of the target is the median, 1 for the likeliest.',
    source: 'nostalgebraist 2020, interpreting GPT: the logit lens',
  },
  logits: {
    note: 'The scores of the vocabulary that the model gave, of all tokens, before the softmax.',
  },
  calibration: {
    formula: String.raw`\mathrm{ECE} = \textstyle\sum_b \tfrac{n_b}{n}\,\lvert \mathrm{acc}_b - \mathrm{conf}_b \rvert`,
    note: 'Tokens in 15 bins by the probability of their likeliest symbol, and the share of them that were right. On the diagonal a model is as often right as it is sure; below it, it is too sure.',
    source: 'Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv 1706.04599',
  },
  tokens: {
    formula: String.raw`-\ln p(\mathrm{target}),\quad \lVert\partial\mathrm{loss}/\partial x_t\rVert_2,\quad \mathrm{rms}(x_t)`,
    note: 'The batch as the model reads it. A token has the colour of its loss, of the norm of its gradient at this place, or of its RMS there, on one scale for all lanes. Tokens whose target is not counted have no loss.',
  },
  spectrum: {
    formula: String.raw`\frac{\lVert W\rVert_F^2}{\lVert W\rVert_2^2},\qquad \lVert W\rVert_2 = \sigma_1,\qquad \sigma_1/\sigma_n`,
    note: 'The singular values of the matrix, the largest first. The stable rank is the number of equal singular values of the largest one’s size that would have the same sum of squares.',
  },
  effectiveRank: {
    formula: String.raw`\exp\!\left(-\textstyle\sum_i p_i\ln p_i\right),\quad p_i = \sigma_i/\textstyle\sum_j\sigma_j`,
    note: 'Of the stream as a matrix of all tokens by channels, not centred, at every depth: about how many directions it uses. Where tokens align it falls towards 1.',
    source: 'Roy and Vetterli 2007, The effective rank: a measure of effective dimensionality',
  },
} as const satisfies Record<string, Definition>;
