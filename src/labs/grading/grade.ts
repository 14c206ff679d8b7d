import { formatSignificant } from '../../lib/significant';
import { listed } from '../../lib/words';
import type { LaneId } from '../../runs/laneId';
import type { Evidence } from '../evidence';
import type { Asks, Lab } from '../lab';
import { wordsIn } from '../progress';
import { judge, measure, measureCurve, type Evaluated } from '../language/evaluate';
import type { LabReport, ReportedEvidence } from '../report';
import { scoreOf } from '../score';
import { pageAt, type LabExercise } from '../walk';
import { claimsOf, exercisesOf, readingOf, type Claim, type Exercise } from './claims';
import { dateFindings } from './dates';
import type { Finding } from './finding';
import { pageFaults, pageOf } from './pages';
import { isClose } from './tolerance';

/** Points of an exercise. */
export interface Mark {
  id: string;
  kind: LabExercise['kind'];
  /** The title of its step. */
  step: string;
  points: number;
  most: number;
  /** In sentences, for the student. */
  said: string;
  /** False of a prediction that no measurement was there for, so that nothing tells if it is right. */
  isMeasured: boolean;
}

export interface Grade {
  marks: Mark[];
  findings: Finding[];
}

/** The runs of a claim, made again. */
export interface Again {
  evidence: Evidence;
  /** The same with learning rates changed by a millionth; empty as long as nobody asked for them. */
  shaken: readonly Evidence[];
  /** The reasons why lanes could not be made. */
  lost: Partial<Record<LaneId, string>>;
}

export interface GradeOptions {
  again(claim: Claim): Again;
  /** A prediction has its point when it is right, or when it was made. */
  predictions: 'right' | 'made';
  /** Milliseconds since 1970. */
  now: number;
}

const NOT_FINITE: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };
const numberOf = (value: ReportedEvidence['readings'][number]['value']): number =>
  typeof value === 'number' ? value : NOT_FINITE[value]!;

const reportedNumbers = ({ readings }: ReportedEvidence): ReadonlyMap<string, number> =>
  new Map(readings.map(({ reading, value }) => [reading, numberOf(value)]));

const shown = (value: number) => formatSignificant(value, 4);

/** Faults of the runs and numbers that a claim is made with. */
function evidenceFindings(lab: Lab, claim: Claim, { evidence, shaken, lost }: Again): Finding[] {
  const { exercise, evidence: told } = claim;
  const { id } = exercise.task;
  const found: Finding[] = [];
  const tell = (kind: Finding['kind'], reason: string) => found.push({ kind, id, reason });
  for (const [lane, reason] of Object.entries(lost))
    tell('run', `Lane ${lane.toUpperCase()}: ${reason}`);
  const link = pageAt(lab, exercise.step);
  if (link !== null) for (const fault of pageFaults(pageOf(link), told.runs)) tell('page', fault);
  for (const { reading, value } of told.readings) {
    const expression = readingOf(reading);
    if (!expression || expression.node.kind !== 'reading') {
      tell('number', `“${reading}” names no number of a run.`);
      continue;
    }
    if (lost[expression.node.lane]) continue;
    const again = measure(expression, evidence);
    if ('missing' in again) {
      tell('steps', `${reading} is told to be ${value}. ${again.missing}`);
      continue;
    }
    const others = shaken.flatMap((one) => {
      const other = measure(expression, one);
      return 'value' in other ? [other.value] : [];
    });
    const reported = numberOf(value);
    if (!isClose({ reported, again: again.value, shaken: others }, expression.node, evidence))
      tell(
        'number',
        `${reading} is told to be ${shown(reported)}; made again it is ${shown(again.value)}.`,
      );
  }
  return found;
}

/** Marks of one exercise: its points without what was found, and what was found in the claim itself. */
interface Marked {
  points: number;
  said: string;
  findings: Finding[];
  isMeasured?: boolean;
}
const none = (said: string): Marked => ({ points: 0, said, findings: [] });

function markCheck(
  task: LabExercise & { kind: 'do' | 'check' },
  report: LabReport,
  again: Again,
): Marked {
  const told = report.checks.find(({ id }) => id === task.id);
  if (!told) return none('Not done.');
  const { isPassed, evidence } = told;
  if (Object.keys(again.lost).length) return none('Its runs cannot be made again.');
  const judged = judge(task.when, again.evidence);
  const all = [
    judged,
    judge(task.when, again.evidence, reportedNumbers(evidence)),
    ...again.shaken.map((one) => judge(task.when, one)),
  ];
  const said = 'value' in judged ? judged.value.reasons.join(' ') : judged.missing;
  // Where numbers are close to a bound, devices may come to either side of it.
  const isSo = all.some((one) => ('value' in one && one.value.holds) === isPassed);
  const points = isPassed ? 1 : 0;
  if (isSo) return { points, said: isPassed ? said : `Not passed. ${said}`, findings: [] };
  const kind = 'missing' in judged ? 'steps' : 'outcome';
  const reason = `It is told to be ${isPassed ? 'passed' : 'not passed'}. ${said}`;
  return { points, said, findings: [{ kind, id: task.id, reason }] };
}

type Measured = Exclude<Asks, { kind: 'choice' }>;

/** A prediction that nothing was measured for. */
const unmeasured = (told: LabReport['predictions'][number], why: string): Marked => ({
  ...answered(told, [null], `Not measured: ${why}`),
  isMeasured: false,
});

/** The measured answer of a prediction. */
const truthOf = (
  asks: Measured,
  evidence: Evidence,
  instead?: ReadonlyMap<string, number>,
): Evaluated<number | readonly number[]> =>
  asks.kind === 'number'
    ? measure(asks.measure, evidence, instead)
    : measureCurve(asks, evidence, instead);

/** An answer that is right or not, with what it is told to be. */
function answered(
  { id, isRight }: LabReport['predictions'][number],
  rights: readonly (boolean | null)[],
  said: string,
): Marked {
  const [right] = rights;
  const isSo = isRight === null || right === null || rights.includes(isRight);
  const reason = `It is told to be ${isRight ? 'right' : 'wrong'}. ${said}`;
  return { points: right ? 1 : 0, said, findings: isSo ? [] : [{ kind: 'outcome', id, reason }] };
}

function markChoice(
  { options, answer }: Asks & { kind: 'choice' },
  told: LabReport['predictions'][number],
): Marked {
  const { given } = told;
  const isOption = typeof given === 'number' && options[given] !== undefined;
  const isRight = given === answer;
  const words = isRight ? 'right' : `not right; ${answer + 1} is`;
  const said = isOption
    ? `Answer ${given + 1} is ${words}.`
    : `It is none of the ${options.length} options.`;
  return answered(told, [isRight], said);
}

function markMeasured(
  asks: Measured,
  told: LabReport['predictions'][number],
  { evidence, shaken }: Again,
): Marked {
  const truths = [
    truthOf(asks, evidence),
    truthOf(asks, evidence, told.measured && reportedNumbers(told.measured)),
    ...shaken.map((one) => truthOf(asks, one)),
  ];
  const truth = truths[0]!;
  if ('missing' in truth) return unmeasured(told, truth.missing);
  const { given } = told;
  const scored = (value: number | readonly number[]) => scoreOf(asks, given, value);
  const rights = truths.map((one) =>
    'value' in one ? (scored(one.value)?.isRight ?? null) : null,
  );
  const distance = scored(truth.value)?.distance ?? null;
  const unit = asks.kind === 'number' && asks.unit ? ` ${asks.unit}` : '';
  const said =
    typeof truth.value === 'number' && typeof given === 'number'
      ? `${shown(given)}${unit} was predicted, and ${shown(truth.value)}${unit} is measured.`
      : `The curve is ${distance === null ? 'nowhere near' : `${shown(distance)} decades from`} what is measured.`;
  return answered(told, rights, said);
}

function markPrediction(
  { id, asks }: LabExercise & { kind: 'predict' },
  report: LabReport,
  again: Again | null,
  predictions: GradeOptions['predictions'],
): Marked {
  const told = report.predictions.find((one) => one.id === id);
  if (!told) return none('Not answered.');
  const marked =
    asks.kind === 'choice'
      ? markChoice(asks, told)
      : again
        ? markMeasured(asks, told, again)
        : unmeasured(told, 'the report has no run that the prediction could be held against.');
  return predictions === 'made' ? { ...marked, points: 1 } : marked;
}

function mark(
  { task }: Exercise,
  report: LabReport,
  again: Again | null,
  options: GradeOptions,
): Marked {
  switch (task.kind) {
    case 'predict':
      return markPrediction(task, report, again, options.predictions);
    case 'do':
    case 'check':
      return again ? markCheck(task, report, again) : none('Not done.');
    case 'figure': {
      const isThere = report.figures.some(({ id }) => id === task.id);
      return {
        points: isThere ? 1 : 0,
        said: isThere ? 'Handed in.' : 'Not handed in.',
        findings: [],
      };
    }
    case 'reflect': {
      const text = report.reflections.find(({ id }) => id === task.id)?.text ?? '';
      const words = wordsIn(text);
      const isEnough = words >= Math.max(1, task.words);
      const said = isEnough
        ? `Written, in ${words} words.`
        : `${words} of ${task.words} words are written.`;
      return { points: isEnough ? 1 : 0, said, findings: [] };
    }
  }
}

function labFindings(lab: Lab, report: LabReport): Finding[] {
  const { id, print } = report.lab;
  const tell = (reason: string): Finding => ({ kind: 'lab', id: null, reason });
  if (id !== lab.id) return [tell(`It is of the lab “${id}”, and not of “${lab.id}”.`)];
  if (print !== lab.print)
    return [
      tell(
        `It is of another version of the lab “${id}”: its print is ${print}, and that of the lab ${lab.print}.`,
      ),
    ];
  const known = new Set(exercisesOf(lab).map(({ task }) => task.id));
  const told = [...report.predictions, ...report.checks, ...report.figures, ...report.reflections];
  const strange = told.map((one) => one.id).filter((one) => !known.has(one));
  return strange.length ? [tell(`The lab has no exercise ${listed(strange)}.`)] : [];
}

/** A report, marked: an exercise with a finding has no points, and one of another lab has none at all. */
export function grade(lab: Lab, report: LabReport, options: GradeOptions): Grade {
  const ofLab = labFindings(lab, report);
  const claims = ofLab.length ? [] : claimsOf(lab, report);
  const findings = [...ofLab, ...(ofLab.length ? [] : dateFindings(lab, report, options.now))];
  const marks = exercisesOf(lab).map((exercise): Mark => {
    const { task, step } = exercise;
    const about = { id: task.id, kind: task.kind, step: step.title, most: 1 };
    if (ofLab.length) return { ...about, isMeasured: true, points: 0, said: ofLab[0]!.reason };
    const claim = claims.find((one) => one.exercise.task.id === task.id);
    const again = claim ? options.again(claim) : null;
    const marked = mark(exercise, report, again, options);
    const { isMeasured = true } = marked;
    const found = [
      ...(claim && again ? evidenceFindings(lab, claim, again) : []),
      ...marked.findings,
    ];
    findings.push(...found);
    const own = findings.filter(({ id }) => id === task.id);
    return own.length
      ? { ...about, isMeasured, points: 0, said: own.map(({ reason }) => reason).join(' ') }
      : { ...about, isMeasured, points: marked.points, said: marked.said };
  });
  return { marks, findings };
}
