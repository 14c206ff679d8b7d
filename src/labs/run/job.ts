import { group } from 'd3-array';
import { readsText } from '../../config/fields';
import { courseOf, type Course } from '../course';
import type { LaneRun } from '../evidence';
import { stepsOf } from './make';
import { together, type Wanted } from '../wanted';

/** A run to be made, with the print of the text that it reads; the same run of several exercises is one job. */
export interface Job {
  key: string;
  course: Course;
  text: string | null;
  wanted: Wanted;
}

/** The steps of a job, which is what it takes. */
export const costOf = ({ wanted }: Job): number => stepsOf(wanted);

const isReader = (course: Course) => course.some(({ config }) => readsText(config));

/** A run as a job, or the reason why it cannot be made. */
export function jobOf(run: LaneRun, wanted: Wanted): Job | string {
  const course = courseOf(run);
  if (typeof course === 'string') return course;
  if (isReader(course) && !run.text) return 'It reads a text, and does not say which.';
  const text = isReader(course) ? run.text!.print : null;
  return { key: JSON.stringify([text, course]), course, text, wanted };
}

/** The change of a learning rate that tells how much rounding may move a run. */
const SHAKE = 1e-6;

/** The same run with its learning rate a millionth larger and smaller. */
export const shakenOf = (job: Job): Job[] =>
  [1 + SHAKE, 1 - SHAKE].map((factor) => {
    const course = job.course.map(({ step, config }) => ({
      step,
      config: { ...config, lr: config.lr * factor },
    })) as unknown as Course;
    return { ...job, course, key: JSON.stringify([job.text, course]) };
  });

/** Each run once, with all that is wanted of it; those that take longest first. */
export function merged(jobs: readonly Job[]): Job[] {
  const all = [...group(jobs, ({ key }) => key).values()].map((same) => ({
    ...same[0]!,
    wanted: together(same.map(({ wanted }) => wanted)),
  }));
  return all.sort((a, b) => costOf(b) - costOf(a));
}
