import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { sweep } from '../../src/cli/sweepProgram';
import { createSweepLine } from '../../src/cli/sweepLine';
import { DEFAULTS } from '../../src/config/fields';
import { fingerprint } from '../../src/lib/hash';
import { lineOf } from '../../src/sweeps/lines';
import { readSweep, runsOf } from '../../src/sweeps/sweep';
import { decode } from '../../src/config/codec';
import { folderOfTests, refused, root, TINY, told } from './sweepSupport';

const path = folderOfTests();
const GRID = ['--grid', 'lr=1e-3..1e-1:3log'];
const SWEEP = ['--config', TINY, ...GRID, '--steps', '3'];
const OUT = ['--out', path('none.jsonl')];

describe('bad input', () => {
  const scheduler = ['--scheduler', 'tcp://127.0.0.1:1'];
  test.each<[string[], RegExp]>([
    [[...SWEEP], /--out is missing/],
    [[...SWEEP, '--out', ''], /--out is empty/],
    [[...OUT], /--grid is missing/],
    [[...OUT, '--grid', 'learning=1|2'], /Unknown setting “learning”/],
    [[...OUT, '--grid', 'lr=1|2', '--grid', 'lr=3|4'], /Both axes are lr/],
    [[...OUT, ...GRID, '--config', 'placement=pst'], /placement is “pst”/],
    [[...OUT, '--grid', 'n_heads=2|3'], /n_heads 3: /],
    [[...OUT, ...GRID, '--result', 'lost@last'], /“lost@last” is no result/],
    [[...OUT, ...SWEEP, '--result', 'loss@3'], /has steps 0 to 2/],
    [[...OUT, ...GRID, '--seeds', '65'], /seeds is 65; it must be a whole number from 1 to 64/],
    [[...OUT, ...GRID, '--steps', 'x'], /--steps is “x”/],
    [[...OUT, ...GRID, '--jobs', '0'], /--jobs is “0”/],
    [[...OUT, ...GRID, '--engine', 'slurm'], /must be processes or dask/],
    [[...OUT, ...GRID, '--engine', 'dask'], /--scheduler is missing/],
    [[...OUT, ...GRID, ...scheduler], /--engine dask is missing/],
    [[...OUT, ...GRID, ...scheduler, '--engine', 'dask', '--jobs', '2'], /--jobs is about/],
    [[...OUT, ...SWEEP, '--job', '0#0'], /--job makes one run/],
    [[...SWEEP, '--job', '3#0'], /--job is “3#0”; runs of this sweep are 0#0 to 2#0/],
    [[...OUT, ...GRID, '--text', path('none.txt')], /--text cannot be read/],
    [[...SWEEP, '--out', path('')], /is a folder/],
    [[...SWEEP, '--gird', 'lr=1|2'], /Did you mean --grid\?/],
  ])('%j', async (argv, problem) => {
    expect(await refused(argv)).toMatch(problem);
  });

  test('is one line, and exit code 2', () => {
    const args = ['--import', 'tsx', 'src/cli/sweep.ts', ...OUT, '--grid', 'lr'];
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^“lr” is no axis; .*\n$/);
    expect(run.stdout).toBe('');
  });
});

/** Lines as runs would have written them. */
function linesOf(settings: string, change: { steps?: number; text?: string } = {}): string[] {
  const typed = { grid: [GRID[1]!], seeds: 1, steps: 3, result: 'loss@last', ...change };
  const read = readSweep(typed, decode(settings).config);
  if ('problems' in read) throw new Error(read.problems.join());
  const text = change.text === undefined ? null : fingerprint(change.text);
  const maker = { backend: 'wasm', app: '0.1.0', text };
  return runsOf(read.sweep).map((run) =>
    lineOf(read.sweep, { ...run, result: 1, alarm: null, time: 1 }, maker),
  );
}

describe('a file that is there', () => {
  const file = path('there.jsonl');
  const write = (content: string) => writeFileSync(file, content);
  const content = () => readFileSync(file, 'utf8');
  const lines = linesOf(TINY);
  const whole = lines.map((line) => `${line}\n`).join('');
  const resume = [...SWEEP, '--out', file];

  test('that has all runs is left as it is', async () => {
    write(whole);
    expect(await told(resume)).toBe(`3 runs, of which ${file} has 3.\n${file} has all 3 runs.\n`);
    expect(content()).toBe(whole);
  });

  test('keeps whole lines, and loses what broke off', async () => {
    write(`${whole}${lines[0]!.slice(0, 300)}`);
    await told(resume);
    expect(content()).toBe(whole);
    write(`${whole}${lines[0]!.slice(0, 5)}`);
    await told(resume);
    expect(content()).toBe(whole);
    write(whole.trimEnd());
    await told(resume);
    expect(content()).toBe(whole);
  });

  test.each<[string, string, string[], RegExp]>([
    ['other settings', whole, ['--config', `${TINY}&placement=post`], /placement pre, here post/],
    ['other steps', whole, ['--steps', '4'], /it has steps 3, here 4\. It stays/],
    [
      'another axis',
      whole,
      ['--grid', 'seed=1|2'],
      /grid lr=1e-3\.\.1e-1:3log, here lr=.* and seed/,
    ],
    ['another result', whole, ['--result', 'alarm'], /result loss@last, here alarm/],
    ['a poem', 'O rose, thou art sick!', [], /no file of a sweep, and stays as it is/],
    ['a note at the end', `${whole}and so on`, [], /Its last line is none of a sweep/],
    [
      'a line of another sweep',
      `${whole}${linesOf(TINY, { steps: 4 })[0]!}\n`,
      [],
      /Line 4 is of another/,
    ],
    ['a broken line in between', `${lines[0]!.slice(0, 99)}\n${whole}`, [], /Line 1 is no JSON/],
  ])('with %s is refused, and kept', async (_, there, argv, problem) => {
    write(there);
    expect(await refused([...resume, ...argv])).toMatch(problem);
    expect(content()).toBe(there);
  });

  test('of another text is refused', async () => {
    const settings = TINY.replace('task=copy', 'task=text');
    write(`${linesOf(settings, { text: 'To be, or not to be' })[0]!}\n`);
    expect(await refused([...resume, '--config', settings])).toMatch(/it has another text/);
  });
});

describe('commands', () => {
  async function printed(argv: string[]): Promise<string[]> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await sweep(argv);
      return write.mock.calls
        .map(([text]) => text as string)
        .join('')
        .trimEnd()
        .split('\n');
    } finally {
      write.mockRestore();
    }
  }

  test('one for each run that a file lacks, as a shell takes them', async () => {
    const lines = await printed([...SWEEP, '--grid', 'n_layers=2|3', '--print-jobs']);
    expect(lines).toHaveLength(6);
    // The arguments that a shell makes of the last one.
    const seen = spawnSync('sh', ['-c', `npm() { printf '%s\\n' "$@"; }; ${lines.at(-1)!}`], {
      encoding: 'utf8',
    }).stdout;
    const words = seen.trimEnd().split('\n');
    expect(words).toContain('n_layers=2|3');
    expect(words.slice(-2)).toEqual(['--job', '1,1#0']);
    expect(decode(words[words.indexOf('--config') + 1]!).config).toEqual(decode(TINY).config);

    const file = path('half.jsonl');
    writeFileSync(file, `${linesOf(TINY)[0]!}\n`);
    const left = await printed([...SWEEP, '--print-jobs', '--out', file]);
    expect(left.map((line) => /--job '(.*)'$/.exec(line)?.[1])).toEqual(['2#0', '1#0']);
  });

  test('with a text that stands in quotes', async () => {
    const own = path("poet's own.txt");
    copyFileSync(new URL('public/text/opticks.txt', root), own);
    const [line] = await printed([...SWEEP, '--text', own, '--print-jobs']);
    expect(line).toContain(`poet'\\''s own.txt'`);
  });

  test('help names every option', async () => {
    const help = (await printed(['--help'])).join('\n');
    for (const option of ['grid', 'seeds', 'steps', 'result', 'jobs', 'scheduler', 'print-jobs'])
      expect(help).toContain(`--${option} `);
  });
});

test('a sweep tells its runs, and the time left by the work that is done', () => {
  const typed = { grid: ['n_layers=2|4|8'], seeds: 1, steps: 10, result: 'loss@last' };
  const read = readSweep(typed, DEFAULTS);
  const runs = runsOf('sweep' in read ? read.sweep : undefined!);
  const said: string[] = [];
  let shown = '';
  let at = 0;
  const terminal = {
    show: (text: string) => void (shown = text),
    say: (text: string) => said.push(text),
  };
  const line = createSweepLine(terminal, runs, 10, () => at);
  // 2, 8, 4 layers: 14 parts of work.
  at = 30_000;
  line.stepped(runs[0]!, 0);
  expect(shown).toBe('0 of 3 runs');
  at += 4000;
  line.stepped(runs[0]!, 5);
  expect(shown).toBe('0 of 3 runs · 52 s left');
  at += 4000;
  line.ended(runs[0]!);
  expect(shown).toBe('1 of 3 runs · 48 s left');
  at += 32_000;
  line.ended(runs[1]!);
  at += 16_000;
  line.ended(runs[2]!);
  expect(shown).toBe('3 of 3 runs');
  expect(said).toEqual(['About 52 s left.']);
});
