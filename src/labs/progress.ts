import type { Recorded } from '../runs/record';
import type { Lab } from './lab';
import type { LabReport, ReportedEvidence } from './report';
import { blocksIn, exercisesOf, type LabExercise as Task } from './walk';

export type { Task };

/** A prediction, and what came of it. */
export interface Answer {
  given: number | readonly number[];
  /** When it was recorded, as an ISO date. */
  at: string;
  /** The number that was measured, or one for each layer; null while it was not, and of a choice. */
  measured: Recorded | readonly Recorded[] | null;
  evidence: ReportedEvidence | null;
  /** Between the two, in decades or in the unit of the answer; null where there is none. */
  distance: number | null;
  isRight: boolean | null;
}

/** A `do` or a `check`, as it was judged last. */
export interface Judged {
  isPassed: boolean;
  attempts: number;
  at: string;
  evidence: ReportedEvidence;
  /** The measurement, or what is missing, in words. */
  said: string;
}

export type KeptFigure = Omit<LabReport['figures'][number], 'id'>;

/** A lab that somebody is doing; it can be stored as it is. */
export interface LabProgress {
  lab: LabReport['lab'];
  began: string;
  /** The name or number that the course asks for. */
  student: string;
  /** The step on show; one past the last is the report. */
  step: number;
  /** Steps up to this one were begun: the page was set for them. */
  furthest: number;
  answers: Readonly<Record<string, Answer>>;
  judged: Readonly<Record<string, Judged>>;
  /** Hints that are shown, by check. */
  hints: Readonly<Record<string, number>>;
  figures: Readonly<Record<string, KeptFigure>>;
  reflections: Readonly<Record<string, string>>;
}

export type Deed =
  | { does: 'go'; step: number }
  | { does: 'answer'; id: string; given: Answer['given']; isRight: boolean | null; at: string }
  | ({ does: 'measure'; id: string } & Pick<
      Answer,
      'measured' | 'evidence' | 'distance' | 'isRight'
    >)
  | ({ does: 'judge'; id: string } & Omit<Judged, 'attempts'>)
  | { does: 'hint'; id: string }
  | { does: 'keep'; id: string; figure: KeptFigure }
  | { does: 'write'; id: string; text: string }
  | { does: 'sign'; student: string };

export const begun = ({ id, title, print }: Lab, at: string): LabProgress => ({
  ...{ lab: { id, title, print }, began: at, student: '', step: 0, furthest: -1 },
  ...{ answers: {}, judged: {}, hints: {}, figures: {}, reflections: {} },
});

/** A lab after a deed. Answers that are recorded stay as they are, and what is passed stays passed. */
export function progressed(now: LabProgress, deed: Deed): LabProgress {
  switch (deed.does) {
    case 'go':
      return { ...now, step: deed.step, furthest: Math.max(now.furthest, deed.step) };
    case 'answer': {
      const { id, given, isRight, at } = deed;
      if (now.answers[id]) return now;
      const answer = { given, at, measured: null, evidence: null, distance: null, isRight };
      return { ...now, answers: { ...now.answers, [id]: answer } };
    }
    case 'measure': {
      const { does: _, id, ...found } = deed;
      const answer = now.answers[id];
      if (!answer || answer.measured !== null) return now;
      return { ...now, answers: { ...now.answers, [id]: { ...answer, ...found } } };
    }
    case 'judge': {
      const { does: _, id, ...found } = deed;
      const before = now.judged[id];
      if (before?.isPassed) return now;
      const attempts = (before?.attempts ?? 0) + 1;
      return { ...now, judged: { ...now.judged, [id]: { ...found, attempts } } };
    }
    case 'hint':
      return { ...now, hints: { ...now.hints, [deed.id]: (now.hints[deed.id] ?? 0) + 1 } };
    case 'keep':
      return { ...now, figures: { ...now.figures, [deed.id]: deed.figure } };
    case 'write':
      return { ...now, reflections: { ...now.reflections, [deed.id]: deed.text } };
    case 'sign':
      return { ...now, student: deed.student };
  }
}

/** All that a lab asks for. */
export const tasksOf = (lab: Pick<Lab, 'steps'>): readonly Task[] =>
  exercisesOf(lab).map(({ exercise }) => exercise);

/** Words of a text. */
export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

export function isDone(task: Task, now: LabProgress): boolean {
  switch (task.kind) {
    case 'predict':
      return task.id in now.answers;
    case 'do':
    case 'check':
      return now.judged[task.id]?.isPassed ?? false;
    case 'figure':
      return task.id in now.figures;
    case 'reflect':
      return wordsIn(now.reflections[task.id] ?? '') >= Math.max(1, task.words);
  }
}

/** The share of its tasks that are done. */
export function shareOf(lab: Pick<Lab, 'steps'>, now: LabProgress): number {
  const tasks = tasksOf(lab);
  return tasks.length ? tasks.filter((task) => isDone(task, now)).length / tasks.length : 0;
}

/** Tests if what is shown after an exercise may be. */
export const isRevealed = (after: string, blocks: readonly Task[], now: LabProgress): boolean => {
  const task = blocks.find(({ id }) => id === after);
  return task !== undefined && isDone(task, now);
};

/**
 * Tests if a choice may be told to be right or wrong: with the first text of its step that is revealed below it, and at
 * once where there is none.
 */
export function isTold(id: string, lab: Lab, now: LabProgress): boolean {
  const step = lab.steps.find(({ blocks }) =>
    blocksIn(blocks).some((block) => 'id' in block && block.id === id),
  );
  const all = blocksIn(step?.blocks ?? []);
  const at = all.findIndex((block) => 'id' in block && block.id === id);
  const reveal = all.slice(at).find((block) => block.kind === 'reveal');
  return !reveal || isRevealed(reveal.after, tasksOf(lab), now);
}
