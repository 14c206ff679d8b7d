import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
import { decode, encode } from '../../src/config/codec';
import { DEFAULTS, type Config } from '../../src/config/fields';
import {
  activeAt,
  formatInterventions,
  parseInterventions,
  type Intervention,
} from '../../src/config/interventions';
import { hasEmbedNorm, hasFinalNorm, layerPlans, updatesOf } from '../../src/config/layers';
import type { NormId } from '../../src/config/norms';
import { formatOverrides, parseOverrides, withOverride } from '../../src/config/overrides';
import type { PlacementId } from '../../src/config/placements';
import { sitesOf } from '../../src/config/sites';
import { paramSpecs } from '../../src/model/params';

const L = 12;
const range = fc
  .tuple(fc.nat(L - 1), fc.nat(L - 1))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const placement = fc.constantFrom(...(Object.keys(CHOICES.placement) as PlacementId[]));
const norm = fc.constantFrom(...(Object.keys(CHOICES.norm) as NormId[]));
const override = fc.oneof(
  fc.tuple(range, placement).map(([at, placement]) => ({ ...at, placement })),
  fc.tuple(range, norm).map(([at, norm]) => ({ ...at, norm })),
  fc.tuple(range, placement, norm).map(([at, placement, norm]) => ({ ...at, placement, norm })),
);
const text = fc.array(override, { maxLength: 5 }).map(formatOverrides);
const plansOf = (layer_overrides: string) => layerPlans({ ...DEFAULTS, layer_overrides });

describe('exceptions of layers', () => {
  test('are read as they are written, later ones winning', () => {
    const plans = plansOf('8-11:post, 0:/rmsnorm,4-8:sandwich/scalenorm');
    expect(plans.map((p) => p.placement)).toEqual([
      ...Array(4).fill('pre'),
      ...Array(5).fill('sandwich'),
      ...Array(3).fill('post'),
    ]);
    expect(plans.map((p) => p.norm)).toEqual([
      'rmsnorm',
      ...Array(3).fill('layernorm'),
      ...Array(5).fill('scalenorm'),
      ...Array(3).fill('layernorm'),
    ]);
  });

  test('read back from their text', () =>
    fc.assert(
      fc.property(fc.array(override, { maxLength: 5 }), (overrides) => {
        const parsed = parseOverrides(formatOverrides(overrides));
        expect(parsed).toEqual({ overrides, problem: null });
      }),
    ));

  test('with a dash of any kind between layers', () =>
    expect(parseOverrides('0–1:post').overrides).toEqual([{ from: 0, to: 1, placement: 'post' }]));

  test('with one more change its layers alone, and nothing else of them', () =>
    fc.assert(
      fc.property(
        text,
        range,
        fc.option(placement),
        fc.option(norm),
        fc.boolean(),
        (before, at, placement, norm, both) => {
          const change = both ? { placement, norm } : { placement };
          const after = plansOf(withOverride(before, at, change));
          plansOf(before).forEach((old, layer) => {
            const inside = layer >= at.from && layer <= at.to;
            const wanted = inside
              ? {
                  placement: placement ?? DEFAULTS.placement,
                  norm: both ? (norm ?? DEFAULTS.norm) : old.norm,
                }
              : old;
            expect(after[layer]).toEqual(wanted);
          });
        },
      ),
      { numRuns: 500 },
    ));

  test.each([
    ['8-11', 'is not an exception'],
    ['8-11:', 'names neither a placement nor a norm'],
    ['11-8:post', 'is not an exception, as its layers count backward; write 8-11'],
    ['1–0:post', 'backward; write 0-1'],
    ['0:posst', '“posst” is no placement (did you mean post?); there are '],
    ['0:pst', '“pst” is no placement (did you mean post?)'],
    ['0:/rms', '“rms” is no norm (did you mean rmsnorm?)'],
    ['0:rmsnorm', '“rmsnorm” is a norm and no placement; write it as /rmsnorm'],
    ['0:post/rmsnorm/x', 'names neither'],
    ['-1:post', 'is not an exception'],
  ])('%s is refused: %s', (bad, why) => {
    const { config, problems } = complete({ layer_overrides: bad });
    expect(config.layer_overrides).toBe('');
    expect(problems[0]!.message).toContain('layer_overrides');
    expect(problems[0]!.message).toContain(why);
  });

  test('the last layer decides about the final norm, the first about the embedding’s', () => {
    const at = (settings: Partial<Config>) => ({ ...DEFAULTS, ...settings });
    expect(hasFinalNorm(at({ layer_overrides: '11:post' }))).toBe(false);
    expect(hasFinalNorm(at({ placement: 'post', layer_overrides: '11:pre' }))).toBe(true);
    expect(hasFinalNorm(at({ placement: 'residual', final_norm: 'off' }))).toBe(true);
    expect(hasEmbedNorm(at({ layer_overrides: '0:peri' }))).toBe(true);
    expect(hasEmbedNorm(at({ placement: 'peri', layer_overrides: '0:pre' }))).toBe(false);
  });

  test.each<Partial<Config>>([
    { placement: 'peri' },
    { placement: 'residual' },
    { placement: 'post', final_norm: 'on' },
  ])('the norm of an exception is its layer’s alone (%o)', (settings) => {
    const names = (layer_overrides: string) =>
      paramSpecs({ ...DEFAULTS, ...settings, layer_overrides }, 5)
        .map(({ name }) => name)
        .filter((name) => !/^blocks\.(0|11)\./.test(name));
    expect(names('0:/scalenorm, 11:/adaptive')).toEqual(names(''));
  });
});

describe('interventions', () => {
  const steps = fc.oneof(
    fc.constant({ from: 0, to: Infinity }),
    fc.nat(99).map((from) => ({ from, to: Infinity })),
    fc.tuple(fc.nat(99), fc.nat(99)).map(([from, more]) => ({ from, to: from + more })),
  );
  const number = fc.double({ min: -100, max: 100, noNaN: true }).map((x) => x + 0);
  const sublayer = fc.constantFrom('attn' as const, 'mlp' as const);
  const action = fc.oneof(
    fc.record({ kind: fc.constant('scale' as const), sublayer, factor: number }),
    fc.record({ kind: fc.constant('silence' as const), head: fc.nat(63) }),
    fc.record({
      kind: fc.constant('noise' as const),
      site: fc.constantFrom('resid_pre' as const, 'attn.q' as const, 'mlp_out' as const),
      std: number.map(Math.abs),
    }),
    fc.record({ kind: fc.constant('freeze' as const), sublayer }),
  );
  const one = fc
    .tuple(range, steps, action)
    .map(([layers, steps, action]): Intervention => ({ layers, steps, ...action }));

  test('read back from their text, also through a link', () =>
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), (interventions) => {
        const written = formatInterventions(interventions);
        expect(parseInterventions(written)).toEqual({ interventions, problem: null });
        const config = { ...DEFAULTS, n_heads: 64, interventions: written };
        expect(decode(encode(config)).config.interventions).toBe(written);
      }),
    ));

  test('act at their layers and steps, both ends included', () => {
    const { interventions } = parseInterventions('2-3:freeze.mlp@10-20,0:silence=1@5');
    const active = (layer: number, step: number) =>
      activeAt(interventions, layer, step).map(({ kind }) => kind);
    expect([active(2, 9), active(2, 10), active(3, 20), active(3, 21)]).toEqual([
      [],
      ['freeze'],
      ['freeze'],
      [],
    ]);
    expect([active(0, 4), active(0, 5), active(0, 1e6), active(1, 5)]).toEqual([
      [],
      ['silence'],
      ['silence'],
      [],
    ]);
  });

  test.each([
    ['3:silence', 'silence needs a head'],
    ['3:silence=x', 'silence needs a head'],
    ['3:scale=0.5', 'scale needs a branch'],
    ['3:scale.attn', 'scale needs a factor'],
    ['3:noise.nowhere=1', 'noise needs a site'],
    ['3:noise.resid_pre=-1', 'standard deviation'],
    ['3:freeze.mlp=2', 'freeze needs a branch'],
    ['3:freeze.mlp@20-10', 'steps are written from the first to the last: @10-20'],
    ['10-5:freeze.mlp', 'layers are written from the first to the last: 5-10'],
    ['3:scale.attn=0,5', 'decimals are written with a point'],
    ['0:silnce=1', '(did you mean silence?)'],
    ['3:noise.resid_pst=1', 'noise needs a site (did you mean resid_post?)'],
    ['3:explode', 'is not an intervention'],
    ['silence=2', 'is not an intervention'],
  ])('%s is refused: %s', (bad, why) => {
    const { problems } = complete({ interventions: bad });
    expect(problems[0]!.message).toContain('interventions');
    expect(problems[0]!.message).toContain(why);
  });
});

describe('settings that cannot go together', () => {
  test.each<[Partial<Config>, RegExp, Partial<Config>]>([
    [{ positions: 'rope', d_model: 12, n_heads: 4 }, /odd; it must be even/, {}],
    [
      { residual_scale: 'deepscale', sublayers: 'attn', n_layers: 1 },
      /N = 1; it must be at least 2/,
      {},
    ],
    [
      { task: 'gaussian', objective: 'random_projection', seq_len: 1, qk_norm: 'l2' },
      /at least 2/,
      {},
    ],
    [{ layer_overrides: '10-14:post' }, /layers 0 to 11/, { layer_overrides: '10-11:post' }],
    [{ layer_overrides: '12:post,1:none' }, /layer 12/, { layer_overrides: '1:none' }],
    [{ placement: 'residual', layer_overrides: '1:post' }, /whole model/, { layer_overrides: '' }],
    [{ layer_overrides: '1:residual' }, /whole model/, { layer_overrides: '' }],
    [{ interventions: '0:silence=4' }, /n_heads is 4, counted from 0/, { interventions: '' }],
    [
      { interventions: '10-19:freeze.mlp' },
      /layers 0 to 11/,
      { interventions: '10-11:freeze.mlp' },
    ],
    [{ sublayers: 'mlp', interventions: '0:silence=0' }, /there is no attention/, {}],
    [{ topology: 'parallel', interventions: '0:noise.resid_mid=1' }, /resid_mid, which is not/, {}],
    [{ eval_seq_len: 64 }, /needs sinusoidal, rope, alibi or none/, {}],
    [{ eval_seq_len: 2 }, /at least 4/, {}],
    [{ objective: 'random_projection', eval_seq_len: 16 }, /fixed to seq_len/, {}],
  ])('%o', (settings, message, wanted) => {
    const { config, problems } = complete(settings);
    expect(problems.map((p) => p.message).join(' ')).toMatch(message);
    expect(problems[0]!.remedy).toBeTruthy();
    expect(config).toMatchObject(wanted);
    expect(complete({ ...config }).problems).toEqual([]);
  });

  test('fewer layers by a slider cut what is said of the others', () => {
    const { config, problems } = complete(
      { n_layers: 6 },
      { ...DEFAULTS, layer_overrides: '2-9:post', interventions: '5-7:freeze.attn' },
    );
    expect(config).toMatchObject({ layer_overrides: '2-5:post', interventions: '5:freeze.attn' });
    expect(problems).toHaveLength(2);
  });
});

test('sites and updates follow topology and sublayers', () => {
  const at = (settings: Partial<Config>) => ({ ...DEFAULTS, n_layers: 1, ...settings });
  expect(updatesOf(at({}))).toEqual([['attn'], ['mlp']]);
  expect(updatesOf(at({ topology: 'parallel' }))).toEqual([['attn', 'mlp']]);
  expect(updatesOf(at({ sublayers: 'mlp', topology: 'parallel' }))).toEqual([['mlp']]);
  expect(sitesOf(at({ topology: 'parallel' }))).not.toContain('blocks.0.resid_mid');
  expect(sitesOf(at({ sublayers: 'mlp' })).filter((s) => s.includes('attn'))).toEqual([]);
  expect(sitesOf(at({ placement: 'residual', final_norm: 'off' }))).toContain('final_norm');
});
