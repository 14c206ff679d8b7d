import type { Field } from './field';
import { ARCHITECTURE } from './fields/architecture';
import { DATA } from './fields/data';
import { EVALUATION } from './fields/evaluation';
import { INITIALIZATION } from './fields/initialization';
import { NORMALIZATION } from './fields/normalization';
import { NUMERICS } from './fields/numerics';
import { TRAINING } from './fields/training';

export * from './field';

/** Every setting: the only definition of its key, default, range, choices, place on the page and meaning. */
export const FIELDS = {
  ...NORMALIZATION,
  ...ARCHITECTURE,
  ...INITIALIZATION,
  ...DATA,
  ...TRAINING,
  ...NUMERICS,
  ...EVALUATION,
};

type Fields = typeof FIELDS;
export type Key = keyof Fields;

/** One model and its training, whole. */
export type Config = {
  [K in Key]: Fields[K] extends { choices: infer Choices } ? keyof Choices : Fields[K]['default'];
};
export type Value = Config[Key];

export const KEYS = Object.keys(FIELDS) as Key[];
export const field = (key: Key): Field => FIELDS[key];
export const isKey = (key: string): key is Key => Object.hasOwn(FIELDS, key);

export const hiddenFeatures = ({ d_model, mlp_ratio }: Pick<Config, 'd_model' | 'mlp_ratio'>) =>
  Math.round(d_model * mlp_ratio);

export const DEFAULTS = Object.fromEntries(
  KEYS.map((key) => [key, FIELDS[key].default]),
) as unknown as Config;

/** Activations whose MLP has a second matrix into the hidden features, the gate. */
const GATED: ReadonlySet<Config['activation']> = new Set(['swiglu', 'geglu', 'geglu_tanh']);

export const isGated = ({ activation }: Pick<Config, 'activation'>): boolean =>
  GATED.has(activation);

/** Tests of a model that learns from a text; every other task draws what it needs. */
export const readsText = ({ task }: Pick<Config, 'task'>): boolean => task === 'text';

export const modalitiesOf = ({ task }: Pick<Config, 'task'>): number =>
  task === 'two_modality' ? 2 : 1;

/** The modality of the token at a position: they take turns. */
export const modalityOf = (position: number, modalities: number): number => position % modalities;
