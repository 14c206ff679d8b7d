import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend, type NodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import type { EngineProgress } from '../../src/protocol/engine';
import { configOf, TEXT, TINY } from './support';

// Any two looks at the clock are far enough apart for a report.
beforeEach(() => {
  let at = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (at += 200));
});
afterEach(() => void vi.restoreAllMocks());

/** A session, and what it has told since it was last asked: of each phase in turn, where it ended. */
async function telling(settings: Partial<Config>, backend: NodeBackend = 'wasm') {
  await openNodeBackend(backend);
  let told: EngineProgress[] = [];
  const config = configOf({ ...TINY, ...settings });
  const session = createSession(config, TEXT, { tell: (progress) => told.push(progress) });
  const phases = () => {
    const ends: string[] = [];
    told.forEach((now, i) => {
      const before = told[i - 1];
      if (before?.phase === now.phase) expect(now.done).toBeGreaterThan(before.done);
      if (told[i + 1]?.phase !== now.phase) ends.push(`${now.phase} ${now.done / now.of}`);
    });
    told = [];
    return ends;
  };
  const change = (settings: Partial<Config>) => {
    session.configure({ ...session.config, ...settings }, TEXT);
    return phases();
  };
  return { session, phases, change };
}

test.each<Partial<Config>>([
  {},
  { placement: 'residual', norm: 'batchnorm', precision: 'bf16' },
  { task: 'gaussian', objective: 'random_projection', topology: 'parallel' },
  { weight_reparam: 'sigma', qk_norm: 'l2', norm: 'dyt' },
])('every number, product and site is counted, of %j', async (settings) => {
  const { session, phases, change } = await telling(settings);
  const building = ['weights 1', ...(settings.weight_reparam ? ['vectors 1'] : [])];
  expect(phases()).toEqual(building);
  await session.measure(false);
  expect(phases()).toEqual(['pass 1']);
  await session.measure(true);
  // The replay is not counted.
  expect(phases()).toEqual(['recording 0.8']);
  for (let i = 0; i < 3; i++) await session.measure(true);
  expect(phases()).toEqual([]);
  session.reset();
  expect(phases()).toEqual(building);
  // A change tells of what is drawn for it alone, and of its own first steps.
  expect(change({ lr: 0.1, n_layers: 3 })).toEqual(building);
  await session.measure(true);
  expect(phases()).toEqual(['pass 1']);
  expect(change({ lr: 0.2 })).toEqual(settings.task ? ['weights 1'] : []);
  session.dispose();
});

test('a step that is not recorded tells of its graph once', async () => {
  const { session, phases, change } = await telling({}, 'cpu');
  expect(phases()).toEqual(['weights 1']);
  await session.measure(true);
  expect(phases()).toEqual(['pass 1']);
  await session.measure(true);
  expect(phases()).toEqual([]);
  expect(change({ placement: 'sandwich' })).toEqual(['weights 1']);
  await session.measure(true);
  expect(phases()).toEqual(['pass 1']);
  session.dispose();
});
