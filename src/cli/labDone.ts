import type { Evidence, LaneRuns } from '../labs/evidence';
import {
  judge,
  measure,
  measureCurve,
  type Evaluated,
  type Reading,
} from '../labs/language/evaluate';
import { isCurrent } from '../labs/printed';
import type { LabReport, ReportedEvidence } from '../labs/report';
import { scoreOf } from '../labs/score';
import { formatSignificant } from '../lib/significant';
import { recorded } from '../runs/record';
import type { Answers } from './labAnswers';
import { questionOf, type ExerciseProbe, type ValueProbe } from './labProbes';
import type { LabWorkshop } from './labRuns';

const shown = (value: number) => formatSignificant(value, 4);

/** A line of what was found, and whether it is a fault. */
export interface Line {
  line: number;
  said: string;
  isFault: boolean;
  /** As JSON has it. */
  about: Record<string, unknown>;
}

/** A printed number, measured. */
export function valueLine(
  { line, printed: words, of, within, probe, problem }: ValueProbe,
  workshop: LabWorkshop,
): Line {
  const about = { value: of, printed: words, line };
  if (!probe) return { line, said: `${of}: ${problem}`, isFault: true, about };
  const { evidence, lost } = workshop.answer(questionOf(probe));
  const found = measure(probe.expression, evidence);
  const measured = 'value' in found ? found.value : null;
  const isOk = measured !== null && isCurrent({ printed: words, within }, measured);
  const why = 'missing' in found ? [...Object.values(lost), found.missing].join(' ') : '';
  const said =
    measured === null
      ? `${of} is printed as ${words} and cannot be measured. ${why}`
      : `${of} is ${shown(measured)}; ${words} is printed${isOk ? '' : `, which is not current`}.`;
  return { line, said, isFault: !isOk, about: { ...about, measured, isCurrent: isOk } };
}

const reported = (runs: LaneRuns, readings: readonly Reading[]): ReportedEvidence => ({
  runs,
  readings: readings.map(({ reading, value }) => ({ reading, value: recorded(value) })),
});

/** An exercise as it was done: what is said of it, and its part of the report. */
export interface Done {
  line: Line;
  prediction?: LabReport['predictions'][number];
  check?: LabReport['checks'][number];
  reflection?: LabReport['reflections'][number];
}

/** Does an exercise as these answers do it. */
export function doExercise(
  { task, probe }: ExerciseProbe,
  answers: Answers,
  workshop: LabWorkshop,
  at: string,
): Done {
  const { id, line, kind } = task;
  const hasAnswers = Object.keys(answers).length > 0;
  const lineOf = (said: string, isFault: boolean, more: Record<string, unknown>): Line => ({
    ...{ line, said: `${kind} ${id}: ${said}`, isFault },
    about: { exercise: id, kind, line, ...more },
  });
  const question = probe && questionOf(probe);
  const { evidence, lost } = question
    ? workshop.answer(question)
    : { evidence: {} as Evidence, lost: {} };
  const because = (missing: string) => [...Object.values(lost), missing].join(' ');
  if (task.kind === 'do' || task.kind === 'check') {
    const found = judge(task.when, evidence);
    const isPassed = 'value' in found && found.value.holds;
    const said = 'value' in found ? found.value.reasons.join(' ') : because(found.missing);
    const where = hasAnswers ? 'with the answers' : 'on its page as it begins';
    const check = {
      id,
      isPassed,
      attempts: 1,
      at,
      evidence: reported(question!.runs, found.readings),
    };
    return {
      line: lineOf(
        `${isPassed ? 'holds' : 'does not hold'} ${where}. ${said}`,
        hasAnswers && !isPassed,
        { isPassed, said },
      ),
      check,
    };
  }
  if (task.kind === 'predict') {
    const { asks } = task;
    const told = answers.predictions?.[id];
    if (asks.kind === 'choice') {
      const isRight = told === undefined ? null : told === asks.answer + 1;
      const said = `option ${asks.answer + 1} is right.`;
      const line = lineOf(said, isRight === false, { answer: asks.answer + 1, isRight });
      if (typeof told !== 'number') return { line };
      return { line, prediction: { id, given: told - 1, at, isRight } };
    }
    const found: Evaluated<number | readonly number[]> =
      asks.kind === 'number' ? measure(asks.measure, evidence) : measureCurve(asks, evidence);
    if ('missing' in found)
      return { line: lineOf(`cannot be measured. ${because(found.missing)}`, true, {}) };
    const measured = found.value;
    const scored = told === undefined ? null : scoreOf(asks, told, measured);
    const { distance, isRight } = scored ?? { distance: null, isRight: null };
    const values = (typeof measured === 'number' ? [measured] : measured).map(shown).join(', ');
    const verdict = isRight === null ? '' : ` The answer is ${isRight ? 'right' : 'not right'}.`;
    return {
      line: lineOf(`${values} is measured.${verdict}`, isRight === false, {
        measured,
        distance,
        isRight,
      }),
      ...(told !== undefined && {
        prediction: {
          id,
          given: told,
          at,
          measured: reported(question!.runs, found.readings),
          isRight,
        },
      }),
    };
  }
  const written = answers.reflections?.[id];
  return {
    line: lineOf(kind === 'figure' ? 'is made on the page.' : 'is read by a person.', false, {}),
    ...(written !== undefined && { reflection: { id, text: written } }),
  };
}
