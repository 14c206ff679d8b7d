import { counted } from '../../lib/words';

/** The most characters of a lab: the text of a small book. */
export const MOST_CHARACTERS = 256_000;
/** How deep quotations, lists, brackets and emphasis may stand in one another. */
export const DEEPEST = 40;

/** Marks at the beginning of a line that each open a quotation or a list in the one before. */
const OPENINGS = /^(?:[ \t]*(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/;
const MARK = />|[*+-]|\d+[.)]/g;

/** The reason why a text is not read, with its line; else null. What is told of it could take a reader minutes, or its stack. */
export function limitProblem(text: string): { line: number; reason: string } | null {
  if (text.length > MOST_CHARACTERS)
    return {
      line: 1,
      reason: `The file has ${counted(text.length)} characters; a lab has at most ${counted(MOST_CHARACTERS)}.`,
    };
  const tooDeep = (line: number, what: string) => ({
    line,
    reason: `${what} stand in one another more than ${DEEPEST} deep; a lab has at most ${DEEPEST}.`,
  });
  let brackets = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const marks = OPENINGS.exec(line)?.[0].match(MARK)?.length ?? 0;
    if (marks > DEEPEST) return tooDeep(i + 1, 'Quotations or lists');
    // Brackets of one paragraph may be open over several lines.
    if (!line.trim()) brackets = 0;
    for (const sign of line) {
      brackets = Math.max(0, brackets + (sign === '[' ? 1 : sign === ']' ? -1 : 0));
      if (brackets > DEEPEST) return tooDeep(i + 1, 'Brackets');
    }
  }
  return null;
}
