import type { Targets } from './check';
import type { ColumnRow } from './rows';

/** Files whose columns are remembered, the latest first. */
const MOST = 20;
const KEY = 'normscope.columns';

interface Remembered {
  /** Of all rows, in the order of letters. */
  patterns: string[];
  targets: Targets;
}

const patternsOf = (rows: readonly ColumnRow[]): string[] =>
  rows.map(({ pattern }) => pattern).sort();

const isRemembered = (value: unknown): value is Remembered => {
  const { patterns, targets } = Object(value) as Partial<Remembered>;
  return (
    Array.isArray(patterns) &&
    typeof targets === 'object' &&
    targets !== null &&
    Object.values(targets).every((target) => typeof target === 'string')
  );
};

/** Columns that somebody has named, by the set of their patterns. Storage may be refused; then nothing is remembered. */
export function createColumnMemory(storage: () => Pick<Storage, 'getItem' | 'setItem'>) {
  const all = (): Remembered[] => {
    try {
      const found: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
      return Array.isArray(found) ? found.filter(isRemembered) : [];
    } catch {
      return [];
    }
  };
  const isOf = (patterns: string[]) => (one: Remembered) =>
    JSON.stringify(one.patterns) === JSON.stringify(patterns);
  return {
    /** The targets that these rows were given the last time; undefined where there was none. */
    of: (rows: readonly ColumnRow[]): Targets | undefined =>
      all().find(isOf(patternsOf(rows)))?.targets,
    keep(rows: readonly ColumnRow[], targets: Targets): void {
      const patterns = patternsOf(rows);
      const isSame = isOf(patterns);
      const others = all().filter((one) => !isSame(one));
      try {
        storage().setItem(KEY, JSON.stringify([{ patterns, targets }, ...others].slice(0, MOST)));
      } catch {
        // A private window or a full disk: it is asked again the next time.
      }
    },
  };
}

export type ColumnMemory = ReturnType<typeof createColumnMemory>;
