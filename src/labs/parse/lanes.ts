import { whyLocked } from '../../runs/access';
import { LANE_IDS, type LaneId } from '../../runs/laneId';
import { decodeLink } from '../../runs/link';
import { listed } from '../../lib/words';
import type { LabStep } from '../lab';
import { letterOf } from '../language/print';
import { readExpression } from '../language/read';
import { exercisesOf, liveIn, pageAt, valuesOf, type LabExercise } from '../walk';
import { lanesIn } from '../wanted';
import type { Mistakes } from './mistakes';

/** The lanes whose runs an exercise reads. */
function lanesOf(exercise: LabExercise): LaneId[] {
  if (exercise.kind === 'do' || exercise.kind === 'check') return lanesIn(exercise.when.node);
  if (exercise.kind !== 'predict' || exercise.asks.kind === 'choice') return [];
  const { asks } = exercise;
  return asks.kind === 'number' ? lanesIn(asks.measure.node) : [asks.lane];
}

function lanesOfText(of: string): LaneId[] {
  const read = readExpression(of, 'number');
  return 'expression' in read ? lanesIn(read.expression.node) : [];
}

/** Tells of expressions with lanes that the page of their step does not have, and where nobody can add them. */
export function checkLanes(steps: readonly LabStep[], mistakes: Mistakes): void {
  const lab = { steps };
  const check = (line: number, page: string, lanes: readonly LaneId[], canAdd: boolean) => {
    const { configs, view } = decodeLink(page);
    if (canAdd && whyLocked(view, 'lanes') === null) return;
    const strange = lanes.filter((lane) => LANE_IDS.indexOf(lane) >= configs.length);
    if (!strange.length) return;
    const names = `${strange.length > 1 ? 'lanes' : 'lane'} ${listed(strange.map(letterOf))}`;
    const has = configs.length === 1 ? 'lane A alone' : `${configs.length} lanes`;
    const way = canAdd ? ', and their number is locked' : '';
    mistakes.add(line, `It reads ${names}, but its page has ${has}${way}.`);
  };
  for (const { step, exercise } of exercisesOf(lab)) {
    const page = pageAt(lab, step);
    if (page !== null) check(exercise.line, page, lanesOf(exercise), true);
  }
  for (const { line, of, page } of valuesOf(lab))
    if (page !== null) check(line, page, lanesOfText(of), false);
  for (const step of steps) {
    const page = pageAt(lab, step);
    if (page !== null) check(step.line, page, liveIn(step).flatMap(lanesOfText), false);
  }
}
