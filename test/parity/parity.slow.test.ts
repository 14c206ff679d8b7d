import { describe, expect, test } from 'vitest';
import { CASES, settingsOf } from './cases';
import { compare } from './compare';
import { runEngine } from './engine';
import { readFixtures } from './fixtures';

const fixtures = new Map(readFixtures().map((fixture) => [fixture.name, fixture]));

test('every case has a fixture that was computed from its settings (else: npm run parity)', () => {
  const wanted = CASES.map((one) => ({ name: one.name, settings: settingsOf(one) }));
  expect([...fixtures.values()].map(({ name, settings }) => ({ name, settings }))).toEqual(wanted);
});

describe('the engine agrees with PyTorch', () => {
  test.each(CASES.filter(({ name }) => fixtures.has(name)))('$name', async (one) => {
    const { computed } = await runEngine(one);
    const comparisons = compare(computed, fixtures.get(one.name)!.computed);
    expect(comparisons.filter(({ distance }) => !(distance <= 1))).toEqual([]);
  });
});
