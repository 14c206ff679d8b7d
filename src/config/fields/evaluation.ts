import { group, integer, linear, text } from '../field';
import { parseInterventions } from '../interventions';

export const EVALUATION = group('Evaluation', {
  eval_seq_len: integer({
    label: 'Evaluation length',
    note: 'Tokens per sequence when the model is evaluated; 0 is as in training. Longer ones need positions that go on: sinusoidal, RoPE, ALiBi or none.',
    formula: String.raw`T_{eval}`,
    ...linear({ default: 0, range: [0, 2048], slider: [0, 256], step: 8 }),
  }),
  interventions: text({
    label: 'Interventions',
    note: 'What is done to layers while the model runs: 4-7:scale.attn=0.5 (what a branch adds), 3:silence=2 (a head), 5:noise.resid_post=0.1 (at a site), 0-3:freeze.mlp (no updates); @100-199 names the steps. Separated by commas; a click on a layer of the stack writes them.',
    example: '3:silence=2, 5:noise.resid_post=0.1@100',
    problem: (value) => parseInterventions(value).problem,
  }),
});
