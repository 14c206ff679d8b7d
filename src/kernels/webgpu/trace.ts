import type { Lifetime } from '../tape/memoryPlan';

/** A buffer as a trace knows it, and its size in bytes. */
export type Whole =
  /** Made by a dispatch of the trace. */
  | { kind: 'made'; index: number; bytes: number }
  /** Uploaded while tracing: the same in every replay. */
  | { kind: 'constant'; index: number; bytes: number }
  /** Given: state, or what changes from replay to replay. */
  | { kind: 'named'; name: string; bytes: number };

/** A buffer, or what lies in one from a byte on at which a device can bind it. */
export type Ref = Whole | { kind: 'part'; of: Whole; byte: number; bytes: number };

export const wholeOf = (ref: Ref): Whole => (ref.kind === 'part' ? ref.of : ref);

/** The role of a dispatch beside sums of two tensors of one size; see `fusion.ts`. */
export type SumRole =
  /** It is one: what is bound first is the sum of the other two. */
  | { is: 'sum' }
  /**
   * With this pipeline it makes what it reads first, if that is a sum: it writes it last, and reads the
   * summands in its place.
   */
  | { is: 'reader'; pipeline(): GPUComputePipeline }
  /** With this pipeline it adds to what it writes first another tensor, which it reads last. */
  | { is: 'summand'; pipeline(): GPUComputePipeline };

export interface Dispatch {
  pipeline: GPUComputePipeline;
  groups: readonly [number, number, number];
  /** Tensors written, then tensors read, in the order of the shader’s bindings. */
  bindings: Ref[];
  writes: number;
  /** Contents of the shader’s uniform block, bound after them. */
  uniforms: ArrayBuffer;
  /** Bound last, where the shader counts what rounding loses: it adds to what is there. */
  counter?: Ref | undefined;
  role?: SumRole | undefined;
}

/** A part of one buffer copied into another: places and sizes in bytes. */
export interface Copy {
  from: Ref;
  fromByte: number;
  to: Ref;
  toByte: number;
  bytes: number;
}

export type Command = Dispatch | Copy;

export const isCopy = (command: Command): command is Copy => 'fromByte' in command;
const counterOf = ({ counter }: Dispatch): Ref[] => (counter ? [counter] : []);
export const writtenBy = (command: Command): Ref[] =>
  isCopy(command)
    ? [command.to]
    : [...command.bindings.slice(0, command.writes), ...counterOf(command)];
/** All but the counter: counts come out the same in any order. */
export const boundBy = (command: Command): Whole[] =>
  (isCopy(command) ? [command.from, command.to] : command.bindings).map(wholeOf);
export const usedBy = (command: Command): Whole[] => [
  ...boundBy(command),
  ...(isCopy(command) ? [] : counterOf(command).map(wholeOf)),
];

/** Commands to a device as data: nothing of it has run. */
export interface Trace {
  commands: Command[];
  constants: Uint8Array[];
  /** Results wanted, by name; one called as something given is to take its place. */
  results: Record<string, Ref>;
}

/**
 * The trace without the commands that no result depends on. A command may write into what another has
 * written before (a sum that begins with zeros): all that write into a wanted buffer stay.
 */
export function withoutUnused(trace: Trace): Trace {
  const wanted = new Set<Whole>(Object.values(trace.results).map(wholeOf));
  const kept: Command[] = [];
  for (const command of trace.commands.toReversed()) {
    if (!writtenBy(command).some((ref) => wanted.has(wholeOf(ref)))) continue;
    for (const ref of usedBy(command)) wanted.add(ref);
    kept.push(command);
  }
  return { ...trace, commands: kept.reverse() };
}

/** Lifetimes by the index of what is made; what is a result is in use until after the last command. */
export function lifetimes({ commands, results }: Trace): Map<number, Lifetime> {
  const lives = new Map<number, Lifetime>();
  const use = (ref: Whole, at: number) => {
    if (ref.kind !== 'made') return;
    const { first } = lives.get(ref.index) ?? { first: at };
    lives.set(ref.index, { bytes: ref.bytes, first, last: at });
  };
  commands.forEach((command, at) => {
    for (const ref of usedBy(command)) use(ref, at);
  });
  for (const ref of Object.values(results)) use(wholeOf(ref), commands.length);
  return lives;
}
