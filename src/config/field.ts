import { mapValues } from '../lib/objects';
import type { Choice } from './choice';

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
  /** One sentence on what it does; the tooltip. */
  note: string;
  formula?: string;
  /**
   * A change starts the model anew (other shapes, other initial weights, other data). Any other change may be made
   * under a model in training, which then keeps its weights.
   */
  restarts?: true;
}

interface NumberSetting extends Common {
  kind: 'integer' | 'number';
  default: number;
  min: number;
  max: number;
  slider: { min: number; max: number; scale: 'linear' | 'log'; step?: number };
  unit?: string;
  /** Words that may be typed for a number, and are shown in its place. */
  words?: Record<string, number>;
}

interface FlagSetting extends Common {
  kind: 'flag';
  default: boolean;
}

interface ChoiceSetting<Choices extends Record<string, Choice>> extends Common {
  kind: 'choice';
  default: keyof Choices & string;
  choices: Choices;
}

/** A small language of its own, in one line. */
interface TextSetting extends Common {
  kind: 'text';
  default: string;
  /** Something that may be typed, to show the form. */
  example: string;
  problem(text: string): string | null;
}

export type Setting =
  NumberSetting | FlagSetting | ChoiceSetting<Record<string, Choice>> | TextSetting;

type Grouped<S> = S & { group: Group };
export type NumberField = Grouped<NumberSetting>;
export type FlagField = Grouped<FlagSetting>;
export type ChoiceField = Grouped<ChoiceSetting<Record<string, Choice>>>;
export type TextField = Grouped<TextSetting>;
export type Field = NumberField | FlagField | ChoiceField | TextField;

type Options<S> = Omit<S, 'kind'>;

const numeric =
  (kind: NumberSetting['kind']) =>
  (options: Options<NumberSetting>): NumberSetting => ({ kind, ...options });
export const integer = numeric('integer');
export const number = numeric('number');

interface Scale {
  default: number;
  /** The bounds of what is accepted, both included. */
  range: [min: number, max: number];
  /** The slider’s span; anything accepted can be typed. */
  slider: [min: number, max: number];
  step?: number;
}
const scaled =
  (scale: NumberSetting['slider']['scale']) =>
  ({ range: [min, max], slider: [from, to], step, ...rest }: Scale) => ({
    ...{ ...rest, min, max },
    slider: { min: from, max: to, scale, step },
  });
export const linear = scaled('linear');
/** Its slider may also stand at 0. */
export const log = scaled('log');

export const flag = (options: Options<FlagSetting>): FlagSetting => ({ kind: 'flag', ...options });
export const choice = <Choices extends Record<string, Choice>>(
  options: Options<ChoiceSetting<Choices>>,
): ChoiceSetting<Choices> => ({ kind: 'choice', ...options });
export const text = (options: Options<Omit<TextSetting, 'default'>>): TextSetting => ({
  kind: 'text',
  default: '',
  ...options,
});

export const group = <Settings extends Record<string, Setting>>(name: Group, settings: Settings) =>
  mapValues(settings, (setting: Setting) => ({ ...setting, group: name })) as unknown as {
    [Key in keyof Settings]: Grouped<Settings[Key]>;
  };

export const wordFor = (f: Field, value: unknown): string | undefined =>
  'words' in f && f.words
    ? Object.keys(f.words).find((word) => f.words![word] === value)
    : undefined;
