import type { Chosen } from './choices';
import type { ChoiceField, Field, FlagField, TextField } from './field';
import { ARCHITECTURE_FIELDS } from './fields/architecture';
import { DATA_FIELDS } from './fields/data';
import { EVALUATION_FIELDS } from './fields/evaluation';
import { INITIALIZATION_FIELDS } from './fields/initialization';
import { NORMALIZATION_FIELDS } from './fields/normalization';
import { NUMERICS_FIELDS } from './fields/numerics';
import { TRAINING_FIELDS } from './fields/training';

export {
  GROUPS,
  wordFor,
  type Field,
  type FlagField,
  type ChoiceField,
  type Group,
  type NumberField,
  type TextField,
} from './field';

/** Every setting: the only definition of its key, default, range, place on the page and meaning. */
export const FIELDS = {
  ...NORMALIZATION_FIELDS,
  ...ARCHITECTURE_FIELDS,
  ...INITIALIZATION_FIELDS,
  ...DATA_FIELDS,
  ...TRAINING_FIELDS,
  ...NUMERICS_FIELDS,
  ...EVALUATION_FIELDS,
} as const;

export type Key = keyof typeof FIELDS;

/** One model and its training, whole. */
export type Config = {
  [K in Key]: (typeof FIELDS)[K] extends ChoiceField<infer C>
    ? Chosen[C]
    : (typeof FIELDS)[K] extends FlagField
      ? boolean
      : (typeof FIELDS)[K] extends TextField
        ? string
        : number;
};
export type Value = Config[Key];

export const KEYS = Object.keys(FIELDS) as Key[];
export const field = (key: Key): Field => FIELDS[key];
export const isKey = (key: string): key is Key => Object.hasOwn(FIELDS, key);

/** d_ff: the hidden features of the MLP. */
export const hiddenFeatures = ({ d_model, mlp_ratio }: Pick<Config, 'd_model' | 'mlp_ratio'>) =>
  Math.round(d_model * mlp_ratio);

export const DEFAULTS = Object.fromEntries(
  KEYS.map((key) => [key, FIELDS[key].default]),
) as unknown as Config;
