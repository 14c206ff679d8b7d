import { counted } from '../../lib/words';
import type { Mistake } from '../lab';

/** Something of a file that has a place in it; a line, from 1 on. */
export type Place = number | { position?: { start: { line: number } } | undefined };

export const lineOf = (place: Place): number =>
  typeof place === 'number' ? place : (place.position?.start.line ?? 1);

/** The most mistakes that are told of one file. */
const MOST = 100;

/** Collects the mistakes of a file. */
export interface Mistakes {
  add(place: Place, reason: string): void;
  /** In the order of lines; of very many the first, and how many others there are. */
  all(): Mistake[];
}

export function createMistakes(): Mistakes {
  const found: Mistake[] = [];
  return {
    add(place, reason) {
      found.push({ line: lineOf(place), reason });
    },
    all() {
      const sorted = found.toSorted((a, b) => a.line - b.line);
      if (sorted.length <= MOST) return sorted;
      const { line } = sorted[MOST]!;
      const reason = `… and ${counted(sorted.length - MOST)} more from here on.`;
      return [...sorted.slice(0, MOST), { line, reason }];
    },
  };
}
