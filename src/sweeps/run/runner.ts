import { restarts } from '../../config/check';
import { createSession, type Session } from '../../engine/session';
import { unpack } from '../../protocol/frame';
import { createWatch, isPausing } from '../../runs/alarms/watch';
import { TIMED, type Timed } from '../errands';
import type { Outcome } from '../outcome';
import { stepOf, valueOf } from '../result';
import type { Sweep, SweepRun } from '../sweep';

/** Milliseconds after which a run lets others have a turn: whoever wants to stop it can say so. */
const TURN = 200;

/** Ends a run that nobody waits for any more. */
export class RunStopped extends Error {
  override name = 'RunStopped';
}

interface RunOptions {
  /** The text that the task `text` reads. */
  text: string;
  /** Told the steps that are done, now and then. */
  tell?(steps: number): void;
  /** Awaited where the run gives others a turn: it rests for as long as that takes, which is no part of its time. */
  rest?(): Promise<void>;
  signal?: AbortSignal;
}

/**
 * Makes runs of sweeps, one after the other, on the backend that is set. Each step is measured before its update, as
 * `record` does, so that numbers are those of a record, and of a lane, to the last bit.
 */
export function createRunner() {
  let session: Session | null = null;

  /** A session at step 0 of a configuration; one session serves all runs, so that a graph is recorded once. */
  const begin = ({ config }: SweepRun, text: string): Session => {
    if (!session) return (session = createSession(config, text));
    const keepsWeights = !restarts(session.config, config);
    session.configure(config, text);
    if (keepsWeights) session.reset();
    return session;
  };

  async function make(
    { result, typed: { steps } }: Sweep,
    run: SweepRun,
    { text, tell = () => {}, rest, signal }: RunOptions,
  ): Promise<Outcome> {
    const began = performance.now();
    const running = begin(run, text);
    const { config, report } = running;
    const wanted = stepOf(result, steps);
    const watch = createWatch();
    let value: number | null = null;
    let rested = began;
    let idle = 0;
    for (let step = 0; step < steps; step++) {
      const frame = unpack(report.layout, await running.measure(true));
      const measured = { config, layout: report.layout, frame };
      watch.add(measured);
      // At step 0 as well: what there is none of is told at once.
      if (result.of === 'number' && (step === 0 || step === wanted))
        value = valueOf(result, measured);
      if (performance.now() - rested > TURN) {
        tell(step + 1);
        const paused = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 0));
        await rest?.();
        if (signal?.aborted) throw new RunStopped();
        rested = performance.now();
        idle += rested - paused;
      }
    }
    const first = watch.alarms().find(isPausing) ?? null;
    const alarm = first && {
      ...{ rule: first.rule, step: first.step, at: first.at },
      ...{ layer: first.layer, direction: first.direction },
    };
    if (result.of === 'alarm') value = alarm?.step ?? null;
    const time = Math.round(performance.now() - began - idle) / 1000;
    return { ...run, result: value, alarm, time };
  }

  const dispose = () => {
    session?.dispose();
    session = null;
  };

  return {
    /** @throws RunStopped; Error where the configuration has no such result, or its device fails */
    async run(sweep: Sweep, run: SweepRun, options: RunOptions): Promise<Outcome> {
      try {
        return await make(sweep, run, options);
      } catch (error) {
        // The next run can begin with nothing that it left half done.
        dispose();
        throw error;
      }
    },
    /** Milliseconds that a run of this configuration takes before its second step, and for each after that. */
    async time(run: SweepRun, text: string): Promise<Timed> {
      const began = performance.now();
      const running = begin(run, text);
      await running.measure(true);
      const first = performance.now();
      for (let step = 0; step < TIMED; step++) await running.measure(true);
      return { begin: first - began, step: (performance.now() - first) / TIMED };
    },
    dispose,
  };
}

export type Runner = ReturnType<typeof createRunner>;
