import { availableParallelism } from 'node:os';
import { isNodeBackend, NODE_BACKEND_IDS, openNodeBackend } from '../engine/nodeBackend';
import { exercisesOf, type Exercise } from '../labs/grading/claims';
import type { Evidence, LaneRuns } from '../labs/evidence';
import type { Lab } from '../labs/lab';
import {
  judge,
  measure,
  measureCurve,
  type Evaluated,
  type Reading,
} from '../labs/language/evaluate';
import { readExpression } from '../labs/language/read';
import type { Expression } from '../labs/language/expression';
import { isCurrent } from '../labs/printed';
import {
  REPORT_FORMAT,
  REPORT_VERSION,
  type LabReport,
  type ReportedEvidence,
} from '../labs/report';
import { scoreOf } from '../labs/score';
import { valuesOf, type PrintedValue } from '../labs/walk';
import { lanesIn, reachOf, wantedBy } from '../labs/wanted';
import { fingerprint } from '../lib/hash';
import { formatSignificant } from '../lib/significant';
import { listed, shortened } from '../lib/words';
import type { LaneId } from '../runs/laneId';
import { recorded } from '../runs/record';
import { appText, appVersion, BadInput, parseCommand, prepareFile, readCount } from './input';
import {
  createPath,
  readAnswers,
  runsOf,
  strayAnswers,
  type Answers,
  type Doing,
} from './labAnswers';
import { readLabFile } from './labFiles';
import { createWorkshop, readTexts, type LabWorkshop, type Question } from './labRuns';
import { createStatusLine, type Terminal } from './statusLine';
import { writeAll } from './writeAll';

export const RUN_USAGE = `Usage: npm run --silent lab -- run FILE [options]

Does a lab without a browser: measures every number that it prints, and says which is not current within its digits or
as the lab says; judges every task and check on its page, as far as the runs need to go; and measures what predictions are
held against. Exit code 1 where the file has mistakes, a number is not current, or something cannot be measured, and with
answers also where one does not pass.

  --answers FILE      what a student does: {"predictions": {"id": 2}, "runs": {"id": {"page": "v=1&…", "step": 100,
                      "changes": {"b": "50:placement=pre"}}}, "reflections": {"id": "…"}}; options count from 1
  --json FILE         writes all that was measured as JSON
  --report FILE       writes the report that a student with these answers hands in
  --backend NAME      ${NODE_BACKEND_IDS.join(' or ')} (wasm)
  --jobs N            runs at a time, each in a process of its own (as many as there are processors)
  --help              this text
`;

const OPTIONS = {
  answers: { type: 'string' },
  json: { type: 'string' },
  report: { type: 'string' },
  backend: { type: 'string', default: 'wasm' },
  jobs: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Something of a lab that is measured: an expression, and the runs that it is measured on. */
interface Probe {
  expression: Expression;
  runs: LaneRuns;
}

const questionOf = ({ expression, runs }: Probe): Question => ({
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
type ValueProbe = PrintedValue & { probe: Probe | null; problem: string };
type ExerciseProbe = Exercise & { probe: Probe | null };

const shown = (value: number) => formatSignificant(value, 4);

/** A line of what was found, and whether it is a fault. */
interface Line {
  line: number;
  said: string;
  isFault: boolean;
  /** As JSON has it. */
  about: Record<string, unknown>;
}

function valueProbes(lab: Lab, text: LaneText): ValueProbe[] {
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

function exerciseProbes(lab: Lab, answers: Answers, text: LaneText): ExerciseProbe[] {
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

function valueLine(
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
interface Done {
  line: Line;
  prediction?: LabReport['predictions'][number];
  check?: LabReport['checks'][number];
  reflection?: LabReport['reflections'][number];
}

function doExercise(
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

async function reportOf(
  lab: Lab,
  done: readonly Done[],
  { student = '' }: Answers,
  device: LabReport['device'],
  began: string,
): Promise<LabReport> {
  return {
    ...{ format: REPORT_FORMAT, version: REPORT_VERSION, app: await appVersion() },
    lab: { id: lab.id, title: lab.title, print: lab.print },
    ...{ student, began, saved: new Date().toISOString(), device },
    predictions: done.flatMap(({ prediction }) => prediction ?? []),
    checks: done.flatMap(({ check }) => check ?? []),
    figures: [],
    reflections: done.flatMap(({ reflection }) => reflection ?? []),
  };
}

/** Does the lab of a command line; throws BadInput for anything wrong with the command line. */
export async function runLab(argv: string[], terminal: Terminal = process.stderr): Promise<void> {
  const { values: given, positionals } = parseCommand(argv, OPTIONS);
  if (given.help) {
    process.stdout.write(RUN_USAGE);
    return;
  }
  const { backend, json, report } = given;
  const [file, ...more] = positionals;
  if (!file || more.length)
    throw new BadInput(
      'One lab is done at a time: the name of its file is missing, or there are several.',
    );
  if (!isNodeBackend(backend))
    throw new BadInput(
      `--backend is “${shortened(backend)}”; it must be ${NODE_BACKEND_IDS.join(' or ')}.`,
    );
  const jobs =
    given.jobs === undefined ? availableParallelism() : readCount('--jobs', given.jobs, 1);
  const { lab, mistakes } = await readLabFile('FILE', file);
  for (const { line, reason } of mistakes) process.stdout.write(`${file}:${line}: ${reason}\n`);
  if (mistakes.length) process.exitCode = 1;
  if (!lab) return;
  const answers = given.answers === undefined ? {} : await readAnswers(given.answers);
  const stray = strayAnswers(
    answers,
    exercisesOf(lab).map(({ task }) => task.id),
  );
  if (stray.length) throw new BadInput(`--answers: the lab has no exercise ${listed(stray)}.`);
  for (const [option, path] of [
    ['--json', json],
    ['--report', report],
  ] as const)
    if (path !== undefined) await prepareFile(option, path);

  const began = new Date().toISOString();
  const line = createStatusLine(terminal);
  const own = await appText();
  const text = { name: 'the text of the app', print: fingerprint(own) };
  const texts = await readTexts([]);
  const device = await openNodeBackend(backend);
  const workshop = createWorkshop({ texts, paths: [], backend, jobs, line });
  const numbers = valueProbes(lab, text);
  const exercises = exerciseProbes(lab, answers, text);
  await workshop.make(
    [...numbers, ...exercises].flatMap(({ probe }) => (probe ? [questionOf(probe)] : [])),
  );
  line.clear();
  const at = new Date().toISOString();
  const done = exercises.map((exercise) => doExercise(exercise, answers, workshop, at));
  const lines = [
    ...numbers.map((value) => valueLine(value, workshop)),
    ...done.map((one) => one.line),
  ];
  for (const { line: number, said, isFault } of [...lines].sort((a, b) => a.line - b.line))
    process.stdout.write(`${isFault ? '✗' : '✓'} ${file}:${number}: ${said}\n`);
  const faults = lines.filter(({ isFault }) => isFault).length;
  process.stdout.write(
    `${lab.title}: ${lines.length} measured, ${faults} not as they should be.\n`,
  );
  if (faults) process.exitCode = 1;
  const { backend: id, adapter } = device;
  await writeAll([
    ...(json === undefined
      ? []
      : [
          [
            '--json',
            json,
            `${JSON.stringify({ lab: lab.id, print: lab.print, found: lines.map(({ about }) => about) }, null, 2)}\n`,
          ] as const,
        ]),
    ...(report === undefined
      ? []
      : [
          [
            '--report',
            report,
            `${JSON.stringify(await reportOf(lab, done, answers, { backend: id, adapter }, began), null, 2)}\n`,
          ] as const,
        ]),
  ]);
}
