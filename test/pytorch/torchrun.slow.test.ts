import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configOf, TINY } from '../engine/support';
import { compare } from '../parity/compare';
import {
  computedIn,
  pythonWithTorch,
  recordIn,
  runScripts,
  withFolder,
  writeScript,
} from './support';

const PORT = 29_400 + (process.pid % 500);

/** One process of several, as torchrun would start it: its launcher does not start under every Python. */
const start = (rank: number, ranks: number, argv: string[]) =>
  new Promise<number | null>((done) => {
    const env = {
      ...{ RANK: String(rank), LOCAL_RANK: String(rank), WORLD_SIZE: String(ranks) },
      ...{ MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(PORT), OMP_NUM_THREADS: '1' },
    };
    spawn(pythonWithTorch(), ['-B', ...argv], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    }).on('close', done);
  });

test('two processes make of one batch what one makes', () =>
  withFolder(async (folder) => {
    // Targets are counted unevenly, so that a mean of means would differ; the norm is over the whole batch.
    const config = configOf({
      ...{ ...TINY, batch_size: 4, task: 'dyck', optimizer: 'momentum', lr: 0.01, grad_clip: 0.5 },
      ...{ norm: 'batchnorm', dropout: 0.1, n_layers: 1 },
    });
    const path = writeScript(folder, config);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const flags = [path, '--device', 'cpu', '--steps', '5', '--out'];
    runScripts([[...flags, one]]);
    expect(await Promise.all([0, 1].map((rank) => start(rank, 2, [...flags, two])))).toEqual([
      0, 0,
    ]);
    const [single, divided] = [recordIn(one), recordIn(two)];
    for (const [i, { loss, tokens }] of single.frames.entries()) {
      expect(divided.frames[i]!.tokens).toEqual(tokens);
      expect(Math.abs(Number(divided.frames[i]!.loss) / Number(loss) - 1)).toBeLessThan(1e-5);
    }
    const apart = compare(computedIn(divided), computedIn(single), {
      relative: 1e-4,
      absolute: 1e-6,
    });
    expect(apart.filter(({ distance }) => !(distance <= 1))).toEqual([]);
  }));
