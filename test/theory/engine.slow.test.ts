import { expect, test } from 'vitest';
import { averaged, THEORY, underSeeds } from '../engine/theorySupport';
import { predicted } from './support';

/* Theory beside the engine, means over four seeds. */

test.each(['pre', 'post', 'none'] as const)('%s', async (placement) => {
  const settings = { ...THEORY, n_layers: 6, placement } as const;
  const runs = await underSeeds(4, settings);
  const { stream } = predicted(settings);
  for (const statistic of ['rms', 'grad_rms'] as const) {
    const measured = averaged(runs, (run) => run.stream(statistic));
    measured.forEach((value, l) => {
      expect(Math.abs(value / stream(statistic)[l]! - 1), `${statistic} at ${l}`).toBeLessThan(0.1);
    });
  }
});
