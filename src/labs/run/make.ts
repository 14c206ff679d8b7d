import { createSession } from '../../engine/session';
import { createWatch, firstAlarm } from '../../runs/alarms/watch';
import { createFrameLog } from '../../runs/log';
import type { Segment } from '../../runs/run';
import type { Course } from '../course';
import type { Wanted } from '../wanted';

/** The measured part of a run that was made again; it travels between processes. */
export interface Made {
  segments: Pick<Segment, 'config' | 'layout' | 'frames'>[];
  /** Of the steps that were watched. */
  alarm: number | null;
  isDiverged: boolean;
}

/** Told how many of the steps are made. */
type Tell = (steps: number) => void;

/** Milliseconds of steps between two words on how far a run is. */
const PIECE = 500;

/** Numbers are kept, and nothing is told of what made them. */
const ANY_DEVICE = { backend: 'wasm', adapter: '', reason: '' } as const;

const lastOf = ({ steps, watched }: Wanted) => Math.max(0, watched ?? 0, ...steps);
/** The steps that a run of this course makes so that all that is wanted is measured. */
export const stepsOf = (wanted: Wanted): number => lastOf(wanted) + 1;

/**
 * Makes a run again on the backend that is set, as far as it is wanted. A step is measured before its update, with all
 * settings that were changed at it, as the page measures it.
 *
 * @param text what the text task reads
 * @throws TextError; Error where the device fails
 */
export async function make(
  course: Course,
  wanted: Wanted,
  text: string,
  tell: Tell = () => {},
): Promise<Made> {
  const session = createSession(course[0].config, text);
  const watch = createWatch();
  const log = createFrameLog<'run'>({ limit: Infinity, onThinned() {} });
  const begin = (): void => {
    const { config, report } = session;
    log.begin('run', { config, layout: report.layout, device: ANY_DEVICE }, false);
  };
  const last = lastOf(wanted);
  const isWatched = (step: number) => wanted.watched !== null && step <= wanted.watched;
  const left = course.slice(1);
  try {
    begin();
    for (;;) {
      const { step } = session;
      while (left[0] && left[0].step <= step) {
        session.configure(left.shift()!.config, text);
        begin();
      }
      tell(step);
      if (isWatched(step) || wanted.steps.includes(step)) {
        const measurement = log.add('run', await session.measure(step < last));
        if (isWatched(step)) watch.add(measurement);
      }
      if (step >= last) break;
      if (session.step > step) continue;
      const stops = [last, left[0]?.step ?? last, ...wanted.steps.filter((at) => at > step)];
      await session.advance({ until: Math.min(...stops), ms: PIECE });
    }
  } finally {
    session.dispose();
  }
  const segments = log.segments('run').map(({ config, layout, frames }) => ({
    ...{ config, layout },
    frames: frames.filter(({ step }) => wanted.steps.includes(step)),
  }));
  return {
    segments: segments.filter(({ frames }) => frames.length > 0),
    alarm: firstAlarm(watch.alarms()),
    isDiverged: log.summary('run').divergence !== null,
  };
}
