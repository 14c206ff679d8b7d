import type { Grade, Mark } from './grade';

/**
 * `results.json` as Gradescope reads it.
 * https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
 */
export interface GradescopeResults {
  /** Above all tests. */
  output: string;
  output_format: 'text';
  visibility: 'visible';
  /** Points of the whole are those of its tests together; where there is no test this stands in their place. */
  score?: number;
  tests: GradescopeTest[];
}

interface GradescopeTest {
  name: string;
  number: string;
  score: number;
  max_score: number;
  status: 'passed' | 'failed';
  output: string;
  output_format: 'text';
  visibility: 'visible';
}

const KINDS: Record<Mark['kind'], string> = {
  predict: 'prediction',
  do: 'task',
  check: 'check',
  figure: 'figure',
  reflect: 'reflection',
};

const testOf = ({ id, kind, step, points, most, said }: Mark, number: string): GradescopeTest => ({
  name: `${step} · ${KINDS[kind]} ${id}`,
  number,
  score: points,
  max_score: most,
  status: points === most ? 'passed' : 'failed',
  output: said,
  output_format: 'text',
  visibility: 'visible',
});

/** A lab of a student, marked. */
export interface Marked extends Grade {
  lab: { title: string };
}

const ACCEPTED = 'All runs were made again, and every number is theirs.';

/** The results of one student, of every lab that was handed in. */
export function gradescopeResults(
  labs: readonly Marked[],
  remarks: readonly string[],
): GradescopeResults {
  const isOne = labs.length === 1;
  const lines = labs.flatMap(({ lab, findings }) => {
    const reasons = findings.map(({ id, reason }) => (id === null ? reason : `${id}: ${reason}`));
    const about = reasons.length ? ['Not accepted as it is:', ...reasons] : [ACCEPTED];
    return [lab.title, ...about];
  });
  return {
    output: [...remarks, ...lines].join('\n'),
    output_format: 'text',
    visibility: 'visible',
    ...(labs.length ? {} : { score: 0 }),
    tests: labs.flatMap(({ marks }, l) =>
      marks.map((mark, i) => testOf(mark, isOne ? String(i + 1) : `${l + 1}.${i + 1}`)),
    ),
  };
}
