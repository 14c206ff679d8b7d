import type { LaneId } from '../runs/laneId';
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
  /** What was measured; left out of a choice, and where it was not measured yet. */
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
