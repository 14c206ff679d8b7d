import { describe, expect, test } from 'vitest';
import { homesOf } from '../../../src/kernels/wasm/homes';
import type { Heard, Operation } from '../../../src/kernels/wasm/listening';

/** An operation that makes data, of one call of a kernel, from what it reads. */
const operation = (kernel: string, made: object[], reads: object[]) =>
  ({
    calls: [{ name: kernel, args: [] }],
    run: null,
    reads,
    made: made.map((dataId) => ({ dataId })),
  }) as unknown as Operation;

/** Data of eight bytes each, all made in the order that the operations say. */
function heardOf(operations: Operation[], more: Partial<Heard> = {}): Heard {
  const ids = operations.flatMap(({ made }) => made.map(({ dataId }) => dataId));
  const made = ids.map((id) => ({ id, bytes: 8, before: 0 }));
  return { operations, made, constants: [], parts: new Map(), joins: [], ...more };
}
const pieces = (...ids: object[]) => ids.map((id) => ({ id, bytes: 8 }));
const listed = (homes: Map<number, unknown>) => [...homes];

describe('tensors lie in the vector that is joined of them', () => {
  const [a, b, vector, outer, given] = [{}, {}, {}, {}, {}];
  const made = [operation('linear', [a, b], []), operation('copy', [vector], [a, b])];

  test('one after the other, with room for what was not made', () => {
    const heard = heardOf(made, { joins: [{ vector, pieces: pieces(a, given, b) }] });
    expect(listed(homesOf(heard, {}, {}))).toEqual([
      [0, { vector: 2, offset: 0 }],
      [1, { vector: 2, offset: 16 }],
    ]);
  });

  test('at the first place, if there are several', () => {
    const joins = [{ vector, pieces: pieces(a, a) }];
    expect(listed(homesOf(heardOf(made, { joins }), {}, {}))).toEqual([
      [0, { vector: 2, offset: 0 }],
    ]);
  });

  test('but a vector has memory of its own', () => {
    const joins = [
      { vector, pieces: pieces(a) },
      { vector: outer, pieces: pieces(vector, b) },
    ];
    const heard = heardOf([...made, operation('copy', [outer], [vector])], { joins });
    expect(listed(homesOf(heard, {}, {}))).toEqual([
      [0, { vector: 2, offset: 0 }],
      [1, { vector: 3, offset: 8 }],
    ]);
  });
});

describe('a result lies in the held tensor that it replaces', () => {
  const [m, next, part, other] = [{}, {}, {}, {}];
  const home = (operations: Operation[], more?: Partial<Heard>) =>
    listed(homesOf(heardOf(operations, more), { m }, { m: next }));
  const adam = operation('adam', [next], [m]);

  test('where it is computed number by number', () => {
    expect(home([adam])).toEqual([[0, { held: 'm' }]]);
    expect(home([operation('linear', [next], [m])])).toEqual([]);
  });

  test('and one that nothing reads lies nowhere', () => {
    const delta = {};
    const both = operation('adam', [next, delta], [m]);
    expect(home([both])).toEqual([
      [0, { held: 'm' }],
      [1, 'nowhere'],
    ]);
    expect(home([both, operation('rms', [other], [delta])])).toEqual([[0, { held: 'm' }]]);
    expect(listed(homesOf(heardOf([both]), { m }, { m: next, delta }))).toEqual([
      [0, { held: 'm' }],
    ]);
  });

  test.each([
    ['itself', m, {}],
    ['a part', part, { parts: new Map([[part, m]]) }],
  ])('unless what it held is read afterwards, %s', (_what, read, more) => {
    expect(home([adam, operation('rms', [other], [read])], more)).toEqual([]);
    expect(home([operation('rms', [other], [read]), adam], more)).toEqual([[1, { held: 'm' }]]);
  });
});
