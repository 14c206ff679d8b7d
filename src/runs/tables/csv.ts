import { shortest } from '../record';
import type { Row } from './row';

const cell = (x: number): string =>
  Object.is(x, -0) ? '-0' : String(Number.isFinite(x) ? shortest(x) : x);

/**
 * A history table as text: a line of names, then one for each step. A number is the shortest decimal that rounds to the
 * float32; what is not defined is NaN, what is infinite Infinity, which pandas, polars and DuckDB read as such.
 */
export const csvHead = (names: readonly string[]): string => `${['step', ...names].join()}\n`;
export const csvLine = ({ step, values }: Row): string =>
  `${step},${Array.from(values, cell).join()}\n`;
