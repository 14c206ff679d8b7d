import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complete, reconcile } from '../../src/config/check';
import { DEFAULTS, field, KEYS, type Config } from '../../src/config/fields';
import { BLOCK_SITES, type BlockSite } from '../../src/config/sites';
import { HEAD_STATISTIC_IDS, isCount, PARAM_STATISTIC_IDS } from '../../src/config/statistics';
import {
  decodeLink,
  DEFAULT_PAGE,
  encodeLink,
  nextPlacement,
  type Page,
} from '../../src/runs/link';
import { valueOf } from '../config/arbitrary';
import { DEFAULT_VIEW, ENLARGED, POSITION_QUANTITIES, type View } from '../../src/runs/view';
import { BACKWARD_IDS, FORWARD_IDS } from '../../src/runs/viewCodec';

/** Any configuration that can run, from any subset of settings. */
const config: fc.Arbitrary<Config> = fc
  .record(Object.fromEntries(KEYS.map((key) => [key, valueOf(field(key))])), { requiredKeys: [] })
  .map((settings) => reconcile({ ...DEFAULTS, ...settings } as Config).config);

const site = fc.constantFrom(...(Object.keys(BLOCK_SITES) as BlockSite[]));
const counts = ['underflow', 'overflow'] as const;
const statistic = fc.constantFrom(...PARAM_STATISTIC_IDS);
const forward = FORWARD_IDS.filter((id) => !isCount(id));
const view: fc.Arbitrary<View> = fc.record({
  magnitude: fc.oneof(
    fc.record({ site, statistic: fc.constantFrom(...FORWARD_IDS, 'rms_modalities' as const) }),
    fc.record({ site: fc.constant('block' as const), statistic: fc.constantFrom(...counts) }),
  ),
  gradient: fc.oneof(
    fc.record({
      of: fc.constant('activations' as const),
      site,
      statistic: fc.constantFrom(...BACKWARD_IDS, 'grad_rms_modalities' as const),
    }),
    fc.record({
      of: fc.constant('activations' as const),
      site: fc.constant('block' as const),
      statistic: fc.constantFrom('grad_underflow' as const, 'grad_overflow' as const),
    }),
    fc.record({
      of: fc.constant('parameters' as const),
      kind: fc.constantFrom('attn.wq', 'mlp.w_in', 'attn.norm.gain', 'unembed'),
      statistic,
    }),
  ),
  attention: fc.oneof(
    fc.record({
      of: fc.constant('heads' as const),
      statistic: fc.constantFrom(...HEAD_STATISTIC_IDS),
      each: fc.boolean(),
    }),
    fc.record({ of: fc.constant('tokens' as const), site }),
  ),
  costs: fc.record({ open: fc.boolean() }),
  evaluation: fc.record({ open: fc.constantFrom(null, true, false) }),
  compared: fc.oneof(
    fc.record({
      of: fc.constant('site' as const),
      site,
      statistic: fc.constantFrom(...forward),
    }),
    fc.record({
      of: fc.constant('heads' as const),
      statistic: fc.constantFrom(...HEAD_STATISTIC_IDS),
    }),
  ),
  discrepancy: fc.record({ norm: fc.constantFrom('attn.norm', 'mlp.norm', 'norm') }),
  position: fc.record({ of: fc.constantFrom(...POSITION_QUANTITIES) }),
  panel: fc.constantFrom(null, ...ENLARGED),
});

const lanes = (...changes: Record<string, unknown>[]) =>
  changes.map((change) => complete(change).config);
const page = (configs: Config[], own: Partial<View> = {}): Page => ({
  configs,
  view: { ...DEFAULT_VIEW, ...own },
});

describe('a link', () => {
  test('gives back any page of one to four lanes', () => {
    fc.assert(
      fc.property(fc.array(config, { minLength: 1, maxLength: 4 }), view, (configs, view) => {
        const decoded = decodeLink(encodeLink({ configs, view }));
        expect(decoded).toEqual({ configs, view, problems: [] });
      }),
    );
  });

  test('gives back pages whose lanes are alike or differ in one setting', () => {
    const near = config.chain((first) =>
      fc
        .array(
          fc.constantFrom(...KEYS).chain((key) =>
            fc.option(valueOf(field(key))).map((value) => {
              const change = value === null ? {} : { [key]: value };
              return reconcile({ ...first, ...change } as Config).config;
            }),
          ),
          { maxLength: 3 },
        )
        .map((others) => [first, ...others]),
    );
    fc.assert(
      fc.property(near, (configs) => {
        expect(decodeLink(encodeLink(page(configs)))).toMatchObject({ configs, problems: [] });
      }),
    );
  });

  test.each(KEYS)('holds %s', (key) => {
    fc.assert(
      fc.property(valueOf(field(key)), (value) => {
        const { config: first } = reconcile({ ...DEFAULTS, [key]: value } as Config, [key]);
        const configs = [first, complete({ placement: 'none' }, first).config];
        expect(decodeLink(encodeLink(page(configs))).configs).toEqual(configs);
      }),
      { numRuns: 20 },
    );
  });

  test('never fails, whatever it says', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('v=1', 'lanes=', 'b.', 'c.placement', 'view.', '=', '&', '%', '#', '@'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const decoded = decodeLink(pieces.join(''));
        expect(encodeLink(decodeLink(encodeLink(decoded)))).toBe(encodeLink(decoded));
      }),
    );
  });

  test.each<[string, Page]>([
    ['', DEFAULT_PAGE],
    ['v=1&placement=post', page(lanes({ placement: 'post' }, {}))],
    ['v=1&n_layers=24', page(lanes({ n_layers: 24 }, { n_layers: 24, placement: 'post' }))],
    ['v=1&lanes=1', page(lanes({}))],
    ['v=1&b.placement=pre', page(lanes({}, {}))],
    ['v=1&b.norm=rmsnorm', page(lanes({}, { norm: 'rmsnorm' }))],
    [
      'v=1&c.placement=none',
      page(lanes({ placement: 'pre' }, { placement: 'post' }, { placement: 'none' })),
    ],
    [
      'v=1&view.magnitude=absmax@mlp_out&view.gradient=param_grad_rms@attn.wq&view.attention=entropy@heads',
      page(DEFAULT_PAGE.configs, {
        magnitude: { site: 'mlp_out', statistic: 'absmax' },
        gradient: { of: 'parameters', kind: 'attn.wq', statistic: 'param_grad_rms' },
        attention: { of: 'heads', statistic: 'entropy', each: true },
      }),
    ],
    [
      'v=1&view.attention=token_cosine@resid_post',
      page(DEFAULT_PAGE.configs, { attention: { of: 'tokens', site: 'resid_post' } }),
    ],
    [
      'v=1&view.magnitude=rms_modalities@mlp_in',
      page(DEFAULT_PAGE.configs, { magnitude: { site: 'mlp_in', statistic: 'rms_modalities' } }),
    ],
    [
      'v=1&view.gradient=grad_underflow@block',
      page(DEFAULT_PAGE.configs, {
        gradient: { of: 'activations', site: 'block', statistic: 'grad_underflow' },
      }),
    ],
    [
      'v=1&view.gradient=activations@mlp_in',
      page(DEFAULT_PAGE.configs, {
        gradient: { of: 'activations', site: 'mlp_in', statistic: 'grad_rms' },
      }),
    ],
    [
      'v=1&view.evaluation=open&view.costs=open&view.compared=sink@mean&view.discrepancy=mlp.norm&view.position=entropy',
      page(DEFAULT_PAGE.configs, {
        evaluation: { open: true },
        costs: { open: true },
        compared: { of: 'heads', statistic: 'sink' },
        discrepancy: { norm: 'mlp.norm' },
        position: { of: 'entropy' },
      }),
    ],
    ['v=1&view.panel=gradient', page(DEFAULT_PAGE.configs, { panel: 'gradient' })],
  ])('“%s” is written and read', (hash, page) => {
    expect(encodeLink(page)).toBe(hash);
    expect(decodeLink(hash)).toEqual({ ...page, problems: [] });
    expect(decodeLink(`#${hash}`).configs).toEqual(page.configs);
  });

  test('with more lanes than settings gives each a placement of its own', () => {
    const { configs } = decodeLink('v=1&lanes=3&norm=rmsnorm');
    expect(configs.map((c) => c.placement)).toEqual(['pre', 'post', 'none']);
    expect(configs.map((c) => c.norm)).toEqual(['rmsnorm', 'rmsnorm', 'rmsnorm']);
  });

  test.each([
    ['v=1&plcement=post', 'plcement', 'Unknown setting “plcement”.', 'a'],
    ['v=1&n_layers=99999', 'n_layers', 'n_layers is 99999; it must be', 'a'],
    ['v=1&n_layers=twelve', 'n_layers', 'n_layers is “twelve”; it must be', 'a'],
    ['v=1&b.norm=batch', 'norm', 'Lane B: norm is “batch”; it must be one of', 'b'],
    ['v=7', 'v', 'v is “7”', 'a'],
    ['v=1&lanes=5', 'lanes', 'lanes is “5”', 'a'],
    ['v=1&lanes=1&c.lr=1', 'lr', 'Lane C: Its settings are left out, because lanes is 1.', 'c'],
    ['v=1&view.magnitude=grad_rms@embed', 'view.magnitude', 'it must be one of rms', 'a'],
    ['v=1&view.gradient=activations', 'view.gradient', 'as in activations@resid_post', 'a'],
    ['v=1&view.attention=entropy@mean@x', 'view.attention', 'it must be one of entropy', 'a'],
    ['v=1&view.magnitude=rms@block', 'view.magnitude', 'as in rms@resid_post', 'a'],
    ['v=1&view.evaluation=ajar', 'view.evaluation', 'it must be open, closed or auto', 'a'],
    ['v=1&view.compared=underflow@mlp_in', 'view.compared', 'it must be one of rms', 'a'],
    ['v=1&view.position=time', 'view.position', 'it must be one of loss, rms, entropy', 'a'],
    ['v=1&view.panel=cost', 'view.panel', 'it must be one of magnitude, gradient, attention', 'a'],
    ['v=1&view.sound=on', 'view.sound', 'Unknown setting “view.sound”.', 'a'],
  ])('“%s” says what is wrong and applies the rest', (hash, key, message, lane) => {
    const { problems, configs, view } = decodeLink(`${hash}&seed=7`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key, lane });
    expect(problems[0]!.message).toContain(message);
    expect(configs.map(({ seed }) => seed)).toEqual(configs.map(() => 7));
    expect(view).toEqual(DEFAULT_VIEW);
  });

  test('whose lane names nothing valid shows the other placement', () => {
    expect(decodeLink('b.placement=bogus').configs[1]!.placement).toBe('post');
  });

  test('settings that cannot go together are reconciled with a word about it', () => {
    const { configs, problems } = decodeLink('v=1&n_heads=5');
    expect(problems).toHaveLength(1);
    expect(configs[0]!.d_model % configs[0]!.n_heads).toBe(0);
  });
});

test('a new lane takes a placement that none has, then goes round', () => {
  expect(nextPlacement(['pre'])).toBe('post');
  expect(nextPlacement(['post'])).toBe('pre');
  expect(nextPlacement(['none'])).toBe('post');
  expect(['pre', 'post']).not.toContain(nextPlacement(['pre', 'post']));
});
