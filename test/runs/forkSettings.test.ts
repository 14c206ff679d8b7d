import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { forkProblem } from '../../src/runs/forkSettings';

const base = { ...DEFAULTS, n_layers: 4, interventions: '3:scale.mlp=2@5' };

test.each<[Record<string, unknown>, string | null]>([
  [{}, null],
  [{ lr: 0.5, dropout: 0.1, placement: 'post' }, null],
  [{ foo: '1' }, 'Unknown setting “foo”.'],
  [{ x: '' }, 'Unknown setting “x”.'],
  [{ lr: 'abc' }, 'lr is “abc”; it must be a number from 0'],
  [{ n_layers: 3 }, 'These settings start a model anew (n_layers), and a fork'],
  [{ n_layers: 3, foo: 1 }, 'Unknown setting “foo”. These settings start a model anew (n_layers)'],
])('of %j', (changes, said) => {
  const problem = forkProblem(base, changes);
  if (said === null) expect(problem).toBeNull();
  else expect(problem).toContain(said);
  // Nothing was set.
  expect(problem ?? '').not.toContain('Now ');
});
