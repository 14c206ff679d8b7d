import { CHOICES, type ChoiceKey, type Chosen } from './choices';

/** Where a control stands on the page. */
export const GROUPS = [
  'Normalization',
  'Architecture',
  'Initialization',
  'Data',
  'Training',
  'Numerics',
  'Evaluation',
] as const;
export type Group = (typeof GROUPS)[number];

interface Common {
  label: string;
  group: Group;
  /** What it does, in one sentence; the tooltip. */
  note: string;
  /** Its symbol or equation in TeX. */
  formula?: string;
  /**
   * Whether a change of this field starts the model anew (other shapes, other initial weights, other
   * data), or may be made under a model in training, which then keeps its weights.
   */
  restarts: boolean;
}

export interface NumberField extends Common {
  kind: 'integer' | 'number';
  default: number;
  /** What is accepted, both ends included. */
  min: number;
  max: number;
  /** What the slider spans; anything accepted can be typed. `log` sliders may also stand at 0. */
  slider: { min: number; max: number; scale: 'linear' | 'log'; step?: number };
  unit?: string;
  /** Words that may be typed for a number, and are shown in its place. */
  words?: Record<string, number>;
}

/** The word that a number of a field goes by, if it has one. */
export const wordFor = (f: Field, value: unknown): string | undefined =>
  'words' in f && f.words
    ? Object.keys(f.words).find((word) => f.words![word] === value)
    : undefined;

export interface FlagField extends Common {
  kind: 'flag';
  default: boolean;
}

export interface ChoiceField<K extends ChoiceKey = ChoiceKey> extends Common {
  kind: 'choice';
  default: Chosen[K];
  choices: (typeof CHOICES)[K];
}

/** A small language of its own, in one line. */
export interface TextField extends Common {
  kind: 'text';
  default: string;
  /** Something that may be typed, to show the form. */
  example: string;
  /** What is wrong with a text, or null. */
  problem(text: string): string | null;
}

export const text = (rest: Common & Pick<TextField, 'example' | 'problem'>): TextField => ({
  kind: 'text',
  default: '',
  ...rest,
});

export const choice = <K extends ChoiceKey>(
  key: K,
  initial: Chosen[K],
  rest: Common,
): ChoiceField<K> => ({
  kind: 'choice',
  default: initial,
  choices: CHOICES[key],
  ...rest,
});

export const integer = (
  initial: number,
  [min, max]: [number, number],
  slider: NumberField['slider'],
  rest: Common & { unit?: string },
): NumberField => ({ kind: 'integer', default: initial, min, max, slider, ...rest });

export const number = (
  initial: number,
  [min, max]: [number, number],
  slider: NumberField['slider'],
  rest: Common & { unit?: string; words?: Record<string, number> },
): NumberField => ({ kind: 'number', default: initial, min, max, slider, ...rest });

export const flag = (initial: boolean, rest: Common): FlagField => ({
  kind: 'flag',
  default: initial,
  ...rest,
});

export type Field = NumberField | FlagField | ChoiceField | TextField;
