import { shortened } from '../../../lib/words';
import { layoutOfColumns } from '../../tables/columns';
import { namesBy, type ColumnRow } from './rows';

/** The columns that rows are to be, by their patterns; a row without one, or with an empty one, is left out. */
export type Targets = Readonly<Record<string, string>>;

/** The column that counts steps, which is no quantity. */
const STEP = 'step';

export interface Checked {
  /** Names in the file, and what they stand for. */
  renames: Map<string, string>;
  /** A sentence for every row that cannot be what it is to be, by its pattern. */
  problems: Map<string, string>;
}

const targetOf = ({ pattern }: ColumnRow, targets: Targets): string =>
  (Object.hasOwn(targets, pattern) ? targets[pattern]! : '').trim();

const example = ({ numbers }: ColumnRow): string =>
  numbers[0]?.length ? 'blocks.{n}.resid_post/rms' : 'loss, step, output/lr or evaluation/loss';

/** Tells rows that make no sense: names that are no columns here, and two columns that would be one. */
export function checkTargets(
  rows: readonly ColumnRow[],
  known: readonly string[],
  targets: Targets,
): Checked {
  const wanted = rows.flatMap((row) => {
    const target = targetOf(row, targets);
    return target === '' ? [] : [{ row, target, names: namesBy(row, target) }];
  });
  const named = wanted.flatMap(({ names }) => names);
  const { places } = layoutOfColumns([...known, ...named]);
  const isColumn = new Map(named.map((name, i) => [name, places[known.length + i] !== null]));
  isColumn.set(STEP, true);
  /** The column of the file that each column here is told by. */
  const owners = new Map<string, string>(known.map((name) => [name, name]));
  const problems = new Map<string, string>();
  const renames = new Map<string, string>();
  for (const { row, names } of wanted) {
    const tell = (problem: string) => problems.set(row.pattern, problem);
    const wrong = names.find((name) => !isColumn.get(name));
    const taken = names.find((name) => owners.has(name));
    if (wrong !== undefined) {
      tell(`“${shortened(wrong)}” is no column here, as ${example(row)} would be.`);
    } else if (new Set(names).size < names.length) {
      tell(
        names.every((name) => name === names[0])
          ? `All ${names.length} columns would be ${names[0]}: {n} stands for the number in their names.`
          : `Several of these columns would be ${names.find((name, i) => names.indexOf(name) < i)}: each number in their names needs its place.`,
      );
    } else if (taken !== undefined) {
      const owner = owners.get(taken)!;
      tell(
        owner === taken
          ? `The file has a column ${taken} already.`
          : `${taken} is told by ${shortened(owner)} already.`,
      );
    } else {
      names.forEach((name, i) => {
        owners.set(name, row.names[i]!);
        renames.set(row.names[i]!, name);
      });
    }
  }
  return { renames, problems };
}
