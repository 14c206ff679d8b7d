import { difference } from './check';
import { CHOICES, type ChoiceKey } from './choices';
import { field, type Config, type Key, type Value } from './fields';
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
  return String(value);
}

/** A setting in short: a placement, norm or activation by its label alone, the rest by name and value. */
const describe = (key: Key, value: Value): string =>
  key === 'placement' || key === 'norm' || key === 'activation'
    ? valueLabel(key, value)
    : `${field(key).label} ${valueLabel(key, value)}`;

/**
 * What sets a lane apart. The first lane is named by what the others change in it, the others by what
 * they change: pre-LN against post-LN, never a name kept by hand.
 */
export function laneNames(configs: Config[]): string[] {
  const [first, ...others] = configs;
  if (!first) return [];
  const changed = new Set(others.flatMap((c) => Object.keys(difference(first, c)) as Key[]));
  const own: Key[] = changed.size ? [...changed] : ['placement'];
  const name = (config: Config, keys: Key[]) =>
    keys.map((key) => describe(key, config[key])).join(' · ');
  return [
    name(first, own),
    ...others.map((c) => {
      const keys = Object.keys(difference(first, c)) as Key[];
      return keys.length ? name(c, keys) : `${name(first, own)} (again)`;
    }),
  ];
}
