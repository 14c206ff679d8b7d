import { evaluatesApart } from '../config/applies';
import type { Session } from '../engine/session';
import type { DeviceReport } from '../protocol/engine';
import { createFrameLog } from '../runs/log';
import type { Turn } from './events';

export interface Course {
  text: string;
  device: DeviceReport;
  turns: Turn[];
  first: number;
  /** The step after the last. */
  end: number;
  /** The step of a checkpoint; the others have none. */
  at: number | null;
  stepped(): void;
}

/**
 * Frames from the first step to the last, each measured before its update; evaluated too, where evaluation differs from
 * training. Settings turn before anything else of their step.
 */
export async function runThrough(session: Session, { turns, end, ...course }: Course) {
  const log = createFrameLog<'run'>({ limit: Infinity, onThinned() {} });
  const begin = () => {
    const { config, report } = session;
    log.begin('run', { config, layout: report.layout, device: course.device }, false);
  };
  let weights: Uint8Array = new Uint8Array();
  let checkpoint: Uint8Array | null = null;
  for (;;) {
    const { step } = session;
    const turn = turns.find((turn) => turn.step === step);
    if (turn) session.configure(turn.config, course.text);
    if (turn || step === course.first) begin();
    if (step === course.first) weights = await session.saveWeights();
    if (step === course.at) checkpoint = await session.saveCheckpoint();
    if (step === end) break;
    if (evaluatesApart(session.config)) log.evaluate('run', await session.evaluate());
    log.add('run', await session.measure(true));
    course.stepped();
  }
  return { segments: log.segments('run'), summary: log.summary('run'), weights, checkpoint };
}
