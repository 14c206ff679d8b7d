import type { BackendId, DeviceReport } from '../protocol/engine';
import type { Outcome } from './outcome';
import type { Sweep, SweepRun } from './sweep';

/** Steps after the first that are timed. */
export const TIMED = 3;

/** Milliseconds of a run: until its first step is made, and for each step after that. */
export interface Timed {
  begin: number;
  step: number;
}

/** A run of a sweep. The text that its task reads is left out where it is that of the errand before. */
interface Task {
  run: SweepRun;
  text?: string | undefined;
}

/** The jobs of a worker that makes runs of sweeps on one thread. */
export interface Errands {
  open(backend: BackendId | null): Promise<DeviceReport>;
  run(task: Task & { sweep: Sweep }): Promise<Outcome>;
  time(task: Task): Promise<Timed>;
  /** A run under way comes to rest at its next turn, or goes on. */
  rest(isResting: boolean): Promise<void>;
}

export interface Errand<Method extends keyof Errands = keyof Errands> {
  id: number;
  method: Method;
  args: Parameters<Errands[Method]>;
}

/** Done, failed, or under way: the steps that are made. */
export type Report =
  { id: number; value: unknown } | { id: number; error: string } | { id: number; progress: number };
