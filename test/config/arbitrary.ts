import fc from 'fast-check';
import { BLOCK_SITES } from '../../src/config/blockSites';
import { CHOICES } from '../../src/config/choices';
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
    case 'text':
      return fc
        .array(fc.oneof(overrides, interventions), { maxLength: 3 })
        .map((parts) => parts.filter((part) => f.problem(part) === null).join(','));
  }
}

const layers = fc
  .tuple(fc.nat(70), fc.option(fc.nat(5)))
  .map(([from, more]) => (more === null ? `${from}` : `${from}-${from + more}`));
const idOf = (key: 'placement' | 'norm') => fc.constantFrom(...Object.keys(CHOICES[key]));
const overrides = fc.oneof(
  fc.tuple(layers, idOf('placement')).map(([at, placement]) => `${at}:${placement}`),
  fc.tuple(layers, idOf('norm')).map(([at, norm]) => `${at}:/${norm}`),
  fc.tuple(layers, idOf('placement'), idOf('norm')).map(([at, p, n]) => `${at}:${p}/${n}`),
);
const actions = fc.oneof(
  fc.double({ min: -9, max: 9, noNaN: true }).map((x) => `scale.attn=${x}`),
  fc.nat(9).map((head) => `silence=${head}`),
  fc
    .tuple(fc.constantFrom(...Object.keys(BLOCK_SITES)), fc.double({ min: 0, max: 9, noNaN: true }))
    .map(([site, std]) => `noise.${site}=${std}`),
  fc.constantFrom('freeze.attn', 'freeze.mlp'),
);
const steps = fc.constantFrom('', '@3', '@3-', '@3-7');
const interventions = fc
  .tuple(layers, actions, steps)
  .map(([at, action, when]) => `${at}:${action}${when}`);

/** Settings that are each valid alone; together they may be in conflict. */
export const settings: fc.Arbitrary<Config> = fc.record(
  Object.fromEntries(KEYS.map((key) => [key, valueOf(field(key))])),
) as unknown as fc.Arbitrary<Config>;
