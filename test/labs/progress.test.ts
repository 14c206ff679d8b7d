import type { Root } from 'hast';
import { describe, expect, test } from 'vitest';
import { NO_SHOW, type Block, type Lab } from '../../src/labs/lab';
import { readExpression } from '../../src/labs/language/read';
import {
  begun,
  isTold,
  progressed,
  shareOf,
  tasksOf,
  type Deed,
  type LabProgress,
} from '../../src/labs/progress';

const content: Root = { type: 'root', children: [] };
const holds = () => {
  const read = readExpression('A.step > 1', 'truth');
  if (!('expression' in read)) throw new Error('The condition of this test cannot be read.');
  return read.expression;
};
const choice = (id: string): Block => ({
  ...{ kind: 'predict', id, line: 1, content, hides: [] },
  asks: { kind: 'choice', options: [{ text: content }, { text: content }], answer: 1 },
});
const LAB: Lab = {
  ...{
    id: 'small',
    kind: 'lab',
    title: 'Small',
    question: 'Why?',
    minutes: 5,
    level: 'first',
    print: '1-a',
  },
  steps: [
    {
      ...{ title: 'One', line: 1, page: null, show: NO_SHOW },
      blocks: [
        choice('first'),
        choice('last'),
        {
          ...{ kind: 'reveal', line: 1, after: 'check' },
          blocks: [{ kind: 'reflect', id: 'why', line: 1, content, words: 2 }],
        },
        { kind: 'check', id: 'check', line: 1, content, when: holds(), hints: [content] },
      ],
    },
    { ...{ title: 'Two', line: 1, page: null, show: NO_SHOW }, blocks: [choice('other')] },
  ],
};
const AT = '2026-01-02T03:04:05.000Z';
const evidence = { runs: {}, readings: [] };
const after = (...deeds: Deed[]): LabProgress => deeds.reduce(progressed, begun(LAB, AT));
const answer = (id: string, given: number, isRight = false): Deed => ({
  ...{ does: 'answer', id, given, isRight, at: AT },
});
const judge = (isPassed: boolean, said = ''): Deed => ({
  ...{ does: 'judge', id: 'check', isPassed, at: AT, evidence, said },
});

describe('progress of a lab', () => {
  test('an answer that is recorded stays, and is compared once', () => {
    const once = after(answer('first', 0));
    expect(progressed(once, answer('first', 1, true))).toBe(once);
    const measure = (measured: number): Deed => ({
      ...{ does: 'measure', id: 'first', measured, evidence, distance: 0, isRight: true },
    });
    const measured = progressed(once, measure(2));
    expect(measured.answers['first']).toMatchObject({ given: 0, measured: 2, isRight: true });
    expect(progressed(measured, measure(3))).toBe(measured);
    expect(progressed(after(), measure(3))).toEqual(after());
  });

  test('attempts are counted until a check is passed, which it then stays', () => {
    const passed = after(judge(false, 'no'), judge(false), judge(true, 'yes'));
    expect(passed.judged['check']).toMatchObject({ isPassed: true, attempts: 3, said: 'yes' });
    expect(progressed(passed, judge(false))).toBe(passed);
  });

  test('the share is of all tasks, also of those that are not revealed yet', () => {
    expect(tasksOf(LAB).map(({ id }) => id)).toEqual(['first', 'last', 'why', 'check', 'other']);
    expect(shareOf(LAB, after())).toBe(0);
    const write = (text: string): Deed => ({ does: 'write', id: 'why', text });
    expect(shareOf(LAB, after(answer('first', 1), write('one')))).toBe(0.2);
    expect(shareOf(LAB, after(answer('first', 1), write(' one  two ')))).toBe(0.4);
  });

  test('a choice is told with what is revealed below it, and at once where nothing is', () => {
    const answered = after(answer('first', 1), answer('other', 1));
    expect(isTold('first', LAB, answered)).toBe(false);
    expect(isTold('first', LAB, progressed(answered, judge(true)))).toBe(true);
    expect(isTold('other', LAB, answered)).toBe(true);
  });

  test('the furthest step is remembered, and all of it is plain data', () => {
    const there = after(
      { does: 'go', step: 1 },
      { does: 'go', step: 0 },
      { does: 'hint', id: 'check' },
    );
    expect(there).toMatchObject({ step: 0, furthest: 1, hints: { check: 1 } });
    const whole = progressed(there, answer('last', 0));
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});
