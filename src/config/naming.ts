import { difference } from './check';
import { CHOICES, type ChoiceKey } from './choices';
import { field, KEYS, type Config, type Key, type Value } from './fields';
import type { Choice } from './choice';

/** A value in a person's words: the choice's label, on/off, the number. */
export function valueLabel(key: Key, value: Value): string {
  const f = field(key);
  if (f.kind === 'choice') {
    return (
      (CHOICES[key as ChoiceKey] as Record<string, Choice>)[String(value)]?.label ?? String(value)
    );
  }
  if (f.kind === 'flag') return value ? 'on' : 'off';
  const number = Number(value);
  return number !== 0 && Math.abs(number) < 1e-3 ? number.toExponential() : String(number);
}

/** A setting in short: a placement, norm or activation by its label alone, the rest by name and value. */
const describe = (key: Key, value: Value): string =>
  key === 'placement' || key === 'norm' || key === 'activation'
    ? valueLabel(key, value)
    : `${field(key).label} ${valueLabel(key, value)}`;

/**
 * What sets a lane apart: the first lane by its own value of the first setting that another one changes,
 * the others by what they change. Pre-LN against post-LN, never a name kept by hand.
 */
export function laneNames(configs: Config[]): string[] {
  const [first, ...others] = configs;
  if (!first) return [];
  const changes = others.map((config) => Object.keys(difference(first, config)) as Key[]);
  const changed = KEYS.find((key) => changes.some((keys) => keys.includes(key))) ?? 'placement';
  const name = describe(changed, first[changed]);
  return [
    name,
    ...others.map((config, i) => {
      const keys = changes[i]!;
      return keys.length
        ? keys.map((key) => describe(key, config[key])).join(' · ')
        : `${name} (again)`;
    }),
  ];
}
