import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvParseRows } from 'd3-dsv';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { grade } from '../../src/cli/gradeProgram';
import { BadInput } from '../../src/cli/input';
import { runLab } from '../../src/cli/labRun';
import type { LaneRun } from '../../src/labs/evidence';
import { readReport, type LabReport } from '../../src/labs/report';
import { TINY_ANSWERS, TINY_LAB } from './tiny';

const folder = mkdtempSync(join(tmpdir(), 'normscope-grade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
const put = (name: string, content: unknown): string => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path(name), text);
  return path(name);
};

/** The output of a program. */
async function printed(run: () => Promise<void>): Promise<string> {
  let said = '';
  const write = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => ((said += String(text)), true));
  await run().finally(() => write.mockRestore());
  return said;
}

/** The standard error of grading these files. */
async function graded(...argv: string[]): Promise<string> {
  let said = '';
  const jobs = argv.includes('--jobs') ? [] : ['--jobs', '1'];
  const all = [...argv, ...jobs, '--out', path('out'), '--labs', folder];
  await grade(all, { write: (text) => ((said += String(text)), true) });
  return said;
}
const results = (student: string) =>
  JSON.parse(readFileSync(join(path('out'), student, 'results.json'), 'utf8')) as {
    output: string;
    score?: number;
    tests: Record<string, unknown>[];
  };

let honest: LabReport;
let said = '';
beforeAll(async () => {
  put('tiny.md', TINY_LAB);
  const answers = put('answers.json', TINY_ANSWERS);
  const argv = [path('tiny.md'), '--answers', answers, '--report', path('ada.json')];
  said = await printed(() => runLab([...argv, '--backend', 'cpu', '--json', path('found.json')]));
  const read = readReport(readFileSync(path('ada.json'), 'utf8'));
  if ('faults' in read) throw new Error(read.faults.join());
  honest = read.report;
}, 300_000);

describe('a lab without a browser', () => {
  test('measures what it prints, and judges what it asks', () => {
    expect(said).toMatch(/✓ .*A\.rms@resid_post\[last\]@0 is 1\.8\d+; 1\.8 is printed\./);
    expect(said).toMatch(/✓ .*do trained: holds with the answers\. B\.step is 25/);
    expect(said).toMatch(/✗ .*check never: does not hold with the answers\. A\.loss@20 is /);
    expect(said).toMatch(/A tiny lab: 10 measured, 1 not as they should be\./);
    const { found } = JSON.parse(readFileSync(path('found.json'), 'utf8')) as { found: object[] };
    expect(found).toHaveLength(10);
  });
  test('tells of a number that is not current, with its line', async () => {
    const lab = put('old.md', TINY_LAB.replace(':value[1.8]', ':value[1.7]'));
    const said = await printed(() => runLab([lab, '--jobs', '1']));
    expect(said).toMatch(/✗ .*old\.md:11: .* is 1\.8\d+; 1\.7 is printed, which is not current\./);
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
  });
  test('refuses answers to what is not asked', async () => {
    const answers = put('wrong.json', { predictions: { wich: 1 } });
    const run = runLab([path('tiny.md'), '--answers', answers]);
    await expect(run).rejects.toThrow(/has no exercise wich/);
  });
});

describe('grade', () => {
  test('accepts an honest report that was made on another backend', async () => {
    expect(honest.device?.backend).toBe('cpu');
    expect(await graded(path('ada.json'))).toMatch(/ada\.json: Ada L\.: 7 of 8, accepted\n$/);
    const { tests, output } = results('ada-l');
    expect(output).toMatch(/every number is theirs/);
    expect(tests.map(({ score }) => score)).toEqual([1, 1, 1, 1, 1, 0, 1, 1]);
    for (const one of tests)
      expect(one).toEqual({
        name: expect.stringMatching(/^First · \w+ \w+$/) as string,
        number: expect.stringMatching(/^\d$/) as string,
        score: expect.any(Number) as number,
        max_score: 1,
        status: one.score === 1 ? 'passed' : 'failed',
        output: expect.any(String) as string,
        output_format: 'text',
        visibility: 'visible',
      });
    expect(readFileSync(join(path('out'), 'grades.csv'), 'utf8')).toMatch(
      /^student,.*\nAda L\.,tiny,7,8,yes,/,
    );
  });

  type Draft = {
    -readonly [K in keyof LabReport]: LabReport[K] extends readonly (infer One)[]
      ? One[]
      : LabReport[K];
  };
  const checkIn = (report: Draft, id: string) => report.checks.find((one) => one.id === id)!;
  const runIn = (report: Draft, id: string, lane: 'a' | 'b') =>
    checkIn(report, id).evidence.runs[lane] as { -readonly [K in keyof LaneRun]: LaneRun[K] };
  const readingsIn = (report: Draft, id: string) =>
    checkIn(report, id).evidence.readings as { reading: string; value: number }[];
  const later = (date: string, seconds: number) =>
    new Date(Date.parse(date) + 1000 * seconds).toISOString();

  const FORGED: Record<string, [forge: (report: Draft) => void, reason: RegExp]> = {
    'a number changed': [
      (report) => (readingsIn(report, 'near')[0]!.value *= 0.9),
      / near: A\.loss@20 is told to be .*; made again it is /,
    ],
    'a configuration changed': [
      (report) =>
        Object.assign(runIn(report, 'inner', 'b').changes[0]!.settings, {
          placement: 'none',
          lr: 0.3,
        }),
      / inner: B\.rms@resid_post\[\d\]@20 is told to be .*; made again it is /,
    ],
    'a change under way left out': [
      (report) =>
        (runIn(report, 'near', 'a').changes = runIn(report, 'near', 'a').changes.slice(0, 1)),
      / near: A\.loss@20 is told to be /,
    ],
    'another seed': [
      (report) => Object.assign(runIn(report, 'near', 'a').changes[0]!.settings, { seed: 7 }),
      / near: Lane A has settings that are locked .*: seed is 7 and not 0\./,
    ],
    'an outcome flipped': [
      (report) => Object.assign(checkIn(report, 'never'), { isPassed: true }),
      / never: It is told to be passed\. A\.loss@20 is .*, which is not less than 0\.5/,
    ],
    'a prediction told to be right': [
      (report) =>
        Object.assign(
          report.predictions.find(({ id }) => id === 'ratio')!,
          { given: 30 },
        ),
      / ratio: It is told to be right\. 30\.00 times was predicted/,
    ],
    'the print of another lab': [
      (report) => (report.lab = { ...report.lab, print: '1-00000000' }),
      / It is of another version of the lab “tiny”/,
    ],
    'a run that was too short': [
      (report) => (runIn(report, 'inner', 'b').step = 12),
      / inner: B\.rms@resid_post\[0\]@20 is told to be .*Lane B stands at step 12; it has not come to step 20/,
    ],
    'a task that was not done': [
      (report) => (runIn(report, 'trained', 'b').step = 12),
      / trained: It is told to be passed\. B\.step is 12, which is not at least 20/,
    ],
    'an answer after what it reveals': [
      (report) => {
        const answer = report.predictions.find(({ id }) => id === 'ratio')!;
        Object.assign(answer, { at: later(answer.at, 5) });
        report.saved = later(report.saved, 9);
      },
      / ratio: It was recorded on .*, after “inner”, which is shown only then/,
    ],
    'an answer before the lab': [
      (report) => Object.assign(report.predictions[0]!, { at: later(report.began, -60) }),
      / which: It was recorded on .*, before the lab was begun/,
    ],
    'weights that nobody has': [
      (report) => (runIn(report, 'near', 'a').hasWeights = true),
      / near: Lane A: It began with the weights of a file/,
    ],
    'a run without end': [
      (report) => (runIn(report, 'trained', 'b').step = 1e8),
      / trained: Lane B: It stands at step 100,000,000; runs are made again up to /,
    ],
  };
  test.each(Object.entries(FORGED))('refuses %s', async (_, [forge, reason]) => {
    const report = structuredClone(honest) as Draft;
    forge(report);
    report.student = 'Eve';
    const said = await graded(put('eve.json', report));
    expect(said).toMatch(/eve\.json: Eve: \d of 8, not accepted\n/);
    expect(said).toMatch(reason);
    const { output, tests } = results('eve');
    expect(output).toMatch(/^A tiny lab\nNot accepted as it is:\n/);
    expect(tests.some(({ score }) => score === 0)).toBe(true);
  });

  test('says plainly of which prediction nothing was measured', async () => {
    const predictions = honest.predictions.map(({ measured, ...one }) =>
      one.id === 'which' ? { ...one, ...(measured && { measured }) } : { ...one, isRight: null },
    );
    const report = put('unmeasured.json', { ...honest, student: 'Una', predictions });
    expect(await graded(report)).toMatch(/Una: 5 of 8, accepted\n$/);
    const ratio = results('una').tests.find(({ name }) => String(name).endsWith(' ratio'))!;
    expect(ratio).toMatchObject({
      ...{ score: 0, status: 'failed' },
      output: expect.stringMatching(/^Not measured: the report has no run that/) as string,
    });
    const [head, row] = csvParseRows(readFileSync(join(path('out'), 'grades.csv'), 'utf8'));
    expect(row![head!.indexOf('not_measured')]).toBe('ratio curve');
  });

  test('makes runs in several processes, with the same outcome', async () => {
    await graded(path('ada.json'));
    const alone = results('ada-l');
    expect(await graded(path('ada.json'), '--jobs', '2')).toMatch(/7 of 8, accepted\n$/);
    expect(results('ada-l')).toEqual(alone);
  });
  test('tells of one report under two names', async () => {
    const other = put('bob.json', { ...honest, student: 'Bob' });
    const said = await graded(path('ada.json'), other);
    expect(said).toMatch(/It is the same report as that of Bob: answers, runs and dates\./);
    expect(said).toMatch(/It is the same report as that of Ada L\./);
  });
  test('counts the last of several reports of a student', async () => {
    const saved = later(honest.saved, 60);
    const again = put('again.json', { ...honest, saved, predictions: [] });
    expect(await graded(path('ada.json'), again)).toMatch(
      /A later one of this student counts: again\.json/,
    );
    expect(results('ada-l').tests.map(({ score }) => score)).toEqual([0, 0, 0, 1, 1, 0, 0, 1]);
  });
  test.each([
    ['cut', (text: string) => text.slice(0, 400), /It is no JSON: it ends in the middle/],
    [
      'spoiled',
      (text: string) => text.replace('"student":', '"student"'),
      /It is no JSON: .*line 10|position/,
    ],
    ['other', () => '{"format": "normscope-record"}', /It is no report of a lab/],
    ['empty', () => '', /It is no JSON/],
    [
      'typed',
      (text: string) => text.replace('"attempts": 1', '"attempts": "one"'),
      /checks\[0\]\.attempts is “one”; it must be a whole number/,
    ],
  ])('explains a damaged report: %s', async (name, damage, reason) => {
    const file = put(`${name}.json`, damage(readFileSync(path('ada.json'), 'utf8')));
    expect(await graded(file)).toMatch(reason);
    const { score, output, tests } = results(name);
    expect({ score, tests }).toEqual({ score: 0, tests: [] });
    expect(output).toMatch(reason);
  });
  test.each<[string[], RegExp]>([
    [[], /No report is named/],
    [['a.json', '--predictions', 'all'], /must be right or made/],
    [['a.json', '--jobs', '0'], /--jobs is “0”/],
    [['a.json', '--labs', path('nowhere')], /--labs cannot be read/],
    [['a.json', '--uot', 'x'], /Did you mean --out/],
  ])('refuses the command line %j', async (argv, problem) => {
    const error: unknown = await grade([...argv, '--out', path('out')]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BadInput);
    expect((error as Error).message).toMatch(problem);
  });
});
