import type { StepCost, StepReport } from '../protocol/engine';

export interface Cost extends StepCost {
  stepMs: number;
}

/** The newest step's share in a running mean: about the last ten count. */
const SHARE = 0.1;

const mean = <T extends number | null>(before: number | null | undefined, now: T): T | number =>
  before == null || now === null ? now : before + SHARE * (now - before);

/** With one more step. Times are running means, or nobody could read them; the rest is the last step's. */
export function costAfter(before: Cost | null, { stepMs, cost: now }: StepReport): Cost {
  return {
    ...now,
    stepMs: mean(before?.stepMs, stepMs),
    jsMs: mean(before?.jsMs, now.jsMs),
    statisticsMs: mean(before?.statisticsMs, now.statisticsMs),
    // Of the first step alone.
    compileMs: now.compileMs ?? before?.compileMs ?? null,
  };
}
