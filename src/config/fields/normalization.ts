import { choice, number, text } from '../field';
import { parseOverrides } from '../overrides';

export const NORMALIZATION_FIELDS = {
  placement: choice('placement', 'pre', {
    label: 'Placement',
    group: 'Normalization',
    note: 'Where the norm stands in one residual update.',
    restarts: false,
  }),
  norm: choice('norm', 'layernorm', {
    label: 'Norm',
    group: 'Normalization',
    note: 'Which normalization stands there.',
    restarts: false,
  }),
  norm_eps: number(
    1e-5,
    [0, 1],
    { min: 1e-12, max: 1, scale: 'log' },
    {
      label: 'Norm ε',
      group: 'Normalization',
      note: 'Added to the mean square inside the root; it matters where the variance is not much larger. ScaleNorm clamps the norm from below with it instead.',
      formula: String.raw`\sqrt{\sigma^2 + \epsilon}`,
      restarts: false,
    },
  ),
  layer_overrides: text({
    label: 'Exceptions',
    group: 'Normalization',
    note: 'Layers with another placement or norm, 0-based and inclusive: 8-11:post (a placement), 0:/rmsnorm (a norm), 4-7:post/rmsnorm (both), separated by commas; later ones win. A click on a layer of the stack writes them.',
    example: '8-11:post, 0:/rmsnorm',
    problem: (value) => parseOverrides(value).problem,
    restarts: false,
  }),
  final_norm: choice('final_norm', 'auto', {
    label: 'Final norm',
    group: 'Normalization',
    note: 'A norm between the last block and the unembedding.',
    restarts: false,
  }),
  qk_norm: choice('qk_norm', 'none', {
    label: 'q/k norm',
    group: 'Normalization',
    note: 'A norm on queries and keys, head by head, before the scores.',
    restarts: false,
  }),
  attn_softcap: number(
    0,
    [0, 1e4],
    { min: 1, max: 1000, scale: 'log' },
    {
      label: 'Score cap',
      group: 'Normalization',
      note: 'Scores pass through c tanh(s/c): none is larger than c. 0 is off; Gemma 2 has 50.',
      formula: String.raw`c\,\tanh(s/c)`,
      restarts: false,
    },
  ),
  logit_softcap: number(
    0,
    [0, 1e4],
    { min: 1, max: 1000, scale: 'log' },
    {
      label: 'Logit cap',
      group: 'Normalization',
      note: 'Logits pass through c tanh(z/c). 0 is off; Gemma 2 has 30.',
      formula: String.raw`c\,\tanh(z/c)`,
      restarts: false,
    },
  ),
  residual_scale: choice('residual_scale', 'one', {
    label: 'Residual scale',
    group: 'Normalization',
    note: 'What stream and branch are multiplied by where they are added.',
    restarts: false,
  }),
  norm_scale: choice('norm_scale', 'one', {
    label: 'Norm scale',
    group: 'Normalization',
    note: 'What the norms of the blocks give is multiplied by this.',
    restarts: false,
  }),
  inner_norm: choice('inner_norm', 'none', {
    label: 'Inner norm',
    group: 'Normalization',
    note: 'Norms inside the sublayers, beside those of the placement.',
    restarts: false,
  }),
  weight_reparam: choice('weight_reparam', 'none', {
    label: 'Weights',
    group: 'Normalization',
    note: 'What the matrices of the blocks are computed from.',
    restarts: false,
  }),
} as const;
