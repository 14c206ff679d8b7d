import { test } from 'vitest';
import { draw } from './drawn';
import { expectWithin, named } from './drawnSupport';

/* Sixty configurations drawn over the domain of the theory, beside the engine (docs/theory.md). */
test.each(draw(60, 0).map((settings) => [named(settings), settings] as const))(
  '%s',
  async (_, settings) => {
    await expectWithin(settings);
  },
);
