import { describe, expect, test } from 'vitest';
import { readLab } from '../../src/labs/parse';
import { readReport, type LabReport } from '../../src/labs/report';
import { reportHtml } from '../../src/labs/reportHtml';
import { TINY_LAB } from './tiny';

const AT = '2026-03-01T12:00:00.000Z';
const run = {
  changes: [
    { step: 0, settings: { n_layers: 2 } },
    { step: 10, settings: { placement: 'post' as const } },
  ],
  step: 25,
  text: null,
  hasWeights: false,
};
const REPORT: LabReport = {
  ...{ format: 'normscope-lab-report', version: 1, app: '1' },
  lab: { id: 'tiny', title: 'A <tiny> lab', print: '1-a' },
  ...{ student: '<script>alert(1)</script>', began: AT, saved: AT, device: null },
  predictions: [
    { id: 'which', given: 1, at: AT, isRight: true },
    {
      ...{ id: 'curve', given: [1, 2], at: AT, isRight: null },
      measured: { runs: { a: run }, readings: [{ reading: 'A.loss@0', value: 'NaN' }] },
    },
  ],
  checks: [
    {
      ...{ id: 'near', isPassed: true, attempts: 2, at: AT },
      evidence: { runs: { a: run, b: run }, readings: [{ reading: 'A.loss@20', value: 3.25 }] },
    },
  ],
  figures: [
    {
      ...{ id: 'f', at: AT, link: 'v=1&n_layers=2', lanes: ['a'] },
      svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(2)</script></svg>',
    },
    { id: 'g', at: AT, link: 'javascript:alert(3)', lanes: [], svg: '"><script>alert(4)</script>' },
  ],
  reflections: [{ id: 'why', text: '<img src=x onerror=alert(5)>' }],
};

type Draft = Record<string, unknown> & Record<'predictions' | 'checks', Record<string, unknown>[]>;
const faultsOf = (change: (draft: Draft) => void): string[] => {
  const draft = structuredClone(REPORT) as unknown as Draft;
  change(draft);
  const read = readReport(JSON.stringify(draft));
  return 'faults' in read ? read.faults : [];
};

describe('reading a report', () => {
  test('takes one as it is', () => {
    expect(readReport(JSON.stringify(REPORT))).toEqual({ report: REPORT });
  });
  test.each<[string, (draft: Draft) => void, RegExp]>([
    ['another version', (draft) => (draft.version = 2), /^It is of version 2; version 1 is read/],
    [
      'a member that is missing',
      (draft) => delete draft.student,
      /^student is missing; it must be a text/,
    ],
    [
      'one that is not known',
      (draft) => (draft.studnt = 'x'),
      /^studnt is not known. Did you mean student\?/,
    ],
    ['a date', (draft) => (draft.began = 'today'), /^began is “today”; it must be a date/],
    [
      'an id twice',
      (draft) => draft.checks.push(draft.checks[0]!),
      /^checks has “near” more than once/,
    ],
    [
      'a long name',
      (draft) => (draft.student = 'x'.repeat(300)),
      /^student has 300 characters; at most 200/,
    ],
    [
      'a setting',
      (draft) =>
        (draft.checks[0]!.evidence = {
          runs: { a: { ...run, changes: [{ step: 0, settings: { lr: [] } }] } },
          readings: [],
        }),
      /^checks\[0\]\.evidence\.runs\.a\.changes\[0\]\.settings\.lr is a list; it must be a setting/,
    ],
    [
      'a lane',
      (draft) => (draft.checks[0]!.evidence = { runs: { e: run }, readings: [] }),
      /runs\.e is not known/,
    ],
    [
      'an answer',
      (draft) => (draft.predictions[0]!.given = 'two'),
      /predictions\[0\]\.given is “two”; it must be a list/,
    ],
  ])('names %s', (_, change, fault) => {
    expect(faultsOf(change).join(' ')).toMatch(fault);
  });
  test('names every fault, and of very many how many there are', () => {
    const faults = faultsOf((draft) => {
      for (let i = 0; i < 100; i++) draft[`x${i}`] = i;
    });
    expect(faults).toHaveLength(41);
    expect(faults.at(-1)).toBe('60 more are like these.');
  });
  test('does not read what is larger than a report', () => {
    expect(readReport(' '.repeat(20e6 + 1))).toEqual({
      faults: [expect.stringMatching(/at most 20,000,000/) as string],
    });
  });
  test('is not taken in by nesting', () => {
    const deep = '['.repeat(2e5) + ']'.repeat(2e5);
    const read = readReport(`{"format": "normscope-lab-report", "version": 1, "student": ${deep}}`);
    expect('faults' in read && read.faults.length).toBeGreaterThan(0);
  });
});

describe('a report for people', () => {
  const { lab } = readLab(TINY_LAB, 'tiny');
  const page = reportHtml(REPORT, lab, 'https://example.org/');
  test('says what was answered and measured', () => {
    expect(page).toContain('A &lt;tiny&gt; lab');
    expect(page).toContain('<p>two</p>');
    expect(page).toContain('It is near.');
    expect(page).toContain('<code>A.loss@20</code>');
    expect(page).toMatch(/from step 10 on placement=post/);
    expect(page).toContain('<a href="https://example.org/#v=1&amp;n_layers=2"');
  });
  test('runs nothing and loads nothing of what it is given', () => {
    expect(page).not.toMatch(/<script|onerror=alert\(5\)>(?!.*<\/pre>)|href="javascript/i);
    expect(page).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(page.match(/<img /g)).toHaveLength(2);
    expect(page).toMatch(/<img src="data:image\/svg\+xml;base64,[\w+/=]+" alt=/);
    expect(page).toContain('&lt;img src=x onerror=alert(5)&gt;');
  });
});
