import { expect, it } from 'vitest';
import { PLOT_KEYS, zoomOf } from '../../src/plot/keys';
import { COMMANDS } from '../../src/views/commands';

it('no key means two things', () => {
  for (const list of [Object.values(COMMANDS), PLOT_KEYS]) {
    const keys = list.flatMap<string>(({ keys }) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

it('one key zooms out as far as the other zooms in', () => {
  expect(zoomOf('+')! * zoomOf('-')!).toBe(1);
  expect(zoomOf('ArrowRight')).toBeUndefined();
});
