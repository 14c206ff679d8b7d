import type { Targets } from './check';
import type { ColumnRow } from './rows';

/** Columns of a file that are not known here: what they are is asked while the file waits. */
export interface ColumnsQuestion {
  rows: readonly ColumnRow[];
  /** Columns of the file that are known, which none of the others can be. */
  known: readonly string[];
  /** As they were named the last time, or as it is guessed. */
  targets: Targets;
  answer(targets: Targets): void;
}
