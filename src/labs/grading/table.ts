import { csvFormatRows } from 'd3-dsv';
import type { Grade } from './grade';

/** A report that was handed in, as a row of the table of grades. */
export interface Row {
  student: string;
  lab: string;
  file: string;
  /** Null where the report could not be read. */
  grade: Grade | null;
  /** Sentences on what a teacher should know. */
  remarks: readonly string[];
}

const HEAD = [
  ...['student', 'lab', 'points', 'most', 'accepted'],
  ...['findings', 'not_measured', 'remarks', 'file'],
];

/** A text that no spreadsheet takes for a formula. */
const plain = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The points of a grade, and the most that there are. */
export const pointsOf = ({ marks }: Grade): [points: number, most: number] => [
  sumOf(marks.map(({ points }) => points)),
  sumOf(marks.map(({ most }) => most)),
];

/** All grades as CSV, a row for each report. */
export const tableOf = (rows: readonly Row[]): string =>
  `${csvFormatRows([
    HEAD,
    ...rows.map(({ student, lab, file, grade, remarks }) => {
      const [points, most] = grade ? pointsOf(grade) : [0, 0];
      const findings = grade?.findings.map(({ id, reason }) =>
        id === null ? reason : `${id}: ${reason}`,
      );
      const isAccepted = findings?.length === 0;
      const unmeasured = grade?.marks.filter(({ isMeasured }) => !isMeasured).map(({ id }) => id);
      return [
        ...[student, lab, String(points), String(most), isAccepted ? 'yes' : 'no'],
        ...[(findings ?? []).join(' '), (unmeasured ?? []).join(' '), remarks.join(' '), file],
      ].map(plain);
    }),
  ])}\n`;
