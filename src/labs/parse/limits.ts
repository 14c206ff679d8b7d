import { counted } from '../../lib/words';

/** The most characters of a lab: ten times what half an hour of work takes to tell. */
export const MOST_CHARACTERS = 256_000;
/** The most lines. */
const MOST_LINES = 3000;
/** The most quotations, lists, brackets and emphasis in one another. */
export const DEEPEST = 20;
/** The most signs with a meaning in one paragraph, and in all: the time that Markdown takes grows with their square. */
const MOST_SIGNS = 800;
const MOST_SIGNS_IN_ALL = 10_000;
/** The most exercises and reveals, and the most spaces before a line: both may nest. */
const MOST_DIRECTIVES = 200;
const MOST_SPACES = 40;
const LONGEST_LINE = 10_000;

/** Marks at the beginning of a line that each open a quotation or a list in the one before. */
const OPENINGS = /^(?:[ \t]*(?:>|[*+-](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+/;
const MARK = />|[*+-]|\d+[.)]/g;
const CONTAINER = /^[\s>*+\d.)-]*:{3,}[a-z]/i;
const SIGNS = '[]*_~`<$:&|@\\';

/** The deepest that brackets of a line stand, where so many are open before it, and how many are open behind it. */
function bracketsIn(line: string, before: number): { deepest: number; open: number } {
  let open = before;
  let deepest = before;
  for (const sign of line) {
    if (sign === '[') deepest = Math.max(deepest, ++open);
    else if (sign === ']') open = Math.max(0, open - 1);
  }
  return { deepest, open };
}

const signsIn = (line: string): number => {
  let count = 0;
  for (const sign of line) if (SIGNS.includes(sign)) count++;
  return count;
};

/**
 * The reason why a text is not read, with its line; else null. A reader of Markdown would be busy for minutes with what is
 * refused here, or exhaust its stack.
 */
export function limitProblem(text: string): { line: number; reason: string } | null {
  if (text.length > MOST_CHARACTERS)
    return {
      line: 1,
      reason: `The file has ${counted(text.length)} characters; a lab has at most ${counted(MOST_CHARACTERS)}.`,
    };
  const lines = text.split('\n');
  if (lines.length > MOST_LINES)
    return {
      line: MOST_LINES + 1,
      reason: `The file has ${counted(lines.length)} lines; a lab has at most ${counted(MOST_LINES)}.`,
    };
  let brackets = 0;
  let signs = 0;
  let all = 0;
  let containers = 0;
  for (const [i, text] of lines.entries()) {
    const refuse = (reason: string) => ({ line: i + 1, reason });
    const marks = OPENINGS.exec(text)?.[0].match(MARK)?.length ?? 0;
    if (marks > DEEPEST)
      return refuse(`Quotations or lists stand in one another more than ${DEEPEST} deep.`);
    if (text.search(/[^ \t]/) > MOST_SPACES)
      return refuse(`A line begins with over ${MOST_SPACES} spaces.`);
    if (text.length > LONGEST_LINE)
      return refuse(`A line has over ${counted(LONGEST_LINE)} characters.`);
    if (CONTAINER.test(text) && ++containers > MOST_DIRECTIVES)
      return refuse(`The file has over ${MOST_DIRECTIVES} exercises and reveals.`);
    // Brackets of one paragraph may be open over several lines.
    if (!text.trim()) signs = brackets = 0;
    const found = bracketsIn(text, brackets);
    if (found.deepest > DEEPEST)
      return refuse(`Brackets stand in one another more than ${DEEPEST} deep.`);
    brackets = found.open;
    const here = signsIn(text);
    signs += here;
    all += here + marks;
    if (signs > MOST_SIGNS)
      return refuse(
        `A paragraph has over ${MOST_SIGNS} signs such as * or [; an empty line makes two of it.`,
      );
    if (all > MOST_SIGNS_IN_ALL)
      return refuse(`The file has over ${counted(MOST_SIGNS_IN_ALL)} signs such as * or [.`);
  }
  return null;
}
