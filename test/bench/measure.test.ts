import { afterEach, expect, test, vi } from 'vitest';
import type { Contestant } from './contestant';
import { compare } from './measure';
import type { EngineId } from './row';

const PLACE = {
  host: 'node',
  backend: 'webgpu',
  adapter: 'some card',
  n_layers: 2,
  d_model: 16,
  seq_len: 8,
  batch_size: 2,
} as const;

/** Takes 100 ms for its first step and then 1, 2, 3, … ms; its loss is 3 at every step unless said otherwise. */
function fake(engine: EngineId, log: string[], part: Partial<Contestant> & { loss?: number } = {}) {
  const { loss = 3, ...rest } = part;
  let made = 0;
  const contestant: Contestant = {
    engine,
    statistics: false,
    open: async () => ({ rows: 'by subgroups' }),
    async steps(count) {
      log.push(`${engine} ${count}`);
      return Array.from({ length: count }, () => ({ stepMs: made++ || 100, loss, submits: 1 }));
    },
    totals: async () => ({ deviceBytes: 64, pipelines: ['Linear', 'RowNorm'] }),
    close: async () => {
      log.push(`${engine} closed`);
    },
    ...rest,
  };
  return contestant;
}

afterEach(() => {
  vi.useRealTimers();
});

const nobody = (engine: EngineId) => {
  throw new Error(`${engine} was left out`);
};

test('engines take turns, and the medians are those of the steps after the warm-up', async () => {
  const log: string[] = [];
  const both = [fake('unrecorded', log), fake('jax_js', log)];
  const results = await compare(both, PLACE, 6, nobody);
  expect(log.slice(6, -2)).toEqual(['unrecorded 4', 'jax_js 4', 'unrecorded 2', 'jax_js 2']);
  expect(log.slice(-2)).toEqual(['unrecorded closed', 'jax_js closed']);
  // Steps 34 to 39: 4 and another 30 are the warm-up.
  expect(results[0]).toEqual({
    row: {
      engine: 'unrecorded',
      ...PLACE,
      rows: 'by subgroups',
      statistics: false,
      step_ms: 36.5,
      submits: 1,
      device_bytes: 64,
      pipelines: 2,
      pipeline_names: ['Linear', 'RowNorm'],
      compile_ms: 63.5,
    },
    quartiles: [35.25, 37.75],
  });
});

test('engines that do not train the same model are not compared', async () => {
  const log: string[] = [];
  const others = [fake('unrecorded', log), fake('plain_tfjs', log, { loss: 3.001 })];
  await expect(compare(others, PLACE, 4, nobody)).rejects.toThrow(
    'At step 0 the loss is 3 in unrecorded and 3.001 in plain_tfjs',
  );
  expect(log.slice(-2)).toEqual(['unrecorded closed', 'plain_tfjs closed']);
});

test('another library that fails or is too slow is left out, this engine is not', async () => {
  const fails = { open: () => Promise.reject(new Error('no memory')) };
  const slow = { steps: async () => [{ stepMs: 1 }, { stepMs: 21_000 }] };
  const leftOut: string[] = [];
  const results = await compare(
    [fake('unrecorded', []), fake('jax_js', [], fails), fake('plain_tfjs', [], slow)],
    PLACE,
    4,
    (engine, error) => leftOut.push(`${engine}: ${(error as Error).message}`),
  );
  expect(results.map(({ row }) => row.engine)).toEqual(['unrecorded']);
  expect(leftOut).toEqual(['jax_js: no memory', 'plain_tfjs: a step takes it 21 seconds']);
  await expect(compare([fake('replayed', [], fails)], PLACE, 4, nobody)).rejects.toThrow(
    'no memory',
  );
});

test('what is not ready in time, or begins too late, is left out and ended; turns end with the time', async () => {
  // A clock of its own: on a busy machine the real one left the second engine no time at all.
  vi.useFakeTimers();
  const log: string[] = [];
  const never = { open: () => new Promise<never>(() => {}) };
  const slow = {
    async steps(count: number) {
      await new Promise((done) => setTimeout(done, 25));
      log.push(`replayed ${count}`);
      return Array.from({ length: count }, () => ({ stepMs: 50, loss: 3 }));
    },
  };
  const leftOut: string[] = [];
  const compared = compare(
    [fake('replayed', log, slow), fake('pytorch_compile', log, never), fake('jax_js', log)],
    PLACE,
    10_000,
    (engine, error) => leftOut.push(`${engine}: ${(error as Error).message}`),
    600,
  );
  await vi.advanceTimersByTimeAsync(1000);
  const results = await compared;
  expect(leftOut).toEqual([
    'pytorch_compile: it was not ready after 0.34 seconds, all that this size has left',
    'jax_js: the others took all the time that this size has',
  ]);
  expect(log).toContain('pytorch_compile closed');
  expect(results.map(({ row }) => row.engine)).toEqual(['replayed']);
  expect(log.filter((line) => line === 'replayed 4')).toHaveLength(8);
  const alone = compare([fake('replayed', [], never)], PLACE, 4, nobody, 20);
  const refused = expect(alone).rejects.toThrow(/^it was not ready after 0\.040 seconds/);
  await vi.advanceTimersByTimeAsync(100);
  await refused;
});
