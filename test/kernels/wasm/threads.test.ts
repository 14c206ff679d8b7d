import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { WasmExports, WasmModules } from '../../../src/kernels/wasm/exports';
import { makeArrivals, meet } from '../../../src/kernels/wasm/threads/barrier';
import { createPace } from '../../../src/kernels/wasm/threads/pace';
import { createTeam, MOST_THREADS } from '../../../src/kernels/wasm/threads/team';
import { withSharedMemory } from '../../../src/kernels/wasm/threads/sharedMemory';
import { threadsPerLane } from '../../../src/runs/lanes';

const ofLibrary = createRequire(import.meta.url).resolve(
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
);
const ofOurs = new URL('../../../src/kernels/assembly/build/simd.wasm', import.meta.url);

test.each([
  ['imported', ofOurs],
  ['made', ofLibrary],
])('a memory that is %s can be shared, and nothing else changes', (_name, file) => {
  const before = readFileSync(file);
  const after = withSharedMemory(before);
  const changed = [...after.keys()].filter((i) => after[i] !== before[i]);
  expect(changed.map((i) => [before[i], after[i]])).toEqual([[1, 3]]);
  expect(WebAssembly.validate(after)).toBe(true);
});

test('a module that imports a memory takes a shared one then, and no other', () => {
  const memory = (shared: boolean) => new WebAssembly.Memory({ initial: 1, maximum: 9, shared });
  const start = (bytes: BufferSource, shared: boolean) =>
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: memory(shared) } });
  const bytes = readFileSync(ofOurs);
  expect(() => start(bytes, false)).not.toThrow();
  expect(() => start(bytes, true)).toThrow(/shared/);
  expect(() => start(withSharedMemory(bytes), true)).not.toThrow();
});

test('a memory without an end cannot be shared, and a module without one has none to share', () => {
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  expect(() => withSharedMemory(new Uint8Array(header))).toThrow('no memory');
  expect(() => withSharedMemory(new Uint8Array([...header, 5, 3, 1, 0, 1]))).toThrow('maximum');
});

test('a thread waits for the others, past the end of the count too', () => {
  const arrivals = makeArrivals();
  const target = -(2 ** 31) + 1;
  Atomics.store(arrivals, 0, 2 ** 31 - 1);
  // Of two threads the other has come.
  Atomics.add(arrivals, 0, 1);
  meet(arrivals, target);
  expect(Atomics.load(arrivals, 0)).toBe(target);
});

test('the leader waits for others only so long', () => {
  expect(() => meet(makeArrivals(), 2, 0)).toThrow('has stopped');
});

test('after a step that failed a new team meets anew', () => {
  const starts: Int32Array[] = [];
  const ended: number[] = [];
  const team = createTeam(
    {} as WasmModules,
    {} as WebAssembly.Memory,
    {} as WasmExports,
    ({ ready }) => {
      const number = starts.length;
      return {
        tell(order) {
          if (order.kind === 'start') {
            starts.push(order.arrivals);
            ready();
          }
          // Comes once, and stays away from then on.
          if (order.kind === 'run') Atomics.add(starts[number]!, 0, 1);
        },
        end: () => ended.push(number),
      };
    },
  );
  team.resize(2);
  expect(team.threads()).toBe(2);
  const fails = team.learn([
    {
      alone() {
        throw new Error('of the library');
      },
    },
  ]);
  expect(() => fails.run(2, 0)).toThrow('of the library');
  expect([team.threads(), ended]).toEqual([1, [0]]);
  team.resize(99);
  expect(team.threads()).toBe(MOST_THREADS);
  expect(starts.slice(1).every((arrivals) => Atomics.load(arrivals, 0) === 0)).toBe(true);
  team.resize(2);
  const met = team.learn([{ alone() {} }]);
  met.run(2, 0);
  expect(Atomics.load(starts[1]!, 0)).toBe(2);
});

test('the pace is that of all threads where they are quicker, and of one where they are not', () => {
  const run = (all: number, one: number) => {
    const pace = createPace();
    return Array.from({ length: 12 }, () => {
      const threads = pace.threads(4);
      pace.took(threads === 4 ? all : one);
      return threads;
    });
  };
  const tried = [4, 4, 4, 1, 1, 1];
  expect(run(5, 8)).toEqual([...tried, 4, 4, 4, 4, 4, 4]);
  expect(run(8, 5)).toEqual([...tried, 1, 1, 1, 1, 1, 1]);
});

test('the pace is found anew for another number of threads, and now and then', () => {
  const pace = createPace();
  const next = (most: number) => {
    const threads = pace.threads(most);
    pace.took(threads === 1 ? 1 : 2);
    return threads;
  };
  expect(Array.from({ length: 8 }, () => next(4))).toEqual([4, 4, 4, 1, 1, 1, 1, 1]);
  expect(Array.from({ length: 8 }, () => next(2))).toEqual([2, 2, 2, 1, 1, 1, 1, 1]);
  expect(Array.from({ length: 1000 }, () => next(2)).filter((n) => n === 2)).toHaveLength(6);
});

test('lanes share the processors, and leave one to the page', () => {
  const shares = (processors: number) => [1, 2, 3, 4].map((n) => threadsPerLane(processors, n));
  expect(shares(1)).toEqual([1, 1, 1, 1]);
  expect(shares(2)).toEqual([1, 1, 1, 1]);
  expect(shares(4)).toEqual([3, 1, 1, 1]);
  expect(shares(8)).toEqual([7, 3, 2, 1]);
});
