import type { Tensor } from '@tensorflow/tfjs-core';

export interface Replay {
  /** Numbers written to the named inputs before it runs. */
  arrays: Record<string, Float32Array | Int32Array>;
  /** True where results take the place of the held tensors that they are called after. */
  commit: boolean;
  /** The result that is read back, if any. */
  read: string | null;
  /** On one thread, whatever there are: for what is to be compared. */
  alone?: boolean;
}

/** A computation that was recorded once, and runs again without the library. */
export interface Tape {
  readonly bytes: number;
  /** Threads of the last replay; null where they are the device's own affair. */
  readonly threads: number | null;
  /** True where it can run on these tensors; else it is to be made anew. */
  fits(held: Record<string, Tensor>): boolean;
  /** Runs it. @returns what gives the numbers read back */
  replay(replay: Replay, held: Record<string, Tensor>): () => Promise<Float32Array>;
  dispose(): void;
}

/** A backend that records. */
export interface TapeDeck {
  /** True where recording is no more work than running: else a computation is recorded when it comes again. */
  readonly recordsAtOnce: boolean;
  /**
   * Records `run`, which hands what it wants of its results to `take` while they live. It reads the tensors
   * `held`, which results of the same name may replace, and `inputs`, of which the tape has copies.
   * @returns null where it cannot be recorded, for want of memory for example
   */
  record(
    held: Record<string, Tensor>,
    inputs: Record<string, Tensor>,
    run: (take: (name: string, result: Tensor) => void) => void,
  ): Tape | null;
  /** Writes over the numbers of a tensor where they lie, so that tapes of it still fit; `numbers` may be one for all. */
  overwrite?(tensor: Tensor, numbers: Float32Array | number): void;
  /** When all that was asked for so far is computed, on the clock of performance.now. */
  done(): Promise<number>;
}
