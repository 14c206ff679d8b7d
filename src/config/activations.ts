import type { Config } from './fields';

/** Activations whose MLP has a second matrix into the hidden features, the gate. */
const GATED: ReadonlySet<Config['activation']> = new Set(['swiglu', 'geglu', 'geglu_tanh']);

export const isGated = ({ activation }: Pick<Config, 'activation'>): boolean =>
  GATED.has(activation);
