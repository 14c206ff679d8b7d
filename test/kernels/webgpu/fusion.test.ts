import { describe, expect, test } from 'vitest';
import { withSumsFused } from '../../../src/kernels/webgpu/fusion';
import type {
  Command,
  Copy,
  Dispatch,
  Ref,
  SumRole,
  Trace,
  Whole,
} from '../../../src/kernels/webgpu/trace';

const pipelineOf = (name: string) => ({ label: name }) as GPUComputePipeline;
const NAMES = [
  'x',
  'f',
  's',
  'y',
  'stats',
  'g',
  'dy',
  'dx',
  'dgain',
  'ds',
  'total',
  'other',
  'more',
];
/** Buffers by name; `x` and `g` are given. */
const refs = Object.fromEntries(
  NAMES.map((name, index): [string, Whole] => [
    name,
    ['x', 'g'].includes(name)
      ? { kind: 'named', name, bytes: 4 }
      : { kind: 'made', index, bytes: 4 },
  ]),
);
const of = (names: string) => names.split(' ').map((name) => refs[name]!);
const nameOf = (ref: Ref) => NAMES.find((name) => refs[name] === ref)!;

/** A dispatch that writes and reads these. */
function dispatch(name: string, written: string, read: string, role?: SumRole): Dispatch {
  const [writes, reads] = [of(written), of(read)];
  return {
    ...{ pipeline: pipelineOf(name), groups: [1, 2, 3], uniforms: new ArrayBuffer(4), role },
    ...{ bindings: [...writes, ...reads], writes: writes.length },
  };
}
const fusedAs = (is: 'reader' | 'summand', name: string): SumRole => ({
  is,
  pipeline: () => pipelineOf(name),
});
const sum = dispatch('sum', 's', 'x f', { is: 'sum' });
const norm = dispatch('norm', 'y stats', 's g', fusedAs('reader', 'sum and norm'));
const gradient = dispatch(
  'gradient',
  'dx dgain',
  'dy s stats g',
  fusedAs('summand', 'gradient and sum'),
);
const into = dispatch('sum', 'total', 'ds dx', { is: 'sum' });
const reading = (name: string) => dispatch(`reads ${name}`, 'other', name);
const writing = (name: string) => dispatch(`writes ${name}`, name, 'more');

const traceOf = (commands: Command[], results = 'y'): Trace => ({
  commands,
  constants: [],
  results: Object.fromEntries(of(results).map((ref) => [nameOf(ref), ref])),
});
/** What runs then, as `name: written ← read`. */
const fused = (...given: Parameters<typeof traceOf>) =>
  withSumsFused(traceOf(...given)).commands.map((command) => {
    if (!('pipeline' in command)) return 'copy';
    const names = command.bindings.map(nameOf);
    const [written, read] = [names.slice(0, command.writes), names.slice(command.writes)];
    return `${command.pipeline.label}: ${written.join(' ')} ← ${read.join(' ')}`;
  });
const untouched = (...given: Parameters<typeof traceOf>) => {
  expect(withSumsFused(traceOf(...given)).commands).toEqual(given[0]);
};

const SUM_AND_NORM = 'sum and norm: y stats s ← x f g';
const GRADIENT_AND_SUM = 'gradient and sum: total dgain ← dy s stats g ds';

describe('a sum and a norm of it', () => {
  test('are one, with groups and uniforms of the norm', () => {
    expect(fused([sum, norm])).toEqual([SUM_AND_NORM]);
    const [one] = withSumsFused(traceOf([sum, norm])).commands as [Dispatch];
    expect(one.groups).toBe(norm.groups);
    expect(one.uniforms).toBe(norm.uniforms);
  });

  test('are one that counts what either loses where it would have', () => {
    const counting = (one: Dispatch, ...uniforms: number[]): Dispatch => ({
      ...{ ...one, counter: refs['more'] },
      uniforms: Uint32Array.from(uniforms).buffer,
    });
    const [early, late] = [counting(sum, 8, 3, 3), counting(norm, 16, 5, 5)];
    const [one] = withSumsFused(traceOf([early, late])).commands as [Dispatch];
    expect(one.counter).toBe(late.counter);
    expect([...new Uint32Array(one.uniforms)]).toEqual([16, 5, 3]);
    expect([...new Uint32Array(late.uniforms)]).toEqual([16, 5, 5]);
  });

  test('are one at the place of the sum, whatever else reads it', () => {
    expect(fused([sum, reading('s'), norm, reading('s')], 's other')).toEqual([
      SUM_AND_NORM,
      'reads s: other ← s',
      'reads s: other ← s',
    ]);
  });

  test('are one for the first of two norms, as of parallel branches', () => {
    const second = dispatch('norm', 'dy dgain', 's g', fusedAs('reader', 'second'));
    expect(fused([sum, norm, second])).toEqual([SUM_AND_NORM, 'norm: dy dgain ← s g']);
  });

  test('are one for the last of several sums', () => {
    const earlier = dispatch('sum', 'f', 'x more', { is: 'sum' });
    expect(fused([earlier, sum, norm])).toEqual(['sum: f ← x more', SUM_AND_NORM]);
  });

  test.each([
    ['makes what the norm reads', writing('g')],
    ['makes the sum anew', writing('s')],
    ['reads what the norm has not made yet', reading('stats')],
    ['writes where the norm does', writing('y')],
  ])('stay two where something between them %s', (_, between) => {
    untouched([sum, between, norm]);
  });

  test('stay two where a copy lies between them that fills what the norm reads', () => {
    const copy: Copy = { from: refs['x']!, fromByte: 0, to: refs['g']!, toByte: 0, bytes: 4 };
    untouched([sum, copy, norm]);
    expect(fused([copy, sum, norm])).toEqual(['copy', SUM_AND_NORM]);
  });

  test('stay two where the norm reads another thing, as an intervention makes', () => {
    const changed = dispatch('changed', 'more', 's');
    const after = dispatch('norm', 'y stats', 'more g', fusedAs('reader', 'never'));
    untouched([sum, changed, after]);
    const gained = dispatch('norm', 'y stats', 'x s', fusedAs('reader', 'never'));
    untouched([sum, gained]);
  });

  test('stay two where the norm reads a part of the sum', () => {
    const part: Ref = { kind: 'part', of: refs['s']!, byte: 256, bytes: 4 };
    untouched([sum, { ...norm, bindings: [...of('y stats'), part, ...of('g')] }]);
  });

  test('stay two where one buffer would be bound for reading and writing', () => {
    untouched([sum, dispatch('norm', 'f stats', 's g', fusedAs('reader', 'never'))]);
  });

  test('stay two where the device cannot bind both, or either is something else', () => {
    untouched([sum, { ...norm, role: undefined }]);
    untouched([{ ...sum, role: undefined }, norm]);
    untouched([norm, sum]);
  });
});

describe('the gradient of a norm and the sum that it goes into', () => {
  test('are one, which does not write the summand', () => {
    expect(fused([gradient, into], 'total dgain')).toEqual([GRADIENT_AND_SUM]);
    const turned = dispatch('sum', 'total', 'dx ds', { is: 'sum' });
    expect(fused([gradient, turned], 'total')).toEqual([GRADIENT_AND_SUM]);
  });

  test('are one where others between them do something else', () => {
    expect(fused([gradient, reading('dgain'), into, reading('total')], 'total')).toEqual([
      GRADIENT_AND_SUM,
      'reads dgain: other ← dgain',
      'reads total: other ← total',
    ]);
  });

  test.each([
    ['the gradient has another reader', [gradient, reading('dx'), into], 'total'],
    ['it has another reader later', [gradient, into, reading('dx')], 'total other'],
    ['it is a result', [gradient, into], 'total dx'],
    ['it is added to', [writing('dx'), gradient, into], 'total'],
    ['the other summand is made in between', [gradient, writing('ds'), into], 'total'],
    ['the sum’s place is used in between', [gradient, reading('total'), into], 'total other'],
    ['it is both summands', [gradient, dispatch('sum', 'total', 'dx dx', { is: 'sum' })], 'total'],
    [
      'a part of it is the other summand',
      [
        gradient,
        {
          ...dispatch('sum', 'total', 'dx', { is: 'sum' }),
          bindings: [...of('total dx'), { kind: 'part', of: refs['dx']!, byte: 256, bytes: 4 }],
        } satisfies Dispatch,
      ],
      'total',
    ],
    ['its reader is no sum', [gradient, reading('dx')], 'other'],
    ['nothing reads it', [gradient], 'dgain'],
  ])('stay two where %s', (_, commands, results) => {
    untouched(commands, results);
  });

  test('are one for each of two norms whose gradients meet', () => {
    const second = dispatch('second', 'more', 'dy s', fusedAs('summand', 'second and sum'));
    const meeting = dispatch('sum', 'other', 'total more', { is: 'sum' });
    expect(fused([gradient, into, second, meeting], 'other')).toEqual([
      GRADIENT_AND_SUM,
      'second and sum: other ← dy s total',
    ]);
    // Also where both are made before they are summed.
    expect(fused([gradient, second, into, meeting], 'other')).toEqual([
      GRADIENT_AND_SUM,
      'second and sum: other ← dy s total',
    ]);
  });
});
