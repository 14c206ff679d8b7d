/** A number for people: 11,995. */
export const counted = (n: number): string => n.toLocaleString('en-US');

/** A text of somebody else’s as far as a sentence can hold it; of a longer one its length is told. */
export const shortened = (text: string, most = 60): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${counted(text.length)} characters)`;

/** “a, b, c”, and of a long list how many more there are: “a, b, c and 4,997 more”. */
export const listed = (items: readonly string[], most = 5): string =>
  items.length <= most
    ? items.join(', ')
    : `${items.slice(0, most).join(', ')} and ${counted(items.length - most)} more`;

/** Longest word that a likeness is looked for. */
const LONGEST = 40;
/** The most letters that may differ. */
const MOST_EDITS = 4;

const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '');
const sorted = (word: string) => [...word].sort().join('');

/** Letters to add, drop, change or swap with their neighbours (optimal string alignment). */
function edits(a: string, b: string): number {
  let rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [last, before] = rows as [number[], number[]?];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (before && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    rows = [row, last];
  }
  return rows[0]!.at(-1)!;
}

/**
 * The known word that a mistyped one was meant to be, or null where none is near: capitals and signs between
 * words do not count, and a third of the letters may be wrong.
 */
export function nearest<Word extends string>(typed: string, known: readonly Word[]): Word | null {
  if (typed.length > LONGEST) return null;
  const word = plain(typed);
  const allowed = Math.min(MOST_EDITS, Math.floor(word.length / 3));
  let best: Word | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const other = plain(candidate);
    const isAlike =
      (word.length > 2 &&
        (other.startsWith(word) || (other.length > 2 && word.startsWith(other)))) ||
      (word.length === other.length && sorted(word) === sorted(other));
    const near = Math.abs(word.length - other.length) <= Math.min(allowed, least);
    const distance =
      word === other ? 0 : Math.min(isAlike ? 1 : Infinity, near ? edits(word, other) : Infinity);
    if (distance < least && (isAlike || distance <= allowed)) [best, least] = [candidate, distance];
  }
  return best;
}

/** “pst” is no placement (did you mean post?); there are pre, post, none. */
export function unknown(typed: string, kind: string, known: readonly string[]): string {
  const meant = nearest(typed, known);
  const guess = meant ? ` (did you mean ${meant}?)` : '';
  return `“${shortened(typed)}” is no ${kind}${guess}; there are ${known.join(', ')}`;
}
