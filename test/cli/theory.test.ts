import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { BadInput } from '../../src/cli/input';
import { theory } from '../../src/cli/prediction';
import { complete } from '../../src/config/check';
import type { Prediction } from '../../src/theory/predict';
import { predict } from '../../src/theory/predict';

const root = new URL('../../', import.meta.url);
const TINY = 'n_layers=3&d_model=16&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2';

/** All that is printed for these arguments. */
async function printed(...argv: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await theory(argv);
    return write.mock.calls.map(([text]) => text as string).join('');
  } finally {
    write.mockRestore();
  }
}
const read = async (config: string) => JSON.parse(await printed('--config', config)) as Prediction;

test('prints one line of JSON, numbers by layer and what holds', () => {
  const args = [
    '--import',
    'tsx',
    'src/cli/theory.ts',
    '--config',
    `${TINY}&task=gaussian&objective=random_projection`,
  ];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  expect(run.stdout.trim().split('\n')).toHaveLength(1);
  const { quantities, assumptions } = JSON.parse(run.stdout) as Prediction;
  for (const name of ['rms', 'token_cosine']) {
    expect(quantities[`resid_post/${name}`]).toHaveLength(3);
  }
  expect(quantities['embed/rms']).toEqual([1]);
  expect(Object.keys(assumptions[0]!)).toEqual(['id', 'holds', 'brief', 'reason']);
});

describe('what a task adds', () => {
  test('the batch of step 0: which tokens are alike, and the gradient of the loss', async () => {
    const { quantities, assumptions } = await read(`${TINY}&task=parity`);
    expect(quantities['embed/token_cosine']![0]).toBeGreaterThan(0.05);
    for (const name of ['resid_post/grad_rms', 'mlp.w_out/param_grad_rms']) {
      expect(quantities[name]).toHaveLength(3);
      expect(Math.min(...quantities[name]!)).toBeGreaterThan(0);
    }
    expect(assumptions.find(({ id }) => id === 'tokens')?.holds).toBe(true);
  });

  test('the app’s own text', async () => {
    const { quantities } = await read(`${TINY}&task=text`);
    expect(quantities.loss![0]).toBeGreaterThan(3);
  });
});

test('numbers are those of predict', async () => {
  const settings = { n_layers: 2, task: 'gaussian', objective: 'random_projection' } as const;
  const { config } = complete(settings);
  expect(await read(JSON.stringify(settings))).toEqual(JSON.parse(JSON.stringify(predict(config))));
});

test.each([
  [['--config', 'placment=post'], /placment/],
  [['--config', 'norm=batchnrm'], /norm is “batchnrm”/],
  [['--conf', 'x'], /Did you mean --config\?/],
  [['more'], /more/],
  [['--text', 'no/such/file'], /--text cannot be read/],
])('%j is told in one line', async (argv, message) => {
  const attempt = theory(argv);
  await expect(attempt).rejects.toThrow(BadInput);
  await expect(attempt).rejects.toThrow(message);
});

test('--help', async () =>
  expect(await printed('--help')).toMatch(/^Usage: npm run --silent theory/));
