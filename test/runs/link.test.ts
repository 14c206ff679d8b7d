import fc from 'fast-check';
import { VIEWS } from '../../src/inspect/readings';
import { describe, expect, test } from 'vitest';
import { complete, reconcile } from '../../src/config/check';
import { DEFAULTS, field, KEYS, type Config } from '../../src/config/fields';
import { ofStatistic, readTyped, typed, type Quantity } from '../../src/config/quantity';
import { BLOCK_SITES } from '../../src/config/sites';
import {
  decodeLink,
  DEFAULT_PAGE,
  encodeLink,
  nextPlacement,
  type Page,
} from '../../src/runs/link';
import { LANE_IDS } from '../../src/runs/laneId';
import { valueOf } from '../config/arbitrary';
import {
  DEFAULT_VIEW,
  ENLARGED,
  HIDEABLE,
  LOWER,
  offerOf,
  OFFERS,
  type Offer,
  type QuantityPanel,
  type View,
} from '../../src/runs/view';

/** Any configuration that can run, from any subset of settings. */
const config: fc.Arbitrary<Config> = fc
  .record(Object.fromEntries(KEYS.map((key) => [key, valueOf(field(key))])), { requiredKeys: [] })
  .map((settings) => reconcile({ ...DEFAULTS, ...settings } as Config).config);

/** A quantity that a panel offers, at any site of a block or any kind of parameter. */
const offered = (panel: QuantityPanel): fc.Arbitrary<Quantity> => {
  const places: Record<string, string[]> = {
    site: [...Object.keys(BLOCK_SITES), 'block'],
    head: ['attn'],
    param: ['attn.wq', 'mlp.w_in', 'attn.norm.gain', 'unembed'],
    output: ['output'],
    run: [''],
  };
  const offers: readonly Offer[] = OFFERS[panel];
  const all = offers.flatMap(({ statistics }) =>
    statistics.flatMap((statistic) => {
      const of = ofStatistic(statistic)!;
      return places[of]!.flatMap((place) =>
        [false, true, 2].map((each) => ({ of, statistic, place, each }) as Quantity),
      );
    }),
  );
  return fc.constantFrom(
    ...all.filter((quantity) => readTyped(typed(quantity)) && offerOf(offers, quantity)),
  );
};
const view: fc.Arbitrary<View> = fc.record({
  magnitude: offered('magnitude'),
  gradient: offered('gradient'),
  attention: offered('attention'),
  compared: offered('compared'),
  position: offered('position'),
  traces: offered('traces'),
  waterfall: offered('waterfall'),
  arrange: fc.constantFrom('overlay', 'side_by_side'),
  depth: fc.constantFrom('layer', 'fraction'),
  lower: fc.constantFrom(...LOWER),
  costs: fc.record({ open: fc.boolean() }),
  baseline: fc.constantFrom(null, ...LANE_IDS),
  theory: fc.constantFrom('off', 'on', 'ratio'),
  seeds: fc.integer({ min: 0, max: 32 }),
  training_seeds: fc.integer({ min: 1, max: 8 }),
  evaluation: fc.record({ open: fc.constantFrom(null, true, false) }),
  discrepancy: fc.constantFrom('attn.norm', 'mlp.norm', 'norm'),
  panel: fc.constantFrom(null, ...ENLARGED),
  inspect: fc.option(
    fc.record({
      view: fc.constantFrom(...VIEWS),
      place: fc.constantFrom('embed', 'blocks.7.resid_post', 'blocks.0.attn.wq', 'final_norm.gain'),
      lane: fc.constantFrom(...LANE_IDS),
      head: fc.nat(63),
      sequence: fc.nat(63),
      token: fc.nat(9999),
    }),
  ),
  // Spaces at an end and signs that URLs have a use for among them.
  claims: fc.option(
    fc.oneof(
      fc.string({ maxLength: 80 }).map((words) => `open/gradient/no:${words}`),
      fc.constantFrom('open', 'open/training', 'of:xiong-lemma-2'),
    ),
  ),
  sweep: fc.option(fc.string({ maxLength: 80 })),
  words: fc.constantFrom(null, '', 'unigram-entropy', 'norm.rmsnorm', 'ρ'),
  open: fc.option(fc.uniqueArray(fc.constantFrom('placement', 'norm', 'lr', 'lanes'))),
  hide: fc.uniqueArray(fc.constantFrom(...HIDEABLE)),
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
      'v=1&view.magnitude=absmax@mlp_out&view.gradient=param_grad_rms@attn.wq&view.attention=entropy@attn/each',
      page(DEFAULT_PAGE.configs, {
        magnitude: { of: 'site', statistic: 'absmax', place: 'mlp_out', each: false },
        gradient: { of: 'param', statistic: 'param_grad_rms', place: 'attn.wq', each: false },
        attention: { of: 'head', statistic: 'entropy', place: 'attn', each: true },
      }),
    ],
    [
      'v=1&view.attention=token_cosine@resid_post',
      page(DEFAULT_PAGE.configs, {
        attention: { of: 'site', statistic: 'token_cosine', place: 'resid_post', each: false },
      }),
    ],
    [
      'v=1&view.magnitude=rms@mlp_in/each',
      page(DEFAULT_PAGE.configs, {
        magnitude: { of: 'site', statistic: 'rms', place: 'mlp_in', each: true },
      }),
    ],
    [
      'v=1&view.gradient=grad_underflow@block',
      page(DEFAULT_PAGE.configs, {
        gradient: { of: 'site', statistic: 'grad_underflow', place: 'block', each: false },
      }),
    ],
    [
      'v=1&view.gradient=grad_rms@mlp_in',
      page(DEFAULT_PAGE.configs, {
        gradient: { of: 'site', statistic: 'grad_rms', place: 'mlp_in', each: false },
      }),
    ],
    [
      'v=1&view.compared=sink@attn&view.position=entropy@attn&view.evaluation=open&view.costs=open&view.discrepancy=mlp.norm',
      page(DEFAULT_PAGE.configs, {
        evaluation: { open: true },
        costs: { open: true },
        compared: { of: 'head', statistic: 'sink', place: 'attn', each: false },
        discrepancy: 'mlp.norm',
        position: { of: 'head', statistic: 'entropy', place: 'attn', each: false },
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
    ['v=1&view.gradient=activations', 'view.gradient', 'as in grad_rms@resid_post', 'a'],
    ['v=1&view.attention=entropy@mean@x', 'view.attention', 'it must be one of entropy', 'a'],
    ['v=1&view.magnitude=rms@block', 'view.magnitude', 'as in rms@resid_post', 'a'],
    ['v=1&view.evaluation=ajar', 'view.evaluation', 'it must be open, closed or auto', 'a'],
    ['v=1&view.compared=underflow@mlp_in', 'view.compared', 'it must be one of rms', 'a'],
    ['v=1&view.position=time', 'view.position', 'it must be loss, or rms at resid_post, or', 'a'],
    ['v=1&view.magnitude=rms@blocks.3.mlp_in', 'view.magnitude', 'it must be one of rms', 'a'],
    ['v=1&view.attention=entropy@attn/2', 'view.attention', 'as in entropy@attn', 'a'],
    ['v=1&view.step=-1', 'view.step', 'it must be live or the number of a step', 'a'],
    ['v=1&view.baseline=e', 'view.baseline', 'it must be the letter of a lane', 'a'],
    ['v=1&view.theory=yes', 'view.theory', 'it must be on, ratio or off', 'a'],
    ['v=1&view.panel=cost', 'view.panel', 'it must be one of magnitude, gradient, attention', 'a'],
    ['v=1&view.thoery=on', 'view.thoery', 'Did you mean view.theory?', 'a'],
    ['v=1&veiw.panel=loss', 'veiw.panel', 'Did you mean view.panel?', 'a'],
    ['v=1&e.norm=rmsnorm', 'e.norm', 'Known are four lanes, a to d.', 'a'],
    ['v=1&a.norm=rmsnorm', 'a.norm', 'stand without a letter: norm.', 'a'],
    ['v=1&B.norm=rmsnorm', 'B.norm', 'small: b.norm.', 'a'],
    ['v=1&view.sound=on', 'view.sound', 'Unknown setting “view.sound”.', 'a'],
  ])('“%s” says what is wrong and applies the rest', (hash, key, message, lane) => {
    const { problems, configs, view } = decodeLink(`${hash}&seed=7`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key, lane });
    expect(problems[0]!.message).toContain(message);
    expect(configs.map(({ seed }) => seed)).toEqual(configs.map(() => 7));
    expect(view).toEqual(DEFAULT_VIEW);
  });

  test.each(['view.step=live', 'view.theory=off', 'view.panel=none'])(
    'says nothing of %s, as the page opens',
    (text) => expect(decodeLink(`v=1&${text}`)).toEqual({ ...DEFAULT_PAGE, problems: [] }),
  );

  test('may name a step, beside the page', () => {
    const linked = { ...DEFAULT_PAGE, step: 120 };
    expect(encodeLink(linked)).toBe('v=1&view.step=120');
    expect(decodeLink('v=1&view.step=120')).toEqual({ ...linked, problems: [] });
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
