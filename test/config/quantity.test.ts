import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describe as inWords } from '../../src/config/describe';
import {
  columnName,
  modalityColumns,
  ofStatistic,
  readColumnName,
  readTyped,
  typed,
  type Of,
  type Quantity,
  type Statistic,
} from '../../src/config/quantity';
import { BLOCK_SITES, STACK_SITES } from '../../src/config/sites';
import { noteOn } from '../../src/config/statisticNotes';
import { isCount, STATISTICS } from '../../src/config/statistics';

const layer = fc.option(fc.nat(63));
/** A place of every layer, and of one of them. */
const placed = (...places: string[]) =>
  fc
    .tuple(fc.constantFrom(...places), layer)
    .map(([place, layer]) => (layer === null ? place : `blocks.${layer}.${place}`));
const placesOf = (of: Of, statistic: string): fc.Arbitrary<string> =>
  ({
    site: fc.oneof(
      placed(...Object.keys(BLOCK_SITES), ...(isCount(statistic) ? ['block'] : [])),
      fc.constantFrom(...Object.keys(STACK_SITES)),
    ),
    head: placed('attn'),
    param: fc.oneof(placed('attn.wq', 'mlp.norm.gain'), fc.constantFrom('embed.token', 'unembed')),
    norm: fc.oneof(placed('attn.norm'), fc.constant('final_norm')),
    output: fc.constant('output'),
    run: fc.constant(''),
  })[of];
const eachOf = (of: Of, statistic: string): fc.Arbitrary<boolean | number> =>
  of === 'head'
    ? fc.oneof(fc.boolean(), fc.nat(63))
    : fc.constantFrom(...(modalityColumns(statistic) ? [false, true] : [false]));

const quantity: fc.Arbitrary<Quantity> = fc
  .constantFrom(...(Object.keys(STATISTICS) as Of[]))
  .chain((of) => fc.tuple(fc.constant(of), fc.constantFrom(...Object.keys(STATISTICS[of]))))
  .chain(([of, statistic]) =>
    fc
      .tuple(placesOf(of, statistic), eachOf(of, statistic))
      .map(([place, each]) => ({ of, statistic, place, each }) as Quantity),
  );

describe('a quantity', () => {
  it('comes back from what is typed, and from the name of its column', () => {
    fc.assert(
      fc.property(quantity, (q) => {
        expect(readTyped(typed(q))).toEqual(q);
        expect(readColumnName(columnName(q))).toEqual(q);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['rms@resid_post', 'resid_post/rms', 'site', 'resid_post', false],
    ['rms@blocks.3.resid_post', 'blocks.3.resid_post/rms', 'site', 'blocks.3.resid_post', false],
    ['rms@mlp_in/each', 'mlp_in/rms/each', 'site', 'mlp_in', true],
    ['rms@embed', 'embed/rms', 'site', 'embed', false],
    ['underflow@block', 'block/underflow', 'site', 'block', false],
    ['accuracy@output', 'output/accuracy', 'output', 'output', false],
    ['entropy@blocks.3.attn/2', 'blocks.3.attn/entropy/2', 'head', 'blocks.3.attn', 2],
    ['entropy@attn/each', 'attn/entropy/each', 'head', 'attn', true],
    [
      'param_grad_rms@blocks.3.attn.wq',
      'blocks.3.attn.wq/param_grad_rms',
      'param',
      'blocks.3.attn.wq',
      false,
    ],
    ['var_tid@attn.norm', 'attn.norm/var_tid', 'norm', 'attn.norm', false],
    ['step', 'step', 'run', '', false],
    ['loss', 'loss', 'run', '', false],
  ])('is typed %s and stands in column %s', (text, column, of, place, each) => {
    const found = readTyped(text)!;
    expect(found).toMatchObject({ of, place, each });
    expect(readColumnName(column)).toEqual(found);
    expect([typed(found), columnName(found)]).toEqual([text, column]);
  });

  it.each([
    ...['', 'rms', 'rms@', '@mlp_in', 'rms@nowhere', 'rms@block', 'rms@blocks.3.embed'],
    ...[
      'rms@mlp_in/2',
      'absmax@mlp_in/each',
      'entropy@mlp_in',
      'entropy@attn/02',
      'entropy@attn/-1',
    ],
    ...[
      'accuracy',
      'accuracy@attn',
      'loss@output',
      'loss/each',
      'param_rms@a b',
      'toString@mlp_in',
    ],
    ...['rms_modalities@mlp_in', 'rms@resid_post@x', 'rms@resid_post '],
  ])('is not “%s”', (text) => expect(readTyped(text)).toBeNull());

  it.each(['', 'rms', 'mlp_in/', '/rms', 'rms/mlp_in', 'mlp_in/rms/2', 'entropy/2', 'mlp_in//rms'])(
    'has no column “%s”',
    (text) => expect(readColumnName(text)).toBeNull(),
  );

  it('is of what its statistic is of: no two of these share a name', () => {
    const all = Object.values(STATISTICS).flatMap((entries) => Object.keys(entries));
    expect(new Set(all).size).toBe(all.length);
    for (const [of, entries] of Object.entries(STATISTICS)) {
      for (const id of Object.keys(entries)) expect(ofStatistic(id as Statistic)).toBe(of);
    }
  });
});

describe('a quantity in words', () => {
  const words = (text: string) => inWords(readTyped(text)!);
  it('names its statistic and its place', () => {
    expect(words('rms@mlp_in')).toMatchObject({ subject: 'rms at mlp_in', name: 'RMS at mlp_in' });
    expect(words('rms@mlp_in/each').name).toBe('RMS of each modality at mlp_in');
    expect(words('param_rms@attn.wq').subject).toBe('param_rms of attn.wq');
    expect(words('entropy@attn/each')).toMatchObject({ subject: 'entropy', name: 'entropy' });
  });
  const note = (text: string) => noteOn(readTyped(text)!).note;
  it('says what flows there', () => {
    expect(note('rms@mlp_in')).toMatch(/ Here of mlp_in, what the MLP reads\.$/);
    expect(note('grad_rms@mlp_in')).toMatch(/ Here at mlp_in, what the MLP reads\.$/);
    expect(note('underflow@block')).toMatch(/ Here of block, all sites of the block, added up/);
    expect(note('param_rms@attn.wq')).toMatch(/ Here of attn\.wq in every layer\.$/);
  });
});
