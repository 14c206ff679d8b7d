import { CHOICES, type ChoiceKey } from './choices';
import { DEFAULTS, field, KEYS, type Config, type Key, type Value, wordFor } from './fields';
import type { Choice } from './choice';
import { ALWAYS, parseInterventions, type Action, type StepRange } from './interventions';
import { norms } from './norms';
import { parseOverrides, type Override } from './overrides';
import { placements } from './placements';
import { presetOf } from './presets';
import type { LayerRange } from './ranges';

const plainNumber = (number: number): string =>
  number !== 0 && Math.abs(number) < 1e-3 ? number.toExponential() : String(number);

/** A value in a person's words: the choice's label, on/off, the number. */
export function valueLabel(key: Key, value: Value): string {
  const f = field(key);
  if (f.kind === 'choice') {
    return (
      (CHOICES[key as ChoiceKey] as Record<string, Choice>)[String(value)]?.label ?? String(value)
    );
  }
  if (f.kind === 'flag') return value ? 'on' : 'off';
  if (f.kind === 'text') return String(value) || 'none';
  return wordFor(f, value) ?? plainNumber(Number(value));
}

/** `7`, `4–7`. */
export const layersLabel = ({ from, to }: LayerRange): string =>
  from === to ? String(from) : `${from}–${to}`;

/** The changes of an exception: `post-LN`, `RMSNorm`, `post-LN RMSNorm`. */
export const overrideLabel = ({ placement, norm }: Pick<Override, 'placement' | 'norm'>): string =>
  [placement && placements[placement].label, norm && norms[norm].label].filter(Boolean).join(' ');

const SUBLAYERS = { attn: 'attn', mlp: 'MLP' } as const;

/** An action on layers: `attn × 0.5`, `head 2 off`, `noise 0.1 at resid_post`, `MLP frozen`. */
export function actionLabel(action: Action): string {
  switch (action.kind) {
    case 'scale':
      return `${SUBLAYERS[action.sublayer]} × ${plainNumber(action.factor)}`;
    case 'silence':
      return `head ${action.head} off`;
    case 'noise':
      return `noise ${plainNumber(action.std)} at ${action.site}`;
    case 'freeze':
      return `${SUBLAYERS[action.sublayer]} frozen`;
  }
}

/** When: `steps 100–199`, `from step 100`; nothing where it is always. */
export function stepsLabel({ from, to }: StepRange): string {
  if (from === ALWAYS.from && to === ALWAYS.to) return '';
  if (to === Infinity) return `from step ${from}`;
  return from === to ? `step ${from}` : `steps ${from}–${to}`;
}

/** More than so many of one kind are counted, not told. */
const TOLD = 1;

const oneOrMore = (layers: LayerRange): string =>
  layers.from === layers.to ? `layer ${layers.from}` : layersLabel(layers);

/** Exceptions and interventions in short, each on its own, and what several are called. */
const TEXTS: Partial<Record<Key, { what: string; all(text: string): string[] }>> = {
  layer_overrides: {
    what: 'exceptions',
    all: (text) => parseOverrides(text).overrides.map((o) => `${oneOrMore(o)} ${overrideLabel(o)}`),
  },
  interventions: {
    what: 'interventions',
    all: (text) =>
      parseInterventions(text).interventions.map((one) =>
        `${actionLabel(one)} in ${oneOrMore(one.layers)} ${stepsLabel(one.steps)}`.trim(),
      ),
  },
};
const NAMED_BY_VALUE: ReadonlySet<Key> = new Set([
  ...(['placement', 'norm', 'activation', 'precision'] as const),
  ...(['residual_scale', 'topology', 'optimizer'] as const),
]);

/** The settings that names tell; the policy of rounding is told with its format: `fp16 autocast`. */
const NAMING = KEYS.filter((key) => key !== 'precision_policy');
const labelIn = (config: Config, key: Key): string => {
  const label = valueLabel(key, config[key]);
  const isRounded = key === 'precision' && config.precision !== DEFAULTS.precision;
  return isRounded && config.precision_policy !== DEFAULTS.precision_policy
    ? `${label} ${valueLabel('precision_policy', config.precision_policy)}`
    : label;
};
/** Formats are told with the policy of their rounding: they are compared as they are told. */
const isSame = (key: Key, a: Config, b: Config): boolean =>
  a[key] === b[key] && (key !== 'precision' || labelIn(a, key) === labelIn(b, key));

/** A setting in short: by its label alone where that says what it is, the rest by name and value. */
const describe = (key: Key, config: Config, most = TOLD): string[] => {
  const several = TEXTS[key];
  if (several) {
    const all = several.all(String(config[key]));
    return all.length > most ? [`${all.length} ${several.what}`] : all;
  }
  const label = labelIn(config, key);
  // A bare number would not say what it is of.
  const saysAll = NAMED_BY_VALUE.has(key) && /^\p{L}/u.test(label);
  return [saysAll ? label : `${field(key).label} ${label}`];
};

/** Settings that were changed, each by name with its new value: `Placement post-LN, MLP frozen in layer 3`. */
export const changesLabel = (changes: Partial<Config>): string =>
  KEYS.filter((key) => changes[key] !== undefined)
    .flatMap((key) => {
      const value = changes[key]!;
      const several = TEXTS[key]?.all(String(value)) ?? [];
      return several.length ? several : [`${field(key).label} ${valueLabel(key, value)}`];
    })
    .join(', ');

/** From so many settings on that a preset makes, its name says more than they do. */
const WORTH_A_NAME = 3;

/** The preset whose name stands for some of these settings of a lane, where it does. */
function presetFor(keys: readonly Key[], config: Config) {
  if (keys.length < WORTH_A_NAME) return null;
  const found = presetOf(config);
  const known = keys.filter((key) => found && key in found.settings);
  return known.length >= WORTH_A_NAME ? found : null;
}

/** The words that are told of each lane; of exceptions and interventions at most so many one by one. */
function wordsOf(configs: readonly Config[], most: number): string[][] {
  const varied = NAMING.filter((key) =>
    configs.some((config) => !isSame(key, config, configs[0]!)),
  );
  const presets = configs.map((config) => presetFor(varied, config));
  const isAlone = (key: Key, config: Config) =>
    configs.filter((other) => isSame(key, other, config)).length === 1;
  return configs.map((config, lane) => {
    const preset = presets[lane];
    const told = varied.filter((key) =>
      // The rest of a name is read with its placement.
      key === 'placement' && !preset ? true : config[key] !== DEFAULTS[key],
    );
    const words = told
      .filter((key) => !(preset && key in preset.settings))
      .flatMap((key) => describe(key, config, most));
    const base = placements[config.placement].label;
    if (preset) return [preset.label, ...words];
    // Layers that are an exception need something that they are an exception of.
    if (told.includes('layer_overrides') && !told.includes('placement')) return [base, ...words];
    if (words.length) return words;
    const plain = varied.filter((key) => !(key in TEXTS));
    if (!plain.length || presets.some(Boolean)) return [base];
    const own = plain.find((key) => isAlone(key, config));
    return (own ? [own] : plain).flatMap((key) => describe(key, config, most));
  });
}

/**
 * Names of lanes by what sets each apart from the others, none by hand: pre-LN against post-LN. A preset's name stands
 * for the settings that it is of, and a default is no news. Names that are still alike are numbered.
 */
export function laneNames(configs: Config[]): string[] {
  const [short, long] = [TOLD, Infinity].map((most) =>
    wordsOf(configs, most).map((words) => words.join(' · ')),
  ) as [string[], string[]];
  const isShared = (name: string) => short.filter((other) => other === name).length > 1;
  const names = short.map((name, lane) => (isShared(name) ? long[lane]! : name));
  return names.map((name, lane) => {
    const before = names.slice(0, lane).filter((other) => other === name).length;
    return before ? `${name} (${before + 1})` : name;
  });
}
