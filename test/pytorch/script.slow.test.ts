import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { obstacles, script } from '../../src/pytorch/script';
import { complete } from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
import { configOf, TINY } from '../engine/support';
import { CASES, randomCase } from '../parity/cases';
import { pythonWithTorch, withFolder } from './support';

const CHECK = join(import.meta.dirname, 'unused.py');

/** Every choice alone, and combinations of them. */
const CONFIGS = [
  configOf({}),
  ...CASES.map(({ config }) => config),
  ...Array.from({ length: 30 }, (_, seed) => randomCase(seed).config),
  configOf({ interventions: '0-3:freeze.mlp@5-9,2:silence=1,3:noise.resid_post=0.1@4' }),
  configOf({ dropout: 0.1, stochastic_depth: 0.2, optimizer: 'muon', weight_decay: 0.1 }),
  configOf({ precision: 'fp16', precision_policy: 'autocast', loss_scale: 0 }),
  // Blocks of several classes beside whatever a task defines.
  ...Object.keys(CHOICES.task).map(
    (task) => complete({ ...TINY, task, layer_overrides: '0:post/batchnorm' }).config,
  ),
].filter((config) => obstacles(config).length === 0);

test('scripts compile, define what they use and use what they define, in lines of at most 100 characters', () =>
  withFolder(async (folder) => {
    const paths = CONFIGS.map((config, i) => {
      const path = join(folder, `${i}.py`);
      writeFileSync(path, script(config));
      return path;
    });
    const run = spawnSync(pythonWithTorch(), ['-B', CHECK, ...paths], { encoding: 'utf8' });
    const told = run.stdout.trim().split('\n').filter(Boolean);
    const complaints = new Set(told.map((line) => line.replace(/^[^:]*: /, '')));
    expect([run.status, run.stderr, [...complaints]]).toEqual([0, '', []]);
    expect(paths.length).toBeGreaterThan(150);
    await Promise.resolve();
  }));
