import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { explanationOf } from '../../src/theory/explained';
import { predict } from '../../src/theory/predict';
import { THEORY } from '../engine/theorySupport';
import { configOf } from '../engine/support';
import { givenOf } from './deviation';

const KEYS = [
  ...['placement', 'residual_scale', 'norm_scale', 'activation', 'init', 'norm', 'topology'],
  ...['sublayers', 'attention', 'positions', 'weight_reparam', 'qk_norm', 'inner_norm'],
] as readonly (keyof typeof CHOICES)[];
const SETTING = { ...THEORY, n_layers: 2, seq_len: 4, d_model: 16, attention: 'softmax' } as const;
const cases: Partial<Config>[] = [
  { dropout: 0.1, stochastic_depth: 0.1, init_gain: 2, layer_overrides: '0:post' },
  { task: 'random', objective: 'cross_entropy', positions: 'learned' },
  ...KEYS.flatMap((key) => Object.keys(CHOICES[key]).map((id) => ({ [key]: id }))),
];

const texts = (settings: Partial<Config>, quantity = 'resid_post/grad_rms') => {
  const { equation, steps, sources } = explanationOf(
    quantity,
    configOf({ ...SETTING, ...settings }),
  )!;
  return {
    equation,
    formulas: steps.map(({ formula }) => formula ?? ''),
    sources: sources.map(({ text }) => text),
  };
};

/** Most configurations share most formulas; KaTeX reads each once. */
const read = new Set<string>();
function expectRead(tex: string) {
  if (read.has(tex)) return;
  katex.renderToString(tex, { throwOnError: true, strict: 'error' });
  read.add(tex);
}

test.each(cases.map((settings) => [JSON.stringify(settings), settings] as const))(
  'every prediction of %s is explained, in TeX that KaTeX reads',
  (_, settings) => {
    const config = configOf({ ...SETTING, ...settings });
    for (const quantity of Object.keys(predict(config, givenOf(config)).quantities)) {
      const found = explanationOf(quantity, config);
      expect(found, quantity).not.toBeNull();
      const { equation, steps, sources } = found!;
      for (const tex of [equation, ...steps.map(({ formula }) => formula)]) {
        if (tex) expectRead(tex);
      }
      for (const { text } of steps) expect(text).toMatch(/^\S.*\.$/);
      expect(new Set(sources.map(({ text }) => text)).size).toBe(sources.length);
    }
  },
);

describe('the parts are those that the configuration uses', () => {
  test('an update and its way back, from the placement’s own definition', () => {
    expect(texts({ placement: 'post' }, 'resid_post/rms').equation).toContain(
      String.raw`K \leftarrow \mathcal N[K + \mathcal F[K]]`,
    );
    expect(texts({ placement: 'post' }).equation).toContain(
      String.raw`\Gamma \leftarrow \mathcal N^*[\Gamma] + \mathcal F^*[\mathcal N^*[\Gamma]]`,
    );
    expect(texts({ placement: 'peri' }).equation).toContain(
      String.raw`\Gamma + \mathcal N^*[\mathcal F^*[\mathcal N^*[\Gamma]]]`,
    );
  });

  test('a source for each law, and none of laws that are not used', () => {
    const cites = (settings: Partial<Config>, author: RegExp) =>
      texts(settings).sources.some((text) => author.test(text));
    expect(cites({}, /Cho, Saul/)).toBe(true);
    expect(cites({ activation: 'silu' }, /Cho, Saul/)).toBe(false);
    expect(cites({ activation: 'silu' }, /Daniely/)).toBe(true);
    expect(cites({}, /Hron/)).toBe(true);
    expect(cites({ attention: 'uniform' }, /Hron/)).toBe(false);
    expect(cites({ norm: 'batchnorm' }, /Yang et al\. 2019/)).toBe(true);
    expect(cites({}, /Kedia.*dropout/)).toBe(false);
    expect(cites({ dropout: 0.1 }, /Kedia.*dropout/)).toBe(true);
  });

  test('what is not predicted has none', () => {
    expect(explanationOf('resid_post/rms_typical', configOf(SETTING))).toBeNull();
  });
});
