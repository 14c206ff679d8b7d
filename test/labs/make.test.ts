import { beforeAll, expect, test } from 'vitest';
import { decode } from '../../src/config/codec';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { courseOf, runOf, type Course } from '../../src/labs/course';
import { evidenceOf } from '../../src/labs/run/evidence';
import { make } from '../../src/labs/run/make';
import { numberOf } from '../../src/protocol/read';
import { readTyped } from '../../src/config/quantity';

const TINY = 'n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2&task=copy';
const first = decode(TINY).config;
const later = { ...first, placement: 'post' as const, lr: 0.01 };
const course: Course = [
  { step: 0, config: first },
  { step: 5, config: later },
];

beforeAll(() => openNodeBackend('wasm'), 120_000);

/** Every frame as a lane of the page has it. */
async function asOnPage(steps: number) {
  const session = createSession(first, '');
  const frames: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    if (step === 5) session.configure(later, '');
    frames.push((await session.measure(true)).packed);
  }
  session.dispose();
  return frames;
}

test('a run that is made again has the bits of the page, wherever it is looked at', async () => {
  const frames = await asOnPage(12);
  const made = await make(course, { steps: [0, 5, 11], watched: null }, '');
  const found = made.segments.flatMap(({ frames }) => frames);
  expect(found.map(({ step }) => step)).toEqual([0, 5, 11]);
  for (const { step, packed } of found) expect(packed).toEqual(frames[step]);
  expect(made.segments.map(({ config }) => config.placement)).toEqual(['pre', 'post']);
});
test('a run that is watched has the alarms of its steps', async () => {
  const wild: Course = [
    { step: 0, config: { ...first, lr: 1e12, optimizer: 'sgd', placement: 'none' } },
  ];
  const made = await make(wild, { steps: [], watched: 20 }, '');
  expect(made.isDiverged).toBe(true);
  expect(made.alarm).toBeGreaterThan(0);
  const calm = await make(course, { steps: [3], watched: 4 }, '');
  expect(calm).toMatchObject({ isDiverged: false, alarm: null });
});
test('its evidence knows settings, changes and theory', async () => {
  const made = await make(course, { steps: [0], watched: null }, '');
  const evidence = evidenceOf(course, 9, made, '');
  expect(evidence).toMatchObject({
    step: 9,
    changes: [5],
    alarm: null,
    config: { placement: 'post' },
  });
  expect(evidence.measured(9)).toBeNull();
  expect(numberOf(evidence.measured(0)!, readTyped('loss')!)).toBeGreaterThan(0);
  expect(evidence.theory(readTyped('rms@resid_post')!)?.layers).toHaveLength(2);
  expect(evidence.theory(readTyped('kurtosis@resid_post')!)).toBeNull();
});
test('a run is told as its changes, and read back', () => {
  const run = runOf(course, 9, { name: 'a text', print: '1-0' });
  expect(run.changes.map(({ step }) => step)).toEqual([0, 5]);
  expect(run.text).toBeNull();
  expect(courseOf(run)).toEqual(course);
});
test.each<[object, RegExp]>([
  [{ changes: [] }, /settings at step 0 are missing/],
  [{ changes: [{ step: 0, settings: { lrr: 1 } }] }, /Unknown setting “lrr”/],
  [{ step: 3 }, /changed at step 5, and stands at step 3/],
  [
    {
      changes: [
        { step: 0, settings: {} },
        { step: 4, settings: { n_layers: 3 } },
      ],
    },
    /n_layers cannot be changed under way/,
  ],
  [
    {
      changes: [
        { step: 0, settings: {} },
        { step: 4, settings: {} },
        { step: 2, settings: {} },
      ],
    },
    /stands after that at 4/,
  ],
])('%j cannot be made again', (change, reason) => {
  expect(courseOf({ ...runOf(course, 9, null), ...change })).toMatch(reason);
});
