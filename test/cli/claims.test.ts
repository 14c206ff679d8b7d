import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { CLAIMS } from '../../src/claims';
import { INITIALIZATION_CLAIMS } from '../../src/claims/initialization';
import type { Results } from '../../src/claims/results';
import { claims } from '../../src/cli/claimsProgram';
import { BadInput } from '../../src/cli/input';

const root = new URL('../../', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'normscope-claims-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** All that is printed for these arguments. */
async function printed(...argv: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await claims(argv);
    return write.mock.calls.map(([text]) => text as string).join('');
  } finally {
    write.mockRestore();
  }
}
const refused = async (...argv: string[]): Promise<string> => {
  const error: unknown = await claims(argv).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BadInput);
  return (error as Error).message;
};

test('runs a claim, prints what was published and measured, and writes the result', () => {
  const file = join(folder, 'results.json');
  const args = ['--import', 'tsx', 'src/cli/claims.ts', 'dyt-squashes', '--json', file];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^dyt-squashes: reproduced \(4 seeds, [\d.]+ s\)\n {2}published {2}/);
  expect(run.stdout).toMatch(/\n1 claim: 1 reproduced, 0 direction only, 0 not at this size/);
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  const stored = JSON.parse(
    readFileSync(new URL('src/claims/results.json', root), 'utf8'),
  ) as Results;
  expect(Object.keys(results)).toEqual(['dyt-squashes']);
  expect(results['dyt-squashes']!.print).toBe(stored['dyt-squashes']!.print);
});

test('lists what there is, whole sets by their names', async () => {
  const all = (await printed('--list')).trimEnd().split('\n');
  expect(all.map((line) => line.split(' ')[0])).toEqual(CLAIMS.map(({ id }) => id));
  const first = (await printed('initialization', '--list')).trimEnd().split('\n');
  expect(first).toHaveLength(INITIALIZATION_CLAIMS.length);
  expect(await printed('--help')).toMatch(/^Usage: npm run --silent claims/);
});

test('names what is wrong, and what was meant', async () => {
  expect(await refused('dyt-squash')).toMatch(
    /“dyt-squash” is no claim \(did you mean dyt-squashes\?\)/,
  );
  expect(await refused('dyt-squashes', '--document')).toBe(
    '--document takes no ids: it judges all claims.',
  );
  expect(await refused('--lst')).toBe('Unknown option --lst. Did you mean --list?');
  expect(await refused('dyt-squashes', '--json', folder)).toMatch(
    /^--json cannot be written: .* is a folder/,
  );
});
