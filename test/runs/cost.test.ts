import { describe, expect, it } from 'vitest';
import type { StepCost, StepReport } from '../../src/protocol/engine';
import { costAfter, type Cost } from '../../src/runs/cost';

const COST: StepCost = {
  jsMs: 2,
  dispatches: 370,
  submits: 1,
  readbackBytes: 4000,
  deviceBytes: 1e6,
  compileMs: null,
  statisticsMs: 1,
  replayed: true,
  threads: null,
};
const report = (stepMs: number, cost: Partial<StepCost>): StepReport => ({
  frame: { step: 0, batch: null, packed: new Float32Array() },
  tensors: 1,
  stepMs,
  cost: { ...COST, ...cost },
});
const after = (...reports: StepReport[]) =>
  reports.reduce<Cost | null>((cost, next) => costAfter(cost, next), null)!;

describe('costAfter', () => {
  it('takes the first step as it is', () => {
    expect(after(report(10, {}))).toEqual({ ...COST, stepMs: 10 });
  });
  it('moves times a tenth of the way to those of the newest step', () => {
    const { stepMs, jsMs, statisticsMs } = after(
      report(10, {}),
      report(20, { jsMs: 4, statisticsMs: 3 }),
    );
    expect([stepMs, jsMs, statisticsMs]).toEqual([11, 2.2, 1.2]);
  });
  it('takes counts from the newest step, and keeps what the first one compiled', () => {
    const { dispatches, compileMs, replayed } = after(
      report(900, { compileMs: 840, replayed: false }),
      report(10, { dispatches: 380 }),
    );
    expect([dispatches, compileMs, replayed]).toEqual([380, 840, true]);
  });
});
