import { expect, test, vi } from 'vitest';
import { WORKING_NORMS } from '../../src/normCosts/work';
import type { NormCosts } from '../../src/normCosts/desk/costs';
import { openScope } from '../runs/openScope';

const SIZE = { tokens: 8, features: 16 };

/** A page that has measured its first frame. */
async function ready(...given: Parameters<typeof openScope>) {
  const page = openScope(...given);
  await vi.waitFor(() =>
    expect(page.scope.getState().lanes.every(({ engine }) => engine.status === 'ready')).toBe(true),
  );
  return page;
}

/** The code comes with its first use; norms are being timed when this is over. */
async function begin({ actions, getState }: Awaited<ReturnType<typeof ready>>['scope']) {
  void actions.timeNorms(SIZE);
  const isRunning = () => expect(getState().normCosts.status).toBe('running');
  await vi.waitFor(isRunning, { interval: 1 });
}

test('norms are timed one after the other, by the first lane alone', async () => {
  const { scope, workers } = await ready();
  await begin(scope);
  expect(scope.getState().normCosts.size).toEqual(SIZE);
  await vi.waitFor(() => expect(scope.getState().normCosts.status).toBe('done'));
  const { costs, roof, current } = scope.getState().normCosts;
  expect(costs.map(({ norm }) => norm)).toEqual(WORKING_NORMS);
  expect(roof!.peak).toBe(2e10);
  expect(current).toBeNull();
  const asked = workers.map(({ behaviour }) =>
    behaviour.calls.filter(({ method }) => method === 'normCost' || method === 'roof'),
  );
  expect(asked.map((calls) => calls.length)).toEqual([WORKING_NORMS.length + 1, 0]);
});

test('what was timed before it was ended stays, and what comes after is not kept', async () => {
  const { scope } = await ready({ engines: [{ delay: 40 }] });
  await begin(scope);
  await vi.waitFor(() => expect(scope.getState().normCosts.costs.length).toBeGreaterThan(1));
  await scope.actions.stopTimingNorms();
  const { costs, status } = scope.getState().normCosts;
  expect(status).toBe('cancelled');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(scope.getState().normCosts.costs).toEqual(costs);
});

test('training rests while norms are timed, and goes on afterwards', async () => {
  const { scope } = await ready();
  scope.actions.play();
  await begin(scope);
  expect(scope.getState().playing).toBe(false);
  await vi.waitFor(() => expect(scope.getState().normCosts.status).toBe('done'));
  expect(scope.getState().playing).toBe(true);
  scope.actions.pause();
});

test('who plays ends it', async () => {
  const { scope } = await ready();
  await begin(scope);
  scope.actions.play();
  expect(scope.getState().normCosts.status).toBe('cancelled');
  expect(scope.getState().playing).toBe(true);
  scope.actions.pause();
});

test('an engine that cannot do it says why', async () => {
  const { scope } = await ready({ engines: [{ fails: new Map([['roof', 'No memory.']]) }] });
  void scope.actions.timeNorms(SIZE);
  await vi.waitFor(() => expect(scope.getState().normCosts.status).toBe('failed'));
  expect(scope.getState().normCosts.error).toBe('No memory.');
});

test('what was timed is kept for the next visit', async () => {
  let kept: NormCosts | null = null;
  const normCostShelf = { load: () => kept, save: (costs: NormCosts) => void (kept = costs) };
  const { scope } = await ready({ normCostShelf });
  void scope.actions.timeNorms(SIZE);
  await vi.waitFor(() => expect(scope.getState().normCosts.status).toBe('done'));
  const again = await ready({ normCostShelf });
  expect(again.scope.getState().normCosts).toEqual(scope.getState().normCosts);
});
