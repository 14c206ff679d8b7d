import type { Tensor, Tensor1D, TensorInfo } from '@tensorflow/tfjs-core';
import type { EmulatedFormat } from '../../lib/floats';

/** Numbers lost by rounding. */
export interface Tally {
  /** Were not 0, and became 0. */
  underflow: number;
  /** Were finite, and became infinite or NaN. */
  overflow: number;
}

/** Integers of stretches, one after the other: how many numbers became 0, and how many no finite number. */
export interface Counter {
  losses: TensorInfo;
  /** The one in which a program begins. */
  stretch: number;
}

/** Counts what rounding loses, from one `take` to the next. */
export interface LossCounter {
  /** Where a loop counts while it rounds. */
  readonly tally: Tally;
  /** Where shaders count while they round. */
  onDevice(): Counter;
  /** Counts on the device what rounding x to the format loses. x is not changed. */
  count(x: Tensor, format: EmulatedFormat): void;
  /** Ends a stretch: what is lost from now on is counted with the next one. */
  mark(): void;
  /**
   * [underflow, overflow] of each stretch since the last time, the present one too: how many numbers were not 0 and
   * became 0, how many were finite and became infinite or NaN. Counts from 0 again. The tensor is the caller’s, as any
   * result is. [2 · stretches]
   */
  take(): Tensor1D;
  /** The same of the stretches that were ended, in one tensor or several, one after the other: [2 · stretches] in all. */
  takeEnded(): Tensor1D[];
  /** Lets go of what was not taken. */
  dispose(): void;
}

/**
 * The operations that compute in the format: every one; or, as in mixed-precision training (Micikevicius et al. 2018),
 * matrix products alone, whose operands are cast, and the rest in float32.
 */
export type PrecisionPolicy = 'every_op' | 'autocast';

/** A format that is emulated, the policy, and who counts what that loses. */
export interface Emulation {
  format: EmulatedFormat;
  policy: PrecisionPolicy;
  counts: LossCounter | null;
}

let current: Emulation | null = null;

/** The format in which products compute at this moment, or null. */
export const emulation = (): Emulation | null => current;
/** The same where every operation rounds. */
export const roundingAll = (): Emulation | null =>
  current?.policy === 'every_op' ? current : null;
/** The same where operands of products are cast from float32. */
export const casting = (): Emulation | null => (current?.policy === 'autocast' ? current : null);

/** An emulation as shaders are told of it, and where they count what it loses, if they do. */
export interface Rounding {
  format: EmulatedFormat;
  policy: PrecisionPolicy;
  counter: Counter | null;
}

export const roundingOf = ({ format, policy, counts }: Emulation): Rounding => ({
  ...{ format, policy, counter: counts?.onDevice() ?? null },
});

/** Runs something under another emulation, or none, and goes back to this one, come what may. */
export function under<T>(other: Emulation | null, run: () => T): T {
  const before = current;
  current = other;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** The result of `run` in float32, also where a format is emulated: statistics, a loss. */
export const exempt = <T>(run: () => T): T => under(null, run);
