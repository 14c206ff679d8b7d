import { availableParallelism } from 'node:os';
import { isNodeBackend, NODE_BACKEND_IDS, openNodeBackend } from '../engine/nodeBackend';
import { exercisesOf } from '../labs/grading/claims';
import type { Lab } from '../labs/lab';
import { REPORT_FORMAT, REPORT_VERSION, type LabReport } from '../labs/report';
import { fingerprint } from '../lib/hash';
import { listed, shortened } from '../lib/words';
import { appText, appVersion, BadInput, parseCommand, prepareFile, readCount } from './input';
import { readAnswers, strayAnswers, type Answers } from './labAnswers';
import { doExercise, valueLine, type Done } from './labDone';
import { readLabFile } from './labFiles';
import { exerciseProbes, questionOf, valueProbes } from './labProbes';
import { createWorkshop, readTexts } from './labRuns';
import { createStatusLine, type Terminal } from './statusLine';
import { writeAll } from './writeAll';

const RUN_USAGE = `Usage: npm run --silent lab -- run FILE [options]

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
