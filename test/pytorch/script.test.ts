import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { KEYS, type Config } from '../../src/config/fields';
import { placements } from '../../src/config/placements';
import { moduleName, obstacles, script } from '../../src/pytorch/script';
import { updateInWords } from '../../src/pytorch/training/head';
import { configOf, TINY } from '../engine/support';

/** One choice against the defaults; what it cannot go together with gives way. */
const EVERY_CHOICE = (Object.keys(CHOICES) as ChoiceKey[]).flatMap((key) =>
  Object.keys(CHOICES[key]).map((id): [string, Config] => [
    `${key}=${id}`,
    complete({ ...TINY, [key]: id }).config,
  ]),
);

test.each(EVERY_CHOICE)('%s is written, or said to be no PyTorch', (_, config) => {
  const hindrances = obstacles(config);
  if (hindrances.length) {
    for (const { setting, reason } of hindrances) {
      expect(KEYS).toContain(setting);
      expect(reason.length).toBeGreaterThan(20);
    }
    return;
  }
  const code = script(config);
  expect(code).toContain('\nclass Transformer(nn.Module):\n');
  expect(code).not.toMatch(/undefined|\[object|\$\{|\0|\t| $/m);
});

test('what cannot be written: each operation rounded by itself', () => {
  const told = EVERY_CHOICE.filter(([, config]) => obstacles(config).length).map(([name]) => name);
  expect(told).toEqual(['bf16', 'fp16', 'fp8_e4m3', 'fp8_e5m2'].map((id) => `precision=${id}`));
  for (const precision of ['bf16', 'fp16', 'fp8_e4m3', 'fp8_e5m2'] as const)
    expect(obstacles(configOf({ precision, precision_policy: 'autocast' }))).toEqual([]);
});

describe('no code of what is not chosen', () => {
  const code = script(configOf(TINY));
  test.each(['is_frozen', 'GRAD_CLIP', 'LossScale', 'Muon', 'warmup =', 'MODALITIES', 'see_norm'])(
    '%s',
    (name) => expect(code.includes(name)).toBe(false),
  );
});

test('the update of a placement in letters', () => {
  expect(updateInWords('pre')).toEqual(['x <- x + f(N(x))']);
  expect(updateInWords('deepnorm')).toEqual(['x <- N(alpha x + f(x))']);
  expect(updateInWords('residual')).toEqual([
    'x <- N(x + f(x))',
    'r <- r + f(x)',
    'out = x + N(r)',
  ]);
  for (const id of Object.keys(placements) as (keyof typeof placements)[])
    expect(script(configOf({ ...TINY, placement: id }))).toContain(`    ${updateInWords(id)[0]}\n`);
});

test.each([
  [{}, 'pre_ln'],
  [{ placement: 'post', n_layers: 6 }, 'post_ln_layers_6'],
  [{ placement: 'residual', norm: 'rmsnorm' }, 'residual_rmsnorm'],
] as [Partial<Config>, string][])('%j is called %s', (settings, name) =>
  expect(moduleName(configOf(settings))).toBe(name),
);

test('a long name ends with a word, and is one of Python', () => {
  const name = moduleName(
    configOf({
      ...TINY,
      task: 'dyck',
      weight_decay: 0.1,
      grad_clip: 1,
      schedule: 'cosine',
      lr: 0.2,
    }),
  );
  expect(name).toMatch(/^[a-z][a-z0-9_]{3,39}$/);
  expect(name).not.toMatch(/_$/);
});

test('a model that cannot be divided among processes says so', () => {
  const refusal = (change: Partial<Config>) =>
    /refuse\("--fsdp: (.*)"\)\n/.exec(script(configOf({ ...TINY, ...change })))?.[1];
  expect(refusal({})).toBeUndefined();
  expect(refusal({ optimizer: 'muon' })).toBe('Muon needs whole matrices.');
  expect(refusal({ weight_reparam: 'sigma' })).toMatch(/must be whole/);
});
