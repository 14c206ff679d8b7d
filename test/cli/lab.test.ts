import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { BadInput } from '../../src/cli/input';
import { lab } from '../../src/cli/labProgram';

const root = new URL('../../', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'normscope-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const right = file(
  'right.md',
  '---\ntitle: A\nquestion: Why?\nminutes: 5\nlevel: research\n---\n## A step\n\nText.\n',
);
const wrong = file(
  'wrong.md',
  '---\ntitle: A\nquestion: Why?\nminutes: 5\nlevel: research\n---\n## A step\n\n:::chek{#a}\nDo.\n:::\n\n<b>x</b>\n',
);

/** The output for these arguments, and the exit code. */
async function printed(...argv: string[]): Promise<{ out: string; code: unknown }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await lab(argv);
    return {
      out: write.mock.calls.map(([text]) => text as string).join(''),
      code: process.exitCode,
    };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
}

describe('lab check', () => {
  test('names file, line and reason of each mistake, and ends with 1', () => {
    const run = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'src/cli/lab.ts', 'check', right, wrong],
      { cwd: root, encoding: 'utf8' },
    );
    expect(run.stderr).toBe('');
    expect(run.status).toBe(1);
    const [first, second, third, ...rest] = run.stdout.trim().split('\n');
    expect(first).toBe(`${right}: no mistakes`);
    expect(second).toMatch(`${wrong}:9: “:::chek” is no directive (did you mean check?)`);
    expect(third).toMatch(`${wrong}:13: HTML is not kept: “<b>”`);
    // A closing tag is told of as its opening one is.
    expect(rest).toEqual([expect.stringContaining(`${wrong}:13: HTML is not kept: “</b>”`)]);
  });

  test('a file without mistakes ends with 0', async () => {
    expect(await printed('check', right)).toEqual({ out: `${right}: no mistakes\n`, code: 0 });
  });

  test.each([
    [['chek'], '“chek” is no command of lab (did you mean check?); there are check'],
    [['check'], 'check needs a file'],
    [['check', '--all'], 'Unknown option --all'],
    [['check', join(folder, 'none.md')], 'none.md cannot be read'],
    [['constructor'], '“constructor” is no command of lab'],
    [['check', file('binary.md', new Uint8Array([0xff, 0xfe, 0xfd]))], 'is not a text in UTF-8'],
  ])('%j: %s', async (argv, reason) => {
    const asked = printed(...argv);
    await expect(asked).rejects.toBeInstanceOf(BadInput);
    await expect(asked).rejects.toThrow(reason);
  });

  test('--help tells of the commands', async () => {
    expect((await printed('--help')).out).toContain('check FILE…');
  });
});
