import { FIELDS, KEYS, type Config, type Key } from './fields';

type Fields = typeof FIELDS;
export type ChoiceKey = {
  [K in Key]: Fields[K] extends { choices: unknown } ? K : never;
}[Key];
export type Chosen = Pick<Config, ChoiceKey>;

/** Every setting that is a choice among named things, with what a person is told about each. */
export const CHOICES = Object.fromEntries(
  KEYS.flatMap((key) => {
    const field = FIELDS[key];
    return 'choices' in field ? [[key, field.choices]] : [];
  }),
) as { [K in ChoiceKey]: Fields[K]['choices'] };
