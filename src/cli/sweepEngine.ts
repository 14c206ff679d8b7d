import type { SweepRun } from '../sweeps/sweep';

/** Hears of runs while they are made. */
export interface Told {
  /** So many steps of a run are made. */
  stepped(run: SweepRun, steps: number): void;
  /** A run has ended, and this is its line. */
  made(run: SweepRun, line: string): void;
  /** A run could not be made; the others go on. */
  failed(run: SweepRun, reason: string): void;
  say(sentence: string): void;
}

/** Makes runs, the first ones first, until all are made or have failed, or nobody wants them any more. */
export type Engine = (runs: readonly SweepRun[], told: Told, signal: AbortSignal) => Promise<void>;
