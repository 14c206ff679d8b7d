import type { Action } from '../../config/interventions';

/** Interventions that layers can have while the model runs. */
export const ACTIONS: Record<Action['kind'], { formula: string; note: string }> = {
  scale: {
    formula: String.raw`x \leftarrow x + c\,f(x)`,
    note: 'What a branch adds is multiplied by c; 0 takes it out. See what the layers after it make of a smaller or larger part.',
  },
  silence: {
    formula: String.raw`\mathrm{head}_h \leftarrow 0`,
    note: 'The output of one attention head is 0. See whether the loss misses it.',
  },
  noise: {
    formula: String.raw`x \leftarrow x + \mathcal N(0, s^2)`,
    note: 'Noise, drawn anew at every step, is added to what flows at a site. See how far down the stack it is carried.',
  },
  freeze: {
    formula: String.raw`\Delta W = 0`,
    note: 'The parameters of a sublayer stay as they are; they still have gradients. See the layers around it make up for it.',
  },
};
