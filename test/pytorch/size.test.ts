import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { script } from '../../src/pytorch/script';
import { atSize } from '../../src/pytorch/size';

test('a script of a size that no tab holds', () => {
  const sized = atSize(
    { ...DEFAULTS, placement: 'deepnorm' },
    'n_layers=200&d_model=4096&n_heads=32&seq_len=2048&batch_size=512',
  );
  if ('problem' in sized) throw new Error(sized.problem);
  const code = script(sized.config);
  expect(code).toContain('"n_layers": 200,');
  expect(code).toContain('D_HIDDEN = 16384');
  expect(code).toContain(`ALPHA = ${400 ** 0.25}`);
});

test.each([
  ['lr=1', /“lr” is no size; sizes are n_layers, d_model/],
  ['n_layers=0', /n_layers is “0”; it must be a whole number from 1/],
  ['n_layers=1e3', /n_layers is “1e3”/],
  ['d_model=4097', /d_model 4097 cannot be divided among n_heads/],
])('%s is refused', (typed, problem) => {
  const sized = atSize(DEFAULTS, typed);
  expect('problem' in sized && sized.problem).toMatch(problem);
});
