import { unpack, type Measurement } from '../../protocol/frame';
import { remembering } from '../../lib/remembering';
import { curveOf } from '../../runs/theory/curve';
import { estimate } from '../../runs/theory/answer';
import type { LaneEvidence } from '../evidence';
import { configAt, type Course } from '../course';
import type { Made } from './make';

/** A run that was made again, as expressions read it. */
export function evidenceOf(course: Course, step: number, made: Made, text: string): LaneEvidence {
  const measured = remembering((at: number): Measurement | null => {
    for (const { config, layout, frames } of made.segments) {
      const packed = frames.find((frame) => frame.step === at);
      if (packed) return { config, layout, frame: unpack(layout, packed) };
    }
    return null;
  });
  // In full: a rough one is for a page whose slider is dragged.
  const prediction = remembering(() => estimate(configAt(course, step), text).prediction);
  return {
    config: configAt(course, step),
    step,
    measured,
    changes: course.slice(1).map((turn) => turn.step),
    alarm: made.alarm,
    isDiverged: made.isDiverged,
    theory(quantity) {
      const first = measured(0);
      return first && curveOf(prediction(null), quantity, first);
    },
  };
}
