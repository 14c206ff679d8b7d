import { DEFAULTS } from '../config/fields';
import { runOf, type Course } from '../labs/course';
import type { LaneRun, LaneRuns } from '../labs/evidence';
import type { LabStep } from '../labs/lab';
import { pageOf } from '../labs/grading/pages';
import { either, entriesOf, listOf, number, object, text, whole, type Check } from '../lib/checks';
import { LANE_IDS } from '../runs/laneId';
import { readEvents } from './events';
import { BadInput, readBytes } from './input';

/** A student’s doing of an exercise: the page that the runs are of, how far they go, and what is changed under way. */
export interface Doing {
  /** The part of a link after #. */
  page?: string;
  step?: number;
  /** By lane, as `record --events` has them: `50:placement=pre`. */
  changes?: Partial<Record<(typeof LANE_IDS)[number], string>>;
}

/** A file of answers. */
export interface Answers {
  student?: string;
  /** By exercise: the option, counted from 1; a number; or a number for each layer. */
  predictions?: Record<string, number | number[]>;
  runs?: Record<string, Doing>;
  reflections?: Record<string, string>;
}

const LONGEST = 20_000;
const MOST = 500;
const members = {
  student: text(200),
  predictions: entriesOf(either(number, listOf(number, 200)), MOST),
  runs: entriesOf(
    object(
      {
        page: text(LONGEST),
        step: whole(1e6),
        changes: object(Object.fromEntries(LANE_IDS.map((id) => [id, text(LONGEST)])), LANE_IDS),
      },
      ['page', 'step', 'changes'],
    ),
    MOST,
  ),
  reflections: entriesOf(text(LONGEST), MOST),
} satisfies Record<keyof Answers, Check>;

export async function readAnswers(path: string): Promise<Answers> {
  const bytes = await readBytes('--answers', path);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BadInput(`--answers: ${path} is no JSON: ${(error as Error).message}.`);
  }
  const faults: string[] = [];
  object(members, Object.keys(members))(value, '', (fault) => faults.push(fault));
  if (faults.length) throw new BadInput(`--answers: ${path}: ${faults.join(' ')}`);
  return value as Answers;
}

/** Ids of answers that the lab has no exercise for. */
export const strayAnswers = (
  { predictions = {}, runs = {}, reflections = {} }: Answers,
  known: readonly string[],
): string[] =>
  [predictions, runs, reflections].flatMap(Object.keys).filter((id) => !known.includes(id));

/** The runs of a page that stand at a step. */
export function runsOf(
  { page = '', step = 0, changes = {} }: Doing,
  text: LaneRun['text'],
): LaneRuns {
  return Object.fromEntries(
    Object.entries(pageOf(page).lanes).map(([id, config]) => {
      const typed = changes[id as keyof typeof changes];
      const later = typed === undefined ? [] : readEvents(typed, config, { first: 0, last: step });
      const course: Course = [
        { step: 0, config: config ?? DEFAULTS },
        ...later.map(([at, changed]) => ({ step: at, config: changed })),
      ];
      return [id, runOf(course, step, text)];
    }),
  );
}

/** Where a student stands at each exercise, in their order: on the page of the step, as answers change it. */
export function createPath({ runs = {} }: Answers) {
  let now: Doing = {};
  return {
    begin({ page }: Pick<LabStep, 'page'>): void {
      if (page !== null) now = { page, step: 0 };
    },
    /** @param reach the step that the exercise needs, where nothing is said of it */
    at(id: string, reach: number): Doing {
      const told = runs[id] ?? {};
      const isNew = told.page !== undefined;
      const before: Doing = isNew ? {} : now;
      now = { ...before, ...told, step: told.step ?? Math.max(before.step ?? 0, reach) };
      return now;
    },
  };
}
