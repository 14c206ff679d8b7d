import {
  date,
  either,
  entriesOf,
  flag,
  listOf,
  matching,
  nullOr,
  number,
  object,
  oneOf,
  text,
  that,
  whole,
  type Check,
} from '../lib/checks';
import { reasonOf } from '../lib/reason';
import { counted, shortened } from '../lib/words';
import { LANE_IDS, type LaneId } from '../runs/laneId';
import type { Recorded } from '../runs/record';
import type { LaneRuns } from './evidence';

export const REPORT_FORMAT = 'normscope-lab-report';
export const REPORT_VERSION = 1;

/** A number that was read of a run, named as expressions have it: `A.rms@resid_post[11]@0`. */
export interface ReportedReading {
  reading: string;
  value: Recorded;
}

/** Runs, and the numbers that were read of them. */
export interface ReportedEvidence {
  runs: LaneRuns;
  readings: readonly ReportedReading[];
}

/** A prediction, recorded before the measurement was shown. */
export interface ReportedPrediction {
  id: string;
  /** The option, from 0 on; the number; or a value by layer. */
  given: number | readonly number[];
  /** When it was recorded, as an ISO date. */
  at: string;
  /** The measurement; left out of a choice, and where it was not measured yet. */
  measured?: ReportedEvidence;
  isRight: boolean | null;
}

export interface ReportedCheck {
  id: string;
  isPassed: boolean;
  attempts: number;
  /** Of the last attempt. */
  at: string;
  evidence: ReportedEvidence;
}

/** A lab as one student did it: what the course is handed in. */
export interface LabReport {
  format: typeof REPORT_FORMAT;
  version: typeof REPORT_VERSION;
  app: string;
  lab: { id: string; title: string; print: string };
  /** The name or number that the course asks for. */
  student: string;
  began: string;
  saved: string;
  device: { backend: string; adapter: string } | null;
  predictions: readonly ReportedPrediction[];
  /** `do` and `check`, in the order of the lab. */
  checks: readonly ReportedCheck[];
  /** `svg` is the figure itself; `link` the page that it is of. */
  figures: readonly {
    id: string;
    at: string;
    link: string;
    lanes: readonly LaneId[];
    svg: string;
  }[];
  reflections: readonly { id: string; text: string }[];
}

/** The largest report that is read, in characters: figures take most of it. */
export const MAX_REPORT = 20e6;
/** Faults that are named; of more, how many others there are. */
const MOST_NAMED = 40;

const LONG = { name: 200, id: 100, page: 10_000, figure: 4e6, reflection: 50_000 };
const MANY = { exercises: 500, changes: 1000, settings: 200, readings: 2000, layers: 200 };

const id = matching(/^[\w-]{1,100}$/, 'a name of letters, digits, - and _');
const measured = either(number, oneOf('NaN', 'Infinity', '-Infinity'));
const settings = entriesOf(
  that((value) => ['string', 'number', 'boolean'].includes(typeof value), 'a setting'),
  MANY.settings,
);
const run = object({
  changes: listOf(object({ step: whole(1e9), settings }), MANY.changes),
  step: whole(1e9),
  text: nullOr(object({ name: text(LONG.name), print: text(LONG.id) })),
  hasWeights: flag,
});
const evidence = object({
  runs: object(Object.fromEntries(LANE_IDS.map((lane) => [lane, run])), LANE_IDS),
  readings: listOf(object({ reading: text(LONG.name), value: measured }), MANY.readings),
});
const listOfExercises = (members: Record<string, Check>, optional: readonly string[] = []) => {
  const each = listOf(object({ id, ...members }, optional), MANY.exercises);
  return ((value, at, fault) => {
    each(value, at, fault);
    const ids = Array.isArray(value)
      ? value.map((one) => (one as { id?: unknown } | null)?.id)
      : [];
    for (const twice of new Set(ids.filter((one, i) => ids.indexOf(one) < i)))
      fault(`${at} has “${shortened(String(twice))}” more than once.`);
  }) satisfies Check;
};

const members = {
  format: oneOf(REPORT_FORMAT),
  version: oneOf(REPORT_VERSION),
  app: text(LONG.name),
  lab: object({ id, title: text(LONG.name), print: text(LONG.id) }),
  student: text(LONG.name),
  began: date,
  saved: date,
  device: nullOr(object({ backend: text(LONG.name), adapter: text(LONG.name) })),
  predictions: listOfExercises(
    {
      given: either(number, listOf(number, MANY.layers)),
      at: date,
      measured: evidence,
      isRight: nullOr(flag),
    },
    ['measured'],
  ),
  checks: listOfExercises({ isPassed: flag, attempts: whole(1e6), at: date, evidence }),
  figures: listOfExercises({
    at: date,
    link: text(LONG.page),
    lanes: listOf(oneOf(...LANE_IDS), LANE_IDS.length),
    svg: text(LONG.figure),
  }),
  reflections: listOfExercises({ text: text(LONG.reflection) }),
} satisfies Record<keyof LabReport, Check>;

/** A report, or what is wrong with the file, a sentence each. */
export type ReadReport = { report: LabReport } | { faults: string[] };

function parsed(json: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(json) };
  } catch (error) {
    const isCut = /^\s*\{/.test(json) && !/\}\s*$/.test(json);
    const why = isCut
      ? 'it ends in the middle, as a file does that was not copied whole'
      : reasonOf(error);
    return { fault: `It is no JSON: ${why}.` };
  }
}

/** Reads a report of any origin. */
export function readReport(json: string): ReadReport {
  if (json.length > MAX_REPORT)
    return {
      faults: [
        `It has ${counted(json.length)} characters; at most ${counted(MAX_REPORT)} are read.`,
      ],
    };
  const read = parsed(json.replace(/^\uFEFF/, ''));
  if ('fault' in read) return { faults: [read.fault] };
  const head = read.value as { format?: unknown; version?: unknown } | null;
  if (head?.format !== REPORT_FORMAT)
    return { faults: [`It is no report of a lab: its format is not ${REPORT_FORMAT}.`] };
  if (head.version !== REPORT_VERSION) {
    const version = shortened(String(head.version));
    return { faults: [`It is of version ${version}; version ${REPORT_VERSION} is read here.`] };
  }
  const faults: string[] = [];
  object(members)(read.value, '', (sentence) => faults.push(sentence));
  const more = faults.length - MOST_NAMED;
  if (more > 0) faults.splice(MOST_NAMED, more, `${counted(more)} more are like these.`);
  return faults.length ? { faults } : { report: read.value as LabReport };
}
