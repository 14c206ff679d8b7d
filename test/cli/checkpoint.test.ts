import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record } from '../../src/cli/run';
import { readCheckpointHead } from '../../src/protocol/checkpoint';
import type { RunRecord } from '../../src/runs/record';

const TINY = 'n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2';

let folder = '';
const path = (...names: string[]) => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'normscope-'));
  writeFileSync(path('own.txt'), 'abcdefghijklmnop');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readRecord = (out: string) =>
  JSON.parse(readFileSync(path(out, 'record.json'), 'utf8')) as RunRecord;
/** Runs a command line, and gives its record. */
async function run(out: string, ...args: string[]): Promise<RunRecord> {
  await record([...args, '--out', path(out)]);
  return readRecord(out);
}
const saved = (name: string) => path(`${name}.safetensors`);
const checkpoint = (name: string) => ['--save-checkpoint', saved(name)];
const from = (name: string) => ['--from', saved(name)];

describe('a run that goes on', () => {
  test.each([
    ['dropout, BatchNorm and Muon', `${TINY}&dropout=0.1&norm=batchnorm&optimizer=muon`, 'wasm'],
    ['a text of one’s own, in fp16', `${TINY}&precision=fp16&loss_scale=0&lr=0.01`, 'wasm'],
    ['cpu', `${TINY}&weight_reparam=sigma`, 'cpu'],
  ])('has the bits of one without a break: %s', async (_, config, backend) => {
    const given = ['--text', path('own.txt'), '--backend', backend];
    const whole = await run(
      'whole',
      ...given,
      '--config',
      config,
      '--steps',
      '12',
      ...checkpoint('end'),
    );
    await run('first', ...given, '--config', config, '--steps', '8', ...checkpoint('half'));
    const args = [...given, ...from('half'), '--steps', '4', ...checkpoint('other')];
    const second = await run('second', ...args, '--config', config);
    expect(second.frames).toEqual(whole.frames.slice(8));
    expect(readFileSync(saved('other')).equals(readFileSync(saved('end')))).toBe(true);
    expect({ ...second, frames: [], tokens: [] }).toEqual({ ...whole, frames: [], tokens: [] });
  });

  test('takes what its settings are to be for an event, and refuses what would start it anew', async () => {
    const whole = await run(
      'turned',
      ...[
        '--config',
        TINY,
        '--steps',
        '4',
        '--events',
        '2:placement=post;2:lr=0.01&placement=peri',
      ],
      ...[...checkpoint('middle'), '--at', '1'],
    );
    expect(whole.events).toEqual([{ step: 2, settings: { placement: 'peri', lr: 0.01 } }]);
    expect(readCheckpointHead(readFileSync(saved('middle')))).toMatchObject({
      step: 1,
      config: { placement: 'pre' },
    });
    const args = [...from('middle'), '--steps', '1'];
    await run('one', ...args, ...checkpoint('two'));
    const second = await run(
      'two',
      ...from('two'),
      '--steps',
      '2',
      '--config',
      'placement=peri&lr=0.01',
    );
    expect(second.events).toEqual(whole.events);
    expect(second.frames).toEqual(whole.frames.slice(2));
    await expect(run('no', ...args, '--config', 'd_model=16')).rejects.toThrow(
      /^--config: d_model cannot be changed under way/,
    );
    await expect(run('no', ...args, '--events', '0:lr=0.1')).rejects.toThrow(
      /step 0 is before the first, 1/,
    );
  });

  test('is refused with another text, and from a file that is cut off', async () => {
    await run('own', '--config', TINY, '--text', path('own.txt'), ...checkpoint('own'));
    await expect(run('no', ...from('own'))).rejects.toThrow(/--from .*another text.*--text/);
    await expect(run('no', '--config', TINY, '--text', saved('own'))).rejects.toThrow(
      /It is a checkpoint/,
    );
    truncateSync(saved('own'), 20_000);
    await expect(run('no', ...from('own'), '--text', path('own.txt'))).rejects.toThrow(
      /--from .*end is missing/,
    );
  });
});

test('settings change under way as on the page: frames are told by the names of the last model', async () => {
  const { config, frames, sites } = await run(
    'events',
    ...['--config', `${TINY}&norm=batchnorm`, '--steps', '4'],
    ...['--events', '1:norm=layernorm; 3:dropout=0.5&final_norm=off'],
  );
  expect(config).toMatchObject({ norm: 'layernorm', dropout: 0.5 });
  expect(sites).not.toContain('final_norm');
  expect(frames.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  expect(frames.map((frame) => 'evaluation' in frame)).toEqual([true, false, false, true]);
  for (const { site } of frames) expect(site.rms).toHaveLength(sites.length);
});
