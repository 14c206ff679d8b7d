import { describe, expect, test } from 'vitest';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { complete } from '../../src/config/check';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { placements } from '../../src/config/placements';
import { python, used } from '../../src/pytorch/code';
import { modelSections } from '../../src/pytorch/model';
import { plainTex } from '../../src/pytorch/plainTex';
import { obstacles, script } from '../../src/pytorch/script';
import { configOf } from '../engine/support';
import { randomSettings } from '../engine/randomSettings';
import { EVERY_SETTING, nameOf } from '../support/everySetting';

/** Every setting alone, and combinations; what it cannot go together with gives way. */
const CONFIGS = [
  ...EVERY_SETTING,
  ...Object.keys(CHOICES.precision).map(
    (id) => ({ precision: id, precision_policy: 'autocast' }) as Partial<Config>,
  ),
  ...Array.from({ length: 20 }, (_, seed) => randomSettings(seed)),
].map((settings) => complete({ n_layers: 4, ...settings }).config);
const EXPORTED = CONFIGS.filter((config) => obstacles(config).length === 0);

const codeOf = (config: Config, title: string): string =>
  modelSections(config).find((section) => section.title === title)!.code;
const modelOf = (settings: Partial<Config>) => codeOf(configOf(settings), 'Model');
/** The code of all sections of the model. */
const wholeModel = (config: Config) =>
  modelSections(config)
    .map(({ code }) => code)
    .join('\n');

/** Names that stand at the top level. */
const definitionsOf = (code: string): string[] =>
  [...code.matchAll(/^(?:class|def) (\w+)|^(\w+)(?:: .*)? = /gm)].map(
    ([, definition, constant]) => (definition ?? constant)!,
  );

describe('every choice of every registry is exported, or the message says why not', () => {
  const choices = (Object.keys(CHOICES) as ChoiceKey[]).flatMap((key) =>
    Object.keys(CHOICES[key]).map((id) => [key, id] as const),
  );
  test.each(choices)('%s=%s', (key, id) => {
    const { config } = complete({ [key]: id });
    expect(config[key]).toBe(id);
    const found = obstacles(config);
    if (found.length) {
      for (const { setting, reason } of found) {
        expect(Object.keys(DEFAULTS)).toContain(setting);
        expect(reason).toMatch(/^\S.{20,}\.$/s);
      }
    } else {
      expect(script(config)).toContain('class Transformer(nn.Module):');
    }
  });

  test('most are', () => {
    const refused = choices.filter(([key, id]) => obstacles(complete({ [key]: id }).config).length);
    expect(refused.map(([key, id]) => `${key}=${id}`)).toEqual([
      'precision=bf16',
      'precision=fp16',
      'precision=fp8_e4m3',
      'precision=fp8_e5m2',
    ]);
  });
});

describe('the code of a configuration has nothing of other choices', () => {
  test('all that is defined is used', () => {
    for (const config of EXPORTED) {
      const whole = script(config);
      for (const name of definitionsOf(wholeModel(config))) {
        const uses = whole.match(new RegExp(`\\b${name}\\b`, 'g'))!.length;
        expect(uses, `${nameOf(config)}: ${name}`).toBeGreaterThan(1);
      }
    }
  });

  test('nothing branches on a setting', () => {
    const known =
      /^(if self\.training:|else:|if processes\(\) == 1:|(if|and) .*(self\.layer|now\.step).*:|if module\.training:)$/;
    for (const config of EXPORTED) {
      const branches = codeOf(config, 'Model')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /^(if|elif|else)\b/.test(line));
      expect(branches.filter((line) => !known.test(line))).toEqual([]);
      expect(wholeModel(config)).not.toContain('CONFIG');
    }
  });

  test('a norm is the only one that is defined', () => {
    const classes = Object.keys(CHOICES.norm).map((norm) => {
      const names = definitionsOf(modelOf({ norm: norm as Config['norm'] }));
      return names.filter((name) => /Norm|DyT|Derf/.test(name));
    });
    expect(classes.map((names) => names.length)).toEqual(
      Object.keys(CHOICES.norm).map((norm) => (norm === 'none' ? 0 : 1)),
    );
    expect(new Set(classes.flat()).size).toBe(Object.keys(CHOICES.norm).length - 1);
  });

  test('lines fit in 100 columns, nothing is left of the templates', () => {
    for (const config of EXPORTED) {
      const code = wholeModel(config);
      expect(code.split('\n').filter((line) => line.length > 100 || /\s$/.test(line))).toEqual([]);
      expect(code).not.toMatch(/undefined|\[object|NaN(?!s)|\0|\bfalse\b|\bnull\b|\\`|\$\{/);
      expect(code).not.toMatch(/\n{4}/);
    }
  });
});

/** The statements of the blocks’ forward pass. */
const updateOf = (settings: Partial<Config>): string[] =>
  /class \w*Block\(nn\.Module\):.*?def forward\(.*?\n(.*?)\n\n/s
    .exec(modelOf(settings))![1]!
    .split('\n')
    .map((line) => line.trim().replaceAll('self.name}.', '}'));

describe('placements are traced', () => {
  test('pre-LN', () => {
    expect(updateOf({})).toEqual([
      'x = tap(f"{}resid_pre", x)',
      'attn = self.attn(self.attn.norm(x), tap)',
      'attn = tap(f"{}attn_add", attn)',
      'x = tap(f"{}resid_mid", x + attn)',
      'mlp = self.mlp(self.mlp.norm(x), tap)',
      'mlp = tap(f"{}mlp_add", mlp)',
      'return tap(f"{}resid_post", x + mlp)',
    ]);
  });

  test('ResiDual, in parallel, with scales', () => {
    expect(
      updateOf({ placement: 'residual', topology: 'parallel', residual_scale: 'inv_sqrt_depth' }),
    ).toEqual([
      'x = tap(f"{}resid_pre", x)',
      'attn = self.attn(x, tap)',
      'mlp = self.mlp(x, tap)',
      'attn = tap(f"{}attn_add", BRANCH_SCALE * attn)',
      'mlp = tap(f"{}mlp_add", BRANCH_SCALE * mlp)',
      'x = tap(f"{}resid_post", self.attn.norm(x + attn + mlp))',
      'r = r + attn + mlp',
      'return x, r',
    ]);
  });

  test('a norm that both branches read is computed once', () => {
    expect(updateOf({ topology: 'parallel' }).slice(1, 4)).toEqual([
      'read = self.attn.norm(x)',
      'attn = self.attn(read, tap)',
      'mlp = self.mlp(read, tap)',
    ]);
  });

  test('interventions stand where they act', () => {
    const lines = updateOf({ interventions: '4-7:scale.attn=0.5@100-199, 3:noise.resid_mid=0.1' });
    expect(lines.slice(2, 8)).toEqual([
      'if 4 <= self.layer <= 7 and 100 <= now.step <= 199:',
      'attn = 0.5 * attn',
      'attn = tap(f"{}attn_add", attn)',
      'x = x + attn',
      'if self.layer == 3:',
      'x = x + 0.1 * noise(f"{}resid_mid", x, now)',
    ]);
  });

  test('a class for each kind of block', () => {
    const classes = (layer_overrides: string) =>
      definitionsOf(modelOf({ layer_overrides })).filter((name) => name.endsWith('Block'));
    expect(classes('')).toEqual(['Block']);
    expect(classes('8-11:post')).toEqual(['PreLNBlock', 'PostLNBlock']);
    expect(classes('0:/rmsnorm')).toEqual(['PreLNRMSNormBlock', 'PreLNLayerNormBlock']);
    expect(modelOf({ layer_overrides: '8-11:post' })).toContain(
      'KINDS = (\n    [PreLNBlock] * 8\n    + [PostLNBlock] * 4\n)',
    );
  });
});

test('formulas are said in plain letters', () => {
  expect(plainTex(CHOICES.norm.layernorm.formula!)).toBe('y = g ⊙ (x − μ)/√(σ² + ε) + b');
  expect(plainTex(placements.deepnorm.formula!)).toBe(
    'x ← N(α x + f(x)), α = (2L)^(1/4), β = (8L)^(−1/4)',
  );
  const formulas = Object.values(CHOICES)
    .flatMap((choices) => Object.values(choices) as { formula?: string }[])
    .flatMap(({ formula }) => (formula ? [plainTex(formula)] : []));
  expect(formulas.filter((text) => /[\\{}]/.test(text))).toEqual([]);
});

describe('templates', () => {
  test('lose their indentation, and lines of which nothing is left', () => {
    const body = 'a = 1\nb = 2';
    expect(python`
      def f():
          ${body}
          ${false}
          ${['c = 3', '', 'd = 4']}
          return ${'a'} + b
    `).toBe('def f():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    return a + b');
  });

  test('definitions are taken with what they use', () => {
    const one = (name: string, code: string) => ({ name, code });
    const all = [one('A', 'A = B + 1'), one('B', 'B = 1'), one('C', 'C = A')];
    expect(used(['A'], all).map(({ name }) => name)).toEqual(['A', 'B']);
  });
});
