import { difference } from './check';
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
const few = (told: string[], what: string): string[] =>
  told.length > TOLD ? [`${told.length} ${what}`] : told;

/** Exceptions and interventions in short, each on its own. */
const TEXTS: Partial<Record<Key, (text: string) => string[]>> = {
  layer_overrides: (text) =>
    few(
      parseOverrides(text).overrides.map((o) => `${layersLabel(o)} ${overrideLabel(o)}`),
      'exceptions',
    ),
  interventions: (text) =>
    few(
      parseInterventions(text).interventions.map(
        (one) => `${actionLabel(one)} in ${layersLabel(one.layers)}`,
      ),
      'interventions',
    ),
};
const NAMED_BY_VALUE: ReadonlySet<Key> = new Set(['placement', 'norm', 'activation', 'precision']);

/** A setting in short: a placement, norm or activation by its label alone, the rest by name and value. */
const describe = (key: Key, config: Config): string[] => {
  const inShort = TEXTS[key];
  if (inShort) return inShort(String(config[key]));
  const label = valueLabel(key, config[key]);
  return [NAMED_BY_VALUE.has(key) ? label : `${field(key).label} ${label}`];
};

/** From so many settings on that a preset makes, its name says more than they do. */
const WORTH_A_NAME = 3;

/** The preset whose name stands for some of these settings of a lane, where it does. */
function presetFor(keys: Key[], config: Config) {
  const found = presetOf(config);
  const known = keys.filter((key) => found && key in found.settings);
  return known.length >= WORTH_A_NAME ? found : null;
}

/** These settings of a lane, by the name of the preset that they are of as far as there is one. */
function describeAll(keys: Key[], config: Config, first: Config): string[] {
  const found = presetFor(keys, config);
  if (found) {
    const others = presetOf(first)?.settings ?? {};
    // A setting of another lane's preset alone is not news where it is not set.
    const plain = (key: Key) => key in others && config[key] === DEFAULTS[key];
    const rest = keys.filter((key) => !(key in found.settings) && !plain(key));
    return [found.label, ...rest.flatMap((key) => describe(key, config))];
  }
  const told = keys.flatMap((key) => describe(key, config));
  // Layers that are an exception need something that they are an exception of.
  return keys.includes('layer_overrides') && !keys.includes('placement')
    ? [placements[config.placement].label, ...told]
    : told;
}

/**
 * Names of lanes by their differences: the first lane by its own value of the first setting that another one changes,
 * the others by what they change. Pre-LN against post-LN, never a name kept by hand.
 */
export function laneNames(configs: Config[]): string[] {
  const [first, ...others] = configs;
  if (!first) return [];
  const changes = others.map((config) => Object.keys(difference(first, config)) as Key[]);
  const changed = KEYS.filter((key) => changes.some((keys) => keys.includes(key)));
  const preset = presetFor(changed, first);
  const [shortest = 'placement' as Key] = changed;
  const own = preset
    ? [preset.label]
    : [
        ...(shortest in TEXTS ? [placements[first.placement].label] : describe(shortest, first)),
        ...changed.filter((key) => key in TEXTS).flatMap((key) => describe(key, first)),
      ];
  const name = own.join(' · ');
  return [
    name,
    ...others.map((config, i) => {
      const keys = changes[i]!;
      const told = describeAll(keys, config, first).join(' · ');
      if (told) return told;
      // The first has what this one has not.
      return keys.length ? placements[config.placement].label : `${name} (again)`;
    }),
  ];
}
