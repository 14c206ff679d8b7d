import { describe, expect, test } from 'vitest';
import { AUTOCAST, CASES, settingsOf, type ParityCase } from './cases';
import { compare, toleranceOf } from './compare';
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
    const comparisons = compare(computed, fixtures.get(one.name)!.computed, toleranceOf(one));
    expect(comparisons.filter(({ distance }) => !(distance <= 1))).toEqual([]);
  });
});

/** The median distance of the engine's numbers from those of PyTorch's autocast. */
async function apart(one: ParityCase, settings: Partial<ParityCase['config']> = {}) {
  const { computed } = await runEngine({ ...one, config: { ...one.config, ...settings } });
  const wanted = fixtures.get(one.name)!.computed;
  const distances = compare(computed, wanted, { relative: 1, absolute: 0 })
    .map(({ distance }) => distance)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)]!;
}

test.each(AUTOCAST)('nearer to autocast than anything else: $name', async (one) => {
  const distance = await apart(one);
  expect(distance).toBeLessThan((await apart(one, { precision: 'fp32' })) / 10);
  expect(distance).toBeLessThan((await apart(one, { precision_policy: 'every_op' })) / 10);
});
