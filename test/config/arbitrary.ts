import fc from 'fast-check';
import { KEYS, field, type Config, type Field, type Value } from '../../src/config/fields';

/** Any value that a field accepts. */
export function valueOf(f: Field): fc.Arbitrary<Value> {
  switch (f.kind) {
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...(Object.keys(f.choices) as Value[]));
    case 'integer':
      return fc.integer({ min: f.min, max: f.max });
    case 'number':
      return fc.double({ min: f.min, max: f.max, noNaN: true }).map((x) => x + 0);
  }
}

/** Settings that are each valid alone; together they may be in conflict. */
export const settings: fc.Arbitrary<Config> = fc.record(
  Object.fromEntries(KEYS.map((key) => [key, valueOf(field(key))])),
) as unknown as fc.Arbitrary<Config>;
