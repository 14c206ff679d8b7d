import { fileURLToPath } from 'node:url';
import { openNodeBackend, type NodeBackend } from '../engine/nodeBackend';
import { evidenceOf } from '../labs/run/evidence';
import { jobOf, merged, shakenOf, type Job } from '../labs/run/job';
import { make, type Made } from '../labs/run/make';
import type { Evidence, LaneRuns } from '../labs/evidence';
import type { Wanted } from '../labs/wanted';
import { fingerprint } from '../lib/hash';
import { reasonOf } from '../lib/reason';
import { counted } from '../lib/words';
import type { LaneId } from '../runs/laneId';
import { appText, readText } from './input';
import { inProcesses } from './processes';
import type { StatusLine } from './statusLine';

/** Texts that runs read, by their prints. */
export type Texts = ReadonlyMap<string, string>;

/** The text of the app, and those of files. */
export async function readTexts(paths: readonly string[]): Promise<Texts> {
  const texts = await Promise.all([appText(), ...paths.map((path) => readText('--text', path))]);
  return new Map(texts.map((text) => [fingerprint(text), text]));
}

/** A maker of runs in this process. They run on one thread, so that as many as there are processors do not hinder each other. */
export async function openMaker(texts: Texts, backend: NodeBackend) {
  await openNodeBackend(backend);
  return ({ course, text, wanted }: Job): Promise<Made> =>
    make(course, wanted, text === null ? '' : texts.get(text)!);
}

/** The runs that something is asked of, with what is wanted of each lane. */
export interface Question {
  runs: LaneRuns;
  wanted: Partial<Record<LaneId, Wanted>>;
}

/** Runs made again, and the reasons why others could not be. */
export interface Answer {
  evidence: Evidence;
  lost: Partial<Record<LaneId, string>>;
}

interface Workshop {
  texts: Texts;
  /** Files of texts beside that of the app. */
  paths: readonly string[];
  backend: NodeBackend;
  /** Processes at a time; with one, runs are made in this process. */
  jobs: number;
  line: Pick<StatusLine, 'show'>;
}

const WORKER = fileURLToPath(new URL('labWorker.ts', import.meta.url));

/** Makes runs again, each once however often it is asked about, and keeps them. */
export function createWorkshop({ texts, paths, backend, jobs: most, line }: Workshop) {
  const made = new Map<string, { job: Job; result: Made | string }>();
  let maker: Promise<(job: Job) => Promise<Made>> | null = null;

  const jobFor = ({ runs, wanted }: Question, lane: LaneId): Job | string => {
    const job = jobOf(runs[lane]!, wanted[lane]!);
    if (typeof job === 'string' || job.text === null || texts.has(job.text)) return job;
    const { name } = runs[lane]!.text!;
    return `It reads another text, ${name}; --text names the file.`;
  };
  const lanesOf = ({ runs }: Question) => Object.keys(runs) as LaneId[];
  const isMade = ({ key, wanted }: Job): boolean => {
    const known = made.get(key)?.job.wanted;
    return (
      known !== undefined &&
      wanted.steps.every((step) => known.steps.includes(step)) &&
      (wanted.watched === null || (known.watched ?? -1) >= wanted.watched)
    );
  };

  async function makeAll(jobs: readonly Job[]): Promise<void> {
    const known = jobs.flatMap(({ key }) => made.get(key)?.job ?? []);
    const all = merged(jobs.filter((job) => !isMade(job)));
    // One that is made once more is made with all that was ever wanted of it.
    const tasks = merged([
      ...all,
      ...known.filter(({ key }) => all.some((job) => job.key === key)),
    ]);
    let done = 0;
    const keep = (job: Job, result: Made | string) => {
      made.set(job.key, { job, result });
      line.show(`run ${counted(++done)} of ${counted(tasks.length)}`);
    };
    if (most === 1 || tasks.length <= 1 || backend !== 'wasm') {
      for (const job of tasks) {
        maker ??= openMaker(texts, backend);
        try {
          keep(job, await (await maker)(job));
        } catch (error) {
          keep(job, reasonOf(error));
        }
      }
      return;
    }
    await inProcesses<Job, Made>(
      { worker: WORKER, argv: paths, argOf: (job) => job },
      most,
      tasks,
      { on: () => {}, made: keep, failed: keep },
    );
  }

  const answerOf = (question: Question, change: (job: Job) => Job): Answer => {
    const evidence: Evidence = {};
    const lost: Answer['lost'] = {};
    for (const lane of lanesOf(question)) {
      const job = jobFor(question, lane);
      const found = typeof job === 'string' ? job : made.get(change(job).key)?.result;
      if (typeof job === 'string' || typeof found !== 'object') lost[lane] = String(found);
      else
        evidence[lane] = evidenceOf(
          job.course,
          question.runs[lane]!.step,
          found,
          job.text === null ? '' : texts.get(job.text)!,
        );
    }
    return { evidence, lost };
  };
  const jobsOf = (questions: readonly Question[]): Job[] =>
    questions.flatMap((question) =>
      lanesOf(question).flatMap((lane) => {
        const job = jobFor(question, lane);
        return typeof job === 'string' ? [] : [job];
      }),
    );

  return {
    /** Makes all that questions ask about. */
    make: (questions: readonly Question[]): Promise<void> => makeAll(jobsOf(questions)),
    answer: (question: Question): Answer => answerOf(question, (job) => job),
    /** The same with learning rates a millionth larger and smaller: how far rounding may move a run. */
    makeShaken: (questions: readonly Question[]): Promise<void> =>
      makeAll(jobsOf(questions).flatMap(shakenOf)),
    shaken: (question: Question): Evidence[] =>
      [0, 1].map((i) => answerOf(question, (job) => shakenOf(job)[i]!).evidence),
  };
}

export type LabWorkshop = ReturnType<typeof createWorkshop>;
