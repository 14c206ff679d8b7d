import { expect, test } from 'vitest';
import { createRunLine, createStatusLine, duration } from '../../src/cli/statusLine';

function terminal(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) > 0 };
}

test('a terminal shows one line, cut where it ends, and none under what stays', () => {
  const screen = terminal(true, 8);
  const { show, say, clear } = createStatusLine(screen);
  show('building it');
  show('b');
  say('That is odd.');
  say('So is that.');
  show('c');
  clear();
  clear();
  const cleared = '\r\x1b[K';
  expect(screen.written).toEqual([
    `${cleared}buildin`,
    `${cleared}b`,
    cleared,
    'That is odd.\n',
    'So is that.\n',
    `${cleared}c`,
    cleared,
  ]);
});

test('a file gets what stays alone', () => {
  const file = terminal(false);
  const { show, say, clear } = createStatusLine(file);
  show('building');
  say('That is odd.');
  clear();
  expect(file.written).toEqual(['That is odd.\n']);
});

test('a run tells its work, its step and the time left of steps like those that were made', () => {
  let at = 0;
  let shown = '';
  const run = createRunLine({ show: (text) => (shown = text) }, 12, () => at);
  run.engine({ phase: 'weights', done: 4, of: 10 });
  expect(shown).toBe('building · weights 40 %');
  run.engine({ phase: 'pass', done: 7, of: 10 });
  expect(shown).toBe('step 1 of 12 · first step 70 %');
  const step = (ms: number) => {
    at += ms;
    run.stepped();
  };
  step(5000);
  expect(shown).toBe('step 2 of 12');
  run.engine({ phase: 'recording', done: 999, of: 1000 });
  expect(shown).toBe('step 2 of 12 · recording a step 99 %');
  step(9000);
  step(1500);
  expect(shown).toBe('step 4 of 12 · 14 s left');
  step(50);
  expect(shown).toBe('step 4 of 12 · 14 s left');
  for (let i = 0; i < 8; i++) step(1500);
  expect(shown).toBe('step 12 of 12');
});

test('durations are said in the unit that has a small whole number', () => {
  expect([1, 1999, 119_000, 120_000, 7_199_999, 7_200_000].map(duration)).toEqual([
    ...['1 s', '2 s', '119 s', '2 min', '120 min', '2 h'],
  ]);
});
