import { readFile, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { claimsOf, wantedOf, type Claim } from '../labs/grading/claims';
import { grade as gradeReport, type Grade } from '../labs/grading/grade';
import { gradescopeResults } from '../labs/grading/gradescope';
import { pointsOf, tableOf, type Row } from '../labs/grading/table';
import type { Lab } from '../labs/lab';
import { MAX_REPORT, readReport, type LabReport } from '../labs/report';
import { fingerprint } from '../lib/hash';
import { reasonOf } from '../lib/reason';
import { listed, shortened } from '../lib/words';
import { slug } from '../runs/files';
import { BadInput, oneLine, parseCommand, prepareFolder, readCount } from './input';
import { labsIn, OWN_LABS } from './labFiles';
import { createWorkshop, readTexts, type LabWorkshop, type Question } from './labRuns';
import { createStatusLine, type StatusLine, type Terminal } from './statusLine';
import { writeAll, type Output } from './writeAll';

const USAGE = `Usage: npm run --silent grade -- REPORTS… --out DIR [options]

Marks reports of labs. Every run is made again from its seeds, settings and changes, and a report whose numbers are not
those of its runs is not accepted, with the reason. Writes DIR/STUDENT/results.json for each student, as Gradescope reads
it, and DIR/grades.csv, a row for each report.

  --out DIR           where to write; made if it is not there
  --labs DIR          the labs that reports are of (those that come with the app)
  --predictions WHICH a prediction has its point when it is right, or when it was made (right)
  --text FILE         a text that runs read, beside the app's own; may stand several times
  --jobs N            runs at a time, each in a process of its own (as many as there are processors)
  --csv               prints the table of grades too
  --help              this text
`;

const OPTIONS = {
  out: { type: 'string' },
  labs: { type: 'string' },
  predictions: { type: 'string', default: 'right' },
  text: { type: 'string', multiple: true },
  jobs: { type: 'string' },
  csv: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** A file that was handed in, as far as it could be read. */
interface HandedIn {
  file: string;
  report: LabReport | null;
  lab: Lab | null;
  /** Sentences on what a teacher should know. */
  remarks: string[];
  /** A later one of the same student counts. */
  isReplaced: boolean;
}

async function readHandedIn(
  file: string,
  labOf: (id: string) => Promise<Lab | string>,
): Promise<HandedIn> {
  const none = (remarks: string[]): HandedIn => ({
    ...{ file, report: null, lab: null, remarks },
    isReplaced: false,
  });
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return none([`The file cannot be read: ${reasonOf(error)}.`]);
  }
  // A character may take up to three bytes.
  if (bytes.length > 3 * MAX_REPORT) return none(['The file is too large for a report.']);
  const read = readReport(bytes.toString('utf8'));
  if ('faults' in read) return none(read.faults);
  const { report } = read;
  const lab = await labOf(report.lab.id);
  return typeof lab === 'string'
    ? { ...none([`Its lab is not there: ${lab}`]), report }
    : { ...none([]), report, lab };
}

const studentOf = ({ file, report }: HandedIn): string =>
  report?.student.trim() || basename(file).replace(/\.json$/, '');

/** All of a report but who handed it in. */
const contentOf = ({ predictions, checks, figures, reflections, began }: LabReport) =>
  fingerprint(JSON.stringify({ predictions, checks, figures, reflections, began }));

/** Reports that are the same under several names, and those of one student that a later one takes the place of. */
function compared(all: readonly HandedIn[]): void {
  for (const one of all) {
    const { report } = one;
    if (!report) continue;
    const others = all.filter((other) => other !== one && other.report?.lab.id === report.lab.id);
    const twins = others.filter(
      (other) =>
        contentOf(other.report!) === contentOf(report) && studentOf(other) !== studentOf(one),
    );
    if (twins.length)
      one.remarks.push(
        `It is the same report as that of ${listed(twins.map(studentOf))}: answers, runs and dates.`,
      );
    const later = others.find(
      (other) =>
        studentOf(other) === studentOf(one) &&
        (Date.parse(other.report!.saved) > Date.parse(report.saved) ||
          (other.report!.saved === report.saved && all.indexOf(other) > all.indexOf(one))),
    );
    if (!later) continue;
    one.isReplaced = true;
    one.remarks.push(`A later one of this student counts: ${basename(later.file)}.`);
  }
}

const questionOf = (claim: Claim): Question => ({
  runs: claim.evidence.runs,
  wanted: wantedOf(claim),
});

type Gradable = HandedIn & { report: LabReport; lab: Lab };
const isGradable = (one: HandedIn): one is Gradable => one.report !== null && one.lab !== null;

/** Grades of reports. Where numbers are not as they are told, it is looked at how much rounding may move their runs. */
async function gradesOf(
  all: readonly Gradable[],
  workshop: LabWorkshop,
  predictions: 'right' | 'made',
): Promise<Map<HandedIn, Grade>> {
  const gradeOne = ({ lab, report }: Gradable, isShaken: boolean) =>
    gradeReport(lab, report, {
      predictions,
      now: Date.now(),
      again(claim) {
        const question = questionOf(claim);
        const shaken = isShaken ? workshop.shaken(question) : [];
        return { ...workshop.answer(question), shaken };
      },
    });
  const claims = (some: readonly Gradable[]) =>
    some.flatMap(({ lab, report }) =>
      lab.print === report.lab.print ? claimsOf(lab, report) : [],
    );
  await workshop.make(claims(all).map(questionOf));
  const grades = new Map<HandedIn, Grade>(all.map((one) => [one, gradeOne(one, false)]));
  const doubtful = all.filter((one) =>
    grades.get(one)!.findings.some(({ kind }) => kind === 'number' || kind === 'outcome'),
  );
  await workshop.makeShaken(claims(doubtful).map(questionOf));
  for (const one of doubtful) grades.set(one, gradeOne(one, true));
  return grades;
}

/** A folder for each student; names that make the same one are told apart by a number. */
function foldersOf(students: readonly string[]): Map<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const student of students) {
    const name = slug(student) || 'student';
    let folder = name;
    for (let i = 2; taken.has(folder); i++) folder = `${name}-${i}`;
    taken.add(folder);
    folders.set(student, folder);
  }
  return folders;
}

function outputsOf(
  out: string,
  all: readonly HandedIn[],
  grades: ReadonlyMap<HandedIn, Grade>,
): { outputs: Output[]; folders: string[]; table: string } {
  const rows = all.map((one): Row => ({
    ...{ student: studentOf(one), lab: one.report?.lab.id ?? '', file: one.file },
    ...{ grade: grades.get(one) ?? null, remarks: one.remarks },
  }));
  const table = tableOf(rows);
  const students = [...new Set(rows.map(({ student }) => student))];
  const folders = foldersOf(students);
  const results = students.map((student): Output => {
    const own = all.filter((one) => studentOf(one) === student && !one.isReplaced);
    const marked = own.flatMap((one) => {
      const grade = grades.get(one);
      return grade ? [{ ...grade, lab: one.lab! }] : [];
    });
    const remarks = own.flatMap((one) => (grades.has(one) ? [] : one.remarks));
    const path = join(out, folders.get(student)!, 'results.json');
    return ['--out', path, `${JSON.stringify(gradescopeResults(marked, remarks), null, 2)}\n`];
  });
  return {
    table,
    outputs: [...results, ['--out', join(out, 'grades.csv'), table]],
    folders: [...folders.values()].map((folder) => join(out, folder)),
  };
}

function say(
  all: readonly HandedIn[],
  grades: ReadonlyMap<HandedIn, Grade>,
  line: StatusLine,
): void {
  for (const one of all) {
    const grade = grades.get(one);
    const [points, most] = grade ? pointsOf(grade) : [0, 0];
    const isAccepted = grade?.findings.length === 0;
    const verdict = grade
      ? `${points} of ${most}, ${isAccepted ? 'accepted' : 'not accepted'}`
      : 'not read';
    line.say(oneLine(`${one.file}: ${studentOf(one)}: ${verdict}`));
    for (const remark of one.remarks) line.say(`  ${oneLine(remark)}`);
    for (const { id, reason } of grade?.findings ?? [])
      line.say(`  ${oneLine(id === null ? reason : `${id}: ${reason}`)}`);
  }
}

/** Marks the reports of a command line; throws BadInput for anything wrong with it. */
export async function grade(argv: string[], terminal: Terminal = process.stderr): Promise<void> {
  const { values, positionals: files } = parseCommand(argv, OPTIONS);
  const { out, labs, predictions, text: paths = [], jobs, csv, help } = values;
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  if (!files.length)
    throw new BadInput('No report is named: the JSON files that students handed in.');
  if (!out) throw new BadInput('--out is missing: the folder to write to.');
  if (predictions !== 'right' && predictions !== 'made')
    throw new BadInput(`--predictions is “${shortened(predictions)}”; it must be right or made.`);
  const most = jobs === undefined ? availableParallelism() : readCount('--jobs', jobs, 1);
  const labOf = await labsIn('--labs', labs ?? OWN_LABS);
  const texts = await readTexts(paths);
  await prepareFolder('--out', out);
  const line = createStatusLine(terminal);
  const workshop = createWorkshop({ texts, paths, backend: 'wasm', jobs: most, line });
  const all = await Promise.all(files.map((file) => readHandedIn(file, labOf)));
  compared(all);
  const grades = await gradesOf(all.filter(isGradable), workshop, predictions);
  line.clear();
  const { outputs, folders, table } = outputsOf(out, all, grades);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await writeAll(outputs);
  say(all, grades, line);
  if (csv) process.stdout.write(table);
}
