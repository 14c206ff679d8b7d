import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planMemory, type Lifetime } from '../../../src/kernels/tape/memoryPlan';
import { distinct, packing } from '../../../src/kernels/webgpu/packing';
import {
  lifetimes,
  withoutUnused,
  type Copy,
  type Dispatch,
  type Ref,
  type Trace,
  type Whole,
} from '../../../src/kernels/webgpu/trace';

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

const lifetime = fc
  .record({ bytes: fc.integer({ min: 4, max: 1000 }), first: fc.nat(40), length: fc.nat(10) })
  .map(({ bytes, first, length }): Lifetime => ({ bytes, first, last: first + length }));
const lives = fc.array(lifetime, { maxLength: 60 });

/** The most bytes in use at one time: no plan needs less. */
const peak = (all: Lifetime[]) =>
  Math.max(
    0,
    ...all.map(({ first }) =>
      sum(all.filter((life) => life.first <= first && first <= life.last).map((l) => l.bytes)),
    ),
  );

describe('planned memory', () => {
  test('is never shared by two that are in use at one time', () => {
    fc.assert(
      fc.property(lives, (all) => {
        const { places } = planMemory(all);
        all.forEach((a, i) =>
          all.slice(0, i).forEach((b, j) => {
            if (places[i] === places[j]) expect(a.first > b.last || b.first > a.last).toBe(true);
          }),
        );
      }),
    );
  });

  test('holds each, and is between the peak and the sum', () => {
    fc.assert(
      fc.property(lives, (all) => {
        const { buffers, places } = planMemory(all);
        all.forEach(({ bytes }, i) => expect(buffers[places[i]!]).toBeGreaterThanOrEqual(bytes));
        expect(sum(buffers)).toBeLessThanOrEqual(sum(all.map(({ bytes }) => bytes)));
        expect(sum(buffers)).toBeGreaterThanOrEqual(peak(all));
      }),
    );
  });

  test('does not depend on the order of those given, but for ties', () => {
    const distinctSizes = fc.uniqueArray(lifetime, { selector: ({ bytes }) => bytes });
    fc.assert(
      fc.property(distinctSizes, (all) => {
        expect(planMemory(all.toReversed()).buffers).toEqual(planMemory(all).buffers);
      }),
    );
  });

  test('of a chain of equals is two buffers, however long the chain', () => {
    const chain = Array.from({ length: 100 }, (_, i) => ({ bytes: 64, first: i, last: i + 1 }));
    expect(planMemory(chain).buffers).toEqual([64, 64]);
  });
});

const made = (index: number): Ref => ({ kind: 'made', index, bytes: 4 * (index + 1) });
const given: Ref = { kind: 'named', name: 'x', bytes: 4 };
const dispatch = (...bindings: Ref[]): Dispatch => ({
  pipeline: {} as GPUComputePipeline,
  groups: [1, 1, 1],
  bindings,
  writes: 1,
  uniforms: new ArrayBuffer(4),
});

describe('a trace', () => {
  const [a, b, c, d] = [made(0), made(1), made(2), made(3)];
  const trace: Trace = {
    // a = f(x); b = f(a); c begins as zeros and is added to, from a; d = f(b)
    commands: [dispatch(a, given), dispatch(b, a), dispatch(c), dispatch(c, a), dispatch(d, b)],
    constants: [],
    results: { sum: c },
  };

  test('keeps what its results depend on, in order', () => {
    const [first, , zeros, added] = trace.commands;
    expect(withoutUnused(trace).commands).toEqual([first, zeros, added]);
    expect(withoutUnused({ ...trace, results: {} }).commands).toEqual([]);
  });

  test('has lives from first to last use; a result outlives all', () => {
    expect([...lifetimes(trace)]).toEqual([
      [0, { bytes: 4, first: 0, last: 3 }],
      [1, { bytes: 8, first: 1, last: 4 }],
      [2, { bytes: 12, first: 2, last: 5 }],
      [3, { bytes: 16, first: 4, last: 4 }],
    ]);
  });
});

describe('a trace with copies and parts', () => {
  const [whole, other, joined, unused] = [made(0), made(1), made(2), made(3)] as Whole[];
  const part: Ref = { kind: 'part', of: whole!, byte: 256, bytes: 8 };
  const copy = (from: Ref, to: Ref): Copy => ({ from, fromByte: 0, to, toByte: 0, bytes: 4 });
  const commands = [
    dispatch(whole!, given),
    dispatch(other!, part),
    copy(whole!, unused!),
    copy(other!, joined!),
    copy(part, joined!),
  ];
  const trace: Trace = { commands, constants: [], results: { joined: joined! } };

  test('keeps what they read, and not what nobody reads', () => {
    const [first, second, , third, fourth] = commands;
    expect(withoutUnused(trace).commands).toEqual([first, second, third, fourth]);
  });

  test('keeps a buffer as long as its parts are read', () => {
    const lives = lifetimes(withoutUnused(trace));
    expect(lives.get(0)).toEqual({ bytes: 4, first: 0, last: 3 });
    expect(lives.get(2)).toEqual({ bytes: 12, first: 2, last: 4 });
  });

  test('keeps all that one of several results is wanted of', () => {
    const two: Dispatch = { ...dispatch(other!, joined!, given), writes: 2 };
    const alone = { ...trace, commands: [two, dispatch(unused!, given)] };
    expect(withoutUnused(alone).commands).toEqual([two]);
  });
});

describe('small arrays in one buffer', () => {
  test('begin at multiples of the alignment and do not overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 })), (sizes) => {
        const { offsets, bytes } = packing(sizes, 256);
        offsets.forEach((offset, i) => {
          expect(offset % 256).toBe(0);
          expect(offset + sizes[i]!).toBeLessThanOrEqual(offsets[i + 1] ?? bytes);
        });
        expect(bytes % 4).toBe(0);
      }),
    );
  });

  test('are kept once where they are equal', () => {
    const array = fc.uint8Array({ max: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(array), (arrays) => {
        const { kept, at } = distinct(arrays);
        expect(at.map((i) => [...kept[i]!])).toEqual(arrays.map((bytes) => [...bytes]));
        expect(new Set(kept.map(String)).size).toBe(kept.length);
      }),
    );
  });

  test('that begin alike are told apart', () => {
    const [long, other] = [new Uint8Array(200), new Uint8Array(200)];
    other[199] = 1;
    expect(distinct([long, other, long.slice()])).toEqual({ kept: [long, other], at: [0, 1, 0] });
  });
});
