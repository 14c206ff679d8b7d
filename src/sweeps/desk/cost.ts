import type { Timed } from '../errands';
import { runsOf, type Sweep, type SweepRun } from '../sweep';
import { workOf } from '../work';

/** The lightest run and the heaviest; one where all are alike. */
export function endsOf(sweep: Sweep): SweepRun[] {
  const runs = runsOf({ ...sweep, typed: { ...sweep.typed, seeds: 1 } });
  const works = runs.map(({ config }) => workOf(config));
  const at = (work: number) => runs[works.indexOf(work)]!;
  return [...new Set([at(Math.min(...works)), at(Math.max(...works))])];
}

/** Milliseconds that a run of a sweep takes, by what its ends take: in between by its work. */
export function durations(sweep: Sweep, timed: readonly [SweepRun, Timed][]) {
  const { steps } = sweep.typed;
  const points = timed.map(([{ config }, { begin, step }]) => ({
    work: workOf(config),
    ms: begin + (steps - 1) * step,
  }));
  const [light, heavy = light] = points as [(typeof points)[number], (typeof points)[number]?];
  const span = heavy!.work - light.work;
  return ({ config }: Pick<SweepRun, 'config'>): number => {
    const share = span > 0 ? (workOf(config) - light.work) / span : 0;
    return light.ms + share * (heavy!.ms - light.ms);
  };
}

/** “about 3 min”, from milliseconds. */
export function about(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1.5) return 'about a second';
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return `about ${hours < 10 ? hours.toFixed(1) : Math.round(hours)} h`;
}
