import type { LaneId } from '../../runs/laneId';
import type { LaneRuns } from '../evidence';
import type { Lab, LabStep } from '../lab';
import type { Expression, Node } from '../language/expression';
import { readExpression } from '../language/read';
import { exercisesOf as all, type LabExercise } from '../walk';
import type { LabReport, ReportedEvidence } from '../report';
import { together, wantedBy, type Wanted } from '../wanted';

/** An exercise with what it reads of runs. */
export interface Exercise {
  task: LabExercise;
  step: LabStep;
  /** Null of choices, figures and reflections. */
  expression: Expression | null;
}

/** The expression of an exercise, and null where it has none. */
export function expressionOf(task: LabExercise): Expression | null {
  if (task.kind === 'do' || task.kind === 'check') return task.when;
  if (task.kind !== 'predict' || task.asks.kind === 'choice') return null;
  if (task.asks.kind === 'number') return task.asks.measure;
  const { lane, quantity, step } = task.asks;
  const layers = { from: 0, to: -1 };
  return { text: '', node: { kind: 'reading', lane, quantity, layers, step, isTheory: false } };
}

export const exercisesOf = (lab: Lab): Exercise[] =>
  all(lab).map(({ step, exercise: task }) => ({ task, step, expression: expressionOf(task) }));

/** A part of a report that is made again: an exercise with the runs and numbers that are told of it. */
export interface Claim {
  exercise: Exercise & { expression: Expression };
  evidence: ReportedEvidence;
}

/** All of a report that can be made again. */
export function claimsOf(lab: Lab, { predictions, checks }: LabReport): Claim[] {
  const told = new Map<string, ReportedEvidence>([
    ...predictions.flatMap(({ id, measured }) => (measured ? [[id, measured] as const] : [])),
    ...checks.map(({ id, evidence }) => [id, evidence] as const),
  ]);
  return exercisesOf(lab).flatMap(({ expression, ...exercise }) => {
    const evidence = told.get(exercise.task.id);
    return expression && evidence ? [{ exercise: { ...exercise, expression }, evidence }] : [];
  });
}

/** The expression of a reading that a report names; null where it is none. */
export function readingOf(name: string): Expression | null {
  const read = readExpression(name, 'number');
  return 'expression' in read && read.expression.node.kind === 'reading' ? read.expression : null;
}

/** The parts read of each run of a claim, by its condition and by the numbers that it tells. */
export function wantedOf({ exercise, evidence }: Claim): Partial<Record<LaneId, Wanted>> {
  const nodes: Node[] = [
    exercise.expression.node,
    ...evidence.readings.flatMap(({ reading }) => readingOf(reading)?.node ?? []),
  ];
  const runs = Object.entries(evidence.runs) as [LaneId, NonNullable<LaneRuns[LaneId]>][];
  return Object.fromEntries(
    runs.map(([lane, run]) => [lane, together(nodes.map((node) => wantedBy(node, lane, run)))]),
  );
}
