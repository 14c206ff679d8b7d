import type { LaneRuns } from '../labs/evidence';
import { exercisesOf, type Exercise } from '../labs/grading/claims';
import type { Lab } from '../labs/lab';
import type { Expression } from '../labs/language/expression';
import { readExpression } from '../labs/language/read';
import { valuesOf, type PrintedValue } from '../labs/walk';
import { lanesIn, reachOf, wantedBy } from '../labs/wanted';
import type { LaneId } from '../runs/laneId';
import { BadInput } from './input';
import { createPath, runsOf, type Answers, type Doing } from './labAnswers';
import type { Question } from './labRuns';

/** Something of a lab that is measured: an expression, and the runs that it is measured on. */
export interface Probe {
  expression: Expression;
  runs: LaneRuns;
}

/** The question that a probe is, of the lanes that it speaks of. */
export const questionOf = ({ expression, runs }: Probe): Question => ({
  runs: Object.fromEntries(
    lanesIn(expression.node).flatMap((lane) => (runs[lane] ? [[lane, runs[lane]]] : [])),
  ),
  wanted: Object.fromEntries(
    (Object.keys(runs) as LaneId[]).map((lane) => [
      lane,
      wantedBy(expression.node, lane, runs[lane]!),
    ]),
  ),
});

/** A printed number with its probe; null where its expression cannot be read. */
export type ValueProbe = PrintedValue & { probe: Probe | null; problem: string };
export type ExerciseProbe = Exercise & { probe: Probe | null };

/** The printed numbers of a lab, each on its page. */
export function valueProbes(lab: Lab, text: LaneText): ValueProbe[] {
  return valuesOf(lab).map((value) => {
    const read = readExpression(value.of, 'number');
    if ('problem' in read) return { ...value, probe: null, problem: read.problem };
    const { expression } = read;
    const page = value.page ?? '';
    const runs = runsOf({ page, step: reachOf(expression.node) }, text);
    return { ...value, probe: { expression, runs }, problem: '' };
  });
}
type LaneText = Parameters<typeof runsOf>[1];

/** The exercises of a lab, each where a student with these answers stands. */
export function exerciseProbes(lab: Lab, answers: Answers, text: LaneText): ExerciseProbe[] {
  const path = createPath(answers);
  let step = lab.steps[0];
  if (step) path.begin(step);
  return exercisesOf(lab).map((exercise) => {
    if (exercise.step !== step) {
      const from = lab.steps.indexOf(step!) + 1;
      step = exercise.step;
      for (const passed of lab.steps.slice(from, lab.steps.indexOf(step) + 1)) path.begin(passed);
    }
    const { expression, task } = exercise;
    const doing: Doing = path.at(task.id, expression ? reachOf(expression.node) : 0);
    try {
      return { ...exercise, probe: expression && { expression, runs: runsOf(doing, text) } };
    } catch (error) {
      if (error instanceof BadInput) throw new BadInput(`--answers: ${task.id}: ${error.message}`);
      throw error;
    }
  });
}
