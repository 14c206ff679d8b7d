import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adviceOn } from '../../src/config/advice';
import {
  allowed,
  checkValue,
  complete,
  difference,
  reconcile,
  toTell,
} from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
import { decode, encode, formatValue, parseValue } from '../../src/config/codec';
import {
  DEFAULTS,
  field,
  FIELDS,
  GROUPS,
  KEYS,
  type Config,
  type Key,
} from '../../src/config/fields';
import { laneNames } from '../../src/config/naming';
import { normsOf } from '../../src/config/placements';
import { settings, valueOf } from './arbitrary';

/** Any configuration that can run. */
const configs = settings.map((config) => reconcile(config).config);

describe('every field', () => {
  test.each(KEYS)('%s has an accepted default, a group and a slider within its range', (key) => {
    const f = field(key);
    expect(checkValue(key, f.default)).toEqual({ value: f.default });
    expect(GROUPS).toContain(f.group);
    expect(f.note).toMatch(/\.$/);
    if ('slider' in f) {
      expect(f.slider.min).toBeGreaterThanOrEqual(f.min);
      expect(f.slider.max).toBeLessThanOrEqual(f.max);
    }
  });

  test.each(KEYS)('%s reads back from its text', (key) =>
    fc.assert(
      fc.property(valueOf(field(key)), (value) => {
        expect(parseValue(key, formatValue(value))).toBe(value);
      }),
    ),
  );

  test.each(KEYS)('%s refuses what it does not accept, and says what it does', (key) => {
    for (const bad of ['no such thing', NaN, Infinity, null, -1e12, []]) {
      const checked = checkValue(key, bad);
      expect(checked).toHaveProperty('problem');
      const { message } = (checked as { problem: { message: string } }).problem;
      expect(message).toContain(key);
      expect(message).toContain(allowed(field(key)));
    }
  });
});

describe('a configuration', () => {
  test('reads back from its text', () =>
    fc.assert(
      fc.property(configs, (config) => {
        expect(decode(encode(config))).toEqual({ config, problems: [] });
      }),
      { numRuns: 500 },
    ));

  test('can always be made to run, within what its fields accept', () =>
    fc.assert(
      fc.property(settings, fc.subarray(KEYS), (any, keep) => {
        const { config, problems } = reconcile(any, keep);
        expect(reconcile(config)).toEqual({ config, problems: [] });
        for (const key of KEYS)
          expect(checkValue(key, config[key])).toEqual({ value: config[key] });
        for (const { key } of problems) expect(KEYS).toContain(key);
        expect(problems.length > 0).toBe(Object.keys(difference(any, config)).length > 0);
      }),
      { numRuns: 2000 },
    ));

  test('lets the setting stand that was changed, and moves the other', () => {
    const asked: [Partial<Config>, Partial<Config>][] = [
      [{ n_heads: 5 }, { n_heads: 5, d_model: 65 }],
      [{ d_model: 66 }, { d_model: 66, n_heads: 3 }],
      [{ task: 'gaussian' }, { objective: 'random_projection' }],
    ];
    for (const [changed, wanted] of asked) {
      const { config, problems } = complete(changed);
      expect(config).toMatchObject({ ...changed, ...wanted });
      expect(problems[0]).toHaveProperty('remedy');
    }
    const gaussian = complete({ task: 'gaussian' }).config;
    expect(complete({ objective: 'cross_entropy' }, gaussian).config.task).toBe('text');
  });

  test('from a text with mistakes takes what is right and names what is wrong', () => {
    const { config, problems } = decode(
      'v=2&placement=post&norm=layernrom&n_layers=0&colour=red&n_layer=3&lr=1e-4&bias=yes&beta1=0x0',
    );
    expect(difference(DEFAULTS, config)).toEqual({ placement: 'post', lr: 1e-4 });
    expect(problems.map(({ key }) => key)).toEqual([
      'v',
      'norm',
      'n_layers',
      'colour',
      'n_layer',
      'bias',
      'beta1',
    ]);
    const said = problems.map(({ message }) => message).join('\n');
    expect(said).toContain('layernorm, rmsnorm');
    expect(said).toContain('from 1 to 64');
    expect(said).toContain('Did you mean n_layers?');
    expect(said).toContain('true or false');
  });
});

describe('a mistake is told in few words', () => {
  const said = (settings: Record<string, unknown>) =>
    toTell(complete(settings).problems).map(({ message }) => message);

  test.each<[string, Key | null]>([
    ['plcement', 'placement'],
    ['n_layer', 'n_layers'],
    ['nLayers', 'n_layers'],
    ['n-laeyrs', 'n_layers'],
    ['layers', 'n_layers'],
    ['embeddings_tie', 'tie_embeddings'],
    ['weigth_dcay', 'weight_decay'],
    ['stochastc_dept', 'stochastic_depth'],
    ['learning_rate', 'lr'],
    ['hidden_size', 'd_model'],
    ['colour', null],
    ['x', null],
    ['', null],
    ['n_layers'.repeat(20_000), null],
  ])('“%s” is meant to be %s', (typed, key) => {
    const [message, ...more] = said({ [typed]: 1 });
    expect(more).toEqual([]);
    if (key) expect(message).toMatch(new RegExp(`Did you mean ${key}\\?$`));
    else expect(message).not.toMatch(/Did you mean|Known are/);
    expect(message!.length).toBeLessThan(200);
  });

  test('a wrong choice names the nearest beside all that there are', () => {
    expect(said({ norm: 'layernrom' })).toEqual([
      expect.stringMatching(/one of layernorm, .*\. Did you mean layernorm\?$/),
    ]);
  });

  test.each([
    ['lr', '0,003', '0.003'],
    ['lr', '-,5e-3', '-.5e-3'],
    ['n_layers', '6,0', '6.0'],
  ])('%s=%s has a decimal comma, and is explained with the point', (key, typed, meant) => {
    expect(said({ [key]: typed })).toEqual([
      expect.stringContaining(`Decimals are written with a point: ${meant}.`),
    ]);
    expect(decode(`${key}=${typed}`).problems).toHaveLength(1);
  });

  test.each([
    ['batch_size', '1,000', 'Whole numbers are written without separators: 1000.'],
    ['batch_size', '1’000', 'Whole numbers are written without separators: 1000.'],
    ['lr', '1.000,5', 'Numbers are written without separators, and decimals with a point: 1000.5.'],
    ['lr', '1,000.5', 'Numbers are written without separators, and decimals with a point: 1000.5.'],
    ['lr', '1,000,000', 'Numbers are written without separators: 1000000.'],
    ['lr', '0.003,5', 'Numbers hold no comma, only a point before decimals'],
    ['norm_eps', '1e-5,0', 'Numbers hold no comma, only a point before decimals'],
    ['norm_eps', '1e−3', 'A minus is written as a hyphen: 1e-3.'],
  ])('%s=%s is explained', (key, typed, words) =>
    expect(said({ [key]: typed })).toEqual([expect.stringContaining(words)]),
  );

  test.each([
    ['a text of 100 kB', { norm: 'x'.repeat(1e5) }],
    ['exceptions without end', { layer_overrides: '0:post,'.repeat(1e5) }],
    ['an intervention without end', { interventions: `3:${'x'.repeat(1e5)}` }],
    ['one within what a link holds', { interventions: `3:${'x'.repeat(1900)}` }],
    ['lists in lists', { lr: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown }],
    ['a large object', { seed: { a: 'x'.repeat(1e5) } }],
  ])('%s is cut', (_, settings) => {
    const [message, ...more] = said(settings);
    expect(more).toEqual([]);
    expect(message!.length).toBeLessThan(500);
  });

  test('twelve thousand of them are counted, at once', () => {
    // As long as settings are, and like them: what is compared with all.
    const keys = Array.from({ length: 12_000 }, (_, i) => [`weight_d_${i}`, 1] as const);
    const began = performance.now();
    const messages = said(Object.fromEntries(keys));
    expect(performance.now() - began).toBeLessThan(1000);
    expect(messages).toHaveLength(6);
    expect(messages.at(-1)).toBe('… and 11,995 more.');
  });

  test('a few are all told', () => {
    const keys = Array.from({ length: 8 }, (_, i) => [`unknown_${i}`, 1] as const);
    expect(said(Object.fromEntries(keys))).toHaveLength(8);
  });
});

test('a number may go by a word', () => {
  const { config, problems } = decode('loss_scale=dynamic&precision=fp16');
  expect(problems).toEqual([]);
  expect(config.loss_scale).toBe(0);
  expect(laneNames([DEFAULTS, { ...DEFAULTS, loss_scale: 0 }])[1]).toBe('Loss scale dynamic');
});

test('lanes are named by what sets them apart', () => {
  const post: Config = { ...DEFAULTS, placement: 'post' };
  const rms: Config = { ...DEFAULTS, norm: 'rmsnorm', norm_eps: 1e-8 };
  expect(laneNames([DEFAULTS])).toEqual(['pre-LN']);
  expect(laneNames([DEFAULTS, post])).toEqual(['pre-LN', 'post-LN']);
  expect(laneNames([DEFAULTS, rms])[1]).toBe('RMSNorm · Norm ε 1e-8');
  expect(new Set(laneNames([DEFAULTS, post, rms, DEFAULTS])).size).toBe(4);
});

test('every choice has a label and a sentence that ends', () => {
  for (const [key, choices] of Object.entries(CHOICES)) {
    expect(Object.keys(choices)).toContain(FIELDS[key as keyof typeof CHOICES].default);
    for (const [id, choice] of Object.entries(choices)) {
      expect(choice.label, `${key} ${id}`).not.toBe('');
      expect(choice.note, `${key} ${id}`).toMatch(/\.$/);
    }
  }
});

const ALONE = { task: 'gaussian', objective: 'random_projection', batch_size: 1 } as const;
test.each<[Partial<Config>, RegExp[]]>([
  [{ ...ALONE, seq_len: 1, norm: 'batchnorm' }, [/^BatchNorm .*batch_size · seq_len = 1/]],
  [{ ...ALONE, seq_len: 1, layer_overrides: '2:/batchnorm' }, [/^BatchNorm/]],
  [{ ...ALONE, seq_len: 1, norm: 'batchnorm', placement: 'none', final_norm: 'off' }, []],
  [{ ...ALONE, seq_len: 1 }, []],
  [{ ...ALONE, seq_len: 2, norm: 'batchnorm' }, []],
  [{ d_model: 4, n_heads: 4, qk_norm: 'layernorm' }, [/^LayerNorm .*d_model\/n_heads = 1/]],
  [{ d_model: 4, n_heads: 4, qk_norm: 'layernorm', sublayers: 'mlp' }, []],
  [{ d_model: 4, n_heads: 2, qk_norm: 'layernorm' }, []],
  [{ d_model: 4, mlp_ratio: 0.25, inner_norm: 'subln' }, [/^LayerNorm .*mlp_ratio = 1/]],
  [{ d_model: 4, mlp_ratio: 0.25, inner_norm: 'subln', norm: 'rmsnorm' }, []],
])('a norm that removes the mean of one number is said to give nothing: %o', (given, wanted) => {
  const said = adviceOn({ ...DEFAULTS, ...given });
  expect(said).toHaveLength(wanted.length);
  wanted.forEach((pattern, i) => expect(said[i]).toMatch(pattern));
});

test('a placement’s norms are those of its definition', () => {
  expect(normsOf('pre')).toEqual(['norm']);
  expect(normsOf('post')).toEqual(['norm']);
  expect(normsOf('none')).toEqual([]);
});
