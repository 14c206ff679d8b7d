import { expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { parting, type Recorded } from '../../src/runs/parting';
import { sessionOf, TINY } from './support';

/** What is recorded of a small model; with a change after some steps, as a setting that a person changes. */
async function recorded(settings: Partial<Config>, steps = 4): Promise<Recorded> {
  const session = await sessionOf({ ...TINY, n_layers: 6, task: 'markov', ...settings });
  const frames = [];
  for (let step = 0; step < steps; step++) frames.push(await session.measure(true));
  const { layout } = session.report;
  session.dispose();
  return [{ layout, frames }];
}

test('twins never part', async () => {
  const found = parting(await recorded({}), await recorded({}, 3));
  expect(found).toEqual({ last: 2, first: null, growth: [] });
});

test('another norm in one layer parts them there at once, and the difference goes on from there', async () => {
  const other = await recorded({ layer_overrides: '5:/rmsnorm' });
  const { last, first, growth } = parting(await recorded({}), other);
  expect(last).toBe(3);
  expect(first).toMatchObject({ step: 0, at: 'blocks.5.attn_in', layer: 5, of: 'forward' });
  expect(growth.map(({ step }) => step)).toEqual([0, 1, 3]);
  // Of the first step: nothing forward before the layer. Of the second, weights differ from the embedding on.
  expect(growth[0]!.layer === null || growth[0]!.layer >= 5).toBe(true);
  for (const { difference, of } of growth) {
    expect(of).toBe('forward');
    expect(difference).toBeGreaterThan(1e-5);
  }
});

test('another learning rate parts them after the first update, where its weights are first used', async () => {
  const { first } = parting(await recorded({}), await recorded({ lr: 2e-3 }));
  expect(first).toMatchObject({ step: 1, at: 'embed', layer: null, of: 'forward' });
});

// The norm before a sublayer is part of it.
test('a sublayer that was frozen for one update parts them where it is next used', async () => {
  const frozen = await recorded({ interventions: '4:freeze.mlp@1-1' });
  const { first } = parting(await recorded({}), frozen);
  expect(first).toMatchObject({ step: 2, at: 'blocks.4.mlp_in', layer: 4 });
});

test('other layouts and other steps are matched by name and step', async () => {
  const parallel = await recorded({ topology: 'parallel' });
  const [{ layout, frames }] = (await recorded({})) as [Recorded[number]];
  const late = [{ layout, frames: frames.slice(2) }];
  const { last, first, growth } = parting(late, parallel);
  expect(last).toBe(3);
  expect(first).toMatchObject({ step: 2 });
  expect(growth.map(({ at }) => at)).not.toContain('blocks.0.resid_mid');
  expect(parting([], parallel)).toEqual({ last: null, first: null, growth: [] });
});
