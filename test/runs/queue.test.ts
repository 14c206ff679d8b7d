import { expect, test, vi } from 'vitest';
import { createQueue } from '../../src/runs/queue';

test('jobs run in turn, also after one that failed, and a slow one is told of twice', async () => {
  vi.useFakeTimers();
  const said: unknown[] = [];
  const { enqueue } = createQueue({ patience: 100, onSlow: (slow) => said.push(slow) });
  const job = (name: string, ms: number) => async () => {
    said.push(name);
    await new Promise((resolve) => setTimeout(resolve, ms));
    return name;
  };
  const failing = enqueue(() => Promise.reject(new Error('no')));
  const outcomes = [enqueue(job('slow', 150)), enqueue(job('quick', 50))];
  await expect(failing).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(300);
  expect(await Promise.all(outcomes)).toEqual(['slow', 'quick']);
  expect(said).toEqual(['slow', true, false, 'quick']);
  vi.useRealTimers();
});

test('a job that gives signs of life is not slow, and one that is begins anew to be waited for', async () => {
  vi.useFakeTimers();
  const said: unknown[] = [];
  const { enqueue, heard } = createQueue({ patience: 100, onSlow: (slow) => said.push(slow) });
  const job = enqueue(() => new Promise((resolve) => setTimeout(resolve, 400)));
  await vi.advanceTimersByTimeAsync(90);
  expect(heard()).toBeCloseTo(90);
  await vi.advanceTimersByTimeAsync(90);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  expect(said).toEqual([true]);
  expect(heard()).toBeCloseTo(200);
  expect(said).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(200);
  await job;
  expect(said).toEqual([true, false, true, false]);
  vi.useRealTimers();
});
