import {
  boundBy,
  isCopy,
  usedBy,
  wholeOf,
  writtenBy,
  type Command,
  type Dispatch,
  type Ref,
  type Trace,
  type Whole,
} from './trace';

/** A command, until another has taken it in. */
type Slot = Command | null;
type Bound = Pick<Dispatch, 'bindings' | 'writes'>;

const haveCommon = (some: readonly Whole[], others: readonly Whole[]) =>
  some.some((buffer) => others.includes(buffer));
const written = (command: Command) => writtenBy(command).map(wholeOf);

/** True for a command that may run before these: none of them makes what it uses, or uses what it makes. */
const mayPrecede = (command: Command, others: readonly Slot[]): boolean =>
  others.every(
    (other) =>
      other === null ||
      !(
        haveCommon(written(other), boundBy(command)) || haveCommon(written(command), boundBy(other))
      ),
  );

/** WebGPU lets a dispatch bind what it writes only once. */
const isBindable = ({ bindings, writes }: Bound): boolean => {
  const buffers = bindings.map(wholeOf);
  return buffers
    .slice(0, writes)
    .every((buffer) => buffers.indexOf(buffer) === buffers.lastIndexOf(buffer));
};

/** Bindings of a reader that makes its first input, a sum, itself. */
const withTotal = (reader: Bound, [total, ...summands]: Dispatch['bindings']): Bound => ({
  writes: reader.writes + 1,
  bindings: [
    ...reader.bindings.slice(0, reader.writes),
    total!,
    ...summands,
    ...reader.bindings.slice(reader.writes + 1),
  ],
});

/** Bindings where the other summand is added to the first result, which then is no more. */
const withOther = (
  { writes, bindings: [made, ...rest] }: Bound,
  [total, ...summands]: Dispatch['bindings'],
): Bound => ({
  writes,
  bindings: [total!, ...rest, ...summands.filter((summand) => summand !== made)],
});

/** Uniforms of a program that counts the losses of a sum as well: last there is the stretch in which these are told. */
function withStretchOf(sum: Dispatch, { uniforms, counter }: Dispatch): ArrayBuffer {
  if (!counter || !sum.counter) return uniforms;
  const block = uniforms.slice(0);
  const last = (of: ArrayBuffer) => new Uint32Array(of, of.byteLength - 4);
  last(block).set(last(sum.uniforms));
  return block;
}

/**
 * The trace with sums of two tensors put together with what stands beside them in a residual stream: with a
 * norm that reads the sum, on the way forward; with the gradient of a norm that goes nowhere but into the
 * sum, on the way back. The later of the two runs where the earlier one did, if it may: so that all others
 * find what they would have found.
 */
export function withSumsFused(trace: Trace): Trace {
  const slots: Slot[] = [...trace.commands];
  const users = new Map<Whole, number[]>();
  trace.commands.forEach((command, at) => {
    for (const buffer of new Set(usedBy(command))) {
      users.set(buffer, [...(users.get(buffer) ?? []), at]);
    }
  });
  const results = Object.values(trace.results).map(wholeOf);
  const dispatchAt = (at: number) => {
    const command = slots[at];
    return command && !isCopy(command) ? command : null;
  };

  const fuse = (
    [earlier, later]: [number, number],
    sum: Dispatch,
    one: Dispatch,
    bound: Bound,
    pipelineOf: () => GPUComputePipeline,
  ): boolean => {
    if (!isBindable(bound)) return false;
    if (!mayPrecede(slots[later]!, slots.slice(earlier + 1, later))) return false;
    const { groups, counter } = one;
    const uniforms = withStretchOf(sum, one);
    slots[earlier] = { ...bound, groups, uniforms, counter, pipeline: pipelineOf() };
    slots[later] = null;
    return true;
  };

  function fuseWithReader(at: number, sum: Dispatch) {
    const [total] = sum.bindings;
    users.get(wholeOf(total!))!.some((later) => {
      const reader = dispatchAt(later);
      return (
        later > at &&
        reader?.role?.is === 'reader' &&
        reader.bindings[reader.writes] === total &&
        fuse([at, later], sum, reader, withTotal(reader, sum.bindings), reader.role.pipeline)
      );
    });
  }

  function fuseWithSum(at: number, summand: Dispatch, pipelineOf: () => GPUComputePipeline) {
    const [made] = summand.bindings;
    const [self, later, ...others] = users.get(wholeOf(made!))!;
    if (self !== at || later === undefined || others.length) return;
    if (results.includes(wholeOf(made!))) return;
    const sum = dispatchAt(later);
    if (sum?.role?.is !== 'sum') return;
    // Not where it is both summands, or a part of it is one.
    const isOf = (ref: Ref) => wholeOf(ref) === wholeOf(made!);
    if (sum.bindings.filter(isOf).length !== 1 || !sum.bindings.includes(made!)) return;
    fuse([at, later], sum, summand, withOther(summand, sum.bindings), pipelineOf);
  }

  slots.forEach((_, at) => {
    const dispatch = dispatchAt(at);
    if (dispatch?.role?.is === 'sum') fuseWithReader(at, dispatch);
    if (dispatch?.role?.is === 'summand') fuseWithSum(at, dispatch, dispatch.role.pipeline);
  });
  return { ...trace, commands: slots.filter((command) => command !== null) };
}
