import type { SweepRun } from '../sweeps/sweep';
import { runKey } from '../sweeps/sweep';
import { workOf } from '../sweeps/work';
import { duration, type StatusLine } from './statusLine';

/** Milliseconds, and share of the whole, of which the time that a sweep takes can be told. */
const LEAST = { ms: 3000, share: 0.02 };

/** Line of a sweep while it goes on: the runs that are made, and the time left, by the work that is done. */
export function createSweepLine(
  { show, say }: Pick<StatusLine, 'show' | 'say'>,
  runs: readonly SweepRun[],
  steps: number,
  now = () => performance.now(),
) {
  const all = runs.reduce((sum, { config }) => sum + workOf(config), 0);
  /** Work of the runs under way that is done. */
  const underWay = new Map<string, number>();
  let ended = 0;
  let workEnded = 0;
  /** Where the sweep was when it was first heard of: before that, processes were starting. */
  let first: { at: number; share: number } | null = null;
  let isEstimated = false;

  function tell() {
    const share = [...underWay.values()].reduce((sum, work) => sum + work, workEnded) / all;
    first ??= { at: now(), share };
    const ms = now() - first.at;
    const gained = share - first.share;
    const isKnown = ms >= LEAST.ms && gained >= LEAST.share && share < 1;
    const left = isKnown ? [`${duration((ms * (1 - share)) / gained)} left`] : [];
    if (isKnown && !isEstimated) {
      isEstimated = true;
      say(`About ${left.join()}.`);
    }
    show([`${ended} of ${runs.length} runs`, ...left].join(' · '));
  }

  return {
    stepped(run: SweepRun, done: number): void {
      underWay.set(runKey(run), (done / steps) * workOf(run.config));
      tell();
    },
    ended(run: SweepRun): void {
      underWay.delete(runKey(run));
      ended++;
      workEnded += workOf(run.config);
      tell();
    },
  };
}
