import { complete, difference, restartsBy } from '../config/check';
import { DEFAULTS, readsText, type Config } from '../config/fields';
import { counted, listed } from '../lib/words';
import type { LaneRun } from './evidence';

/** Settings from a step on, whole. */
export interface Turn {
  step: number;
  config: Config;
}

/** A run of a lane as an engine makes it: what it is given, in order, from step 0 on. */
export type Course = readonly [Turn, ...Turn[]];

/** The last step of a run that is made again: longer ones take a teacher’s machine for hours. */
export const LAST_STEP = 5000;

/** A run as it is told in a report; the course of one that cannot be made again is a sentence on why. */
export function courseOf({ changes, step: last, hasWeights }: LaneRun): Course | string {
  if (hasWeights)
    return 'It began with the weights of a file, which a report does not hold: it cannot be made again.';
  if (changes[0]?.step !== 0) return 'Its settings at step 0 are missing.';
  if (last > LAST_STEP)
    return `It stands at step ${counted(last)}; runs are made again up to step ${counted(LAST_STEP)}.`;
  const course: Turn[] = [];
  for (const { step, settings } of changes) {
    const before = course.at(-1);
    const { config, problems } = complete(settings, before?.config ?? DEFAULTS);
    const at = before ? `At step ${step}: ` : '';
    if (problems.length) return at + problems.map(({ message }) => message).join(' ');
    if (before && step < before.step)
      return `The change at step ${step} stands after that at ${before.step}.`;
    if (step > last) return `It is changed at step ${step}, and stands at step ${last}.`;
    const anew = before ? restartsBy(before.config, config) : [];
    if (anew.length)
      return `${at}${listed(anew)} cannot be changed under way: the model starts anew.`;
    course.push({ step, config });
  }
  return course as unknown as Course;
}

/** The run of a course as reports have it. */
export function runOf(course: Course, step: number, text: LaneRun['text']): LaneRun {
  const changes = course.map((turn, i) => ({
    step: turn.step,
    settings: difference(course[i - 1]?.config ?? DEFAULTS, turn.config),
  }));
  return {
    changes,
    step,
    text: course.some(({ config }) => readsText(config)) ? text : null,
    hasWeights: false,
  };
}

/** The settings at a step. */
export const configAt = (course: Course, step: number): Config =>
  course.findLast((turn) => turn.step <= step)!.config;
