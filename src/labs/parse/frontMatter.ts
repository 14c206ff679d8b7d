import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Yaml } from 'mdast';
import { nearest, shortened, unknown } from '../../lib/words';
import { LAB_KINDS, type Lab } from '../lab';
import type { Mistakes } from './mistakes';

export type FrontMatter = Pick<Lab, 'kind' | 'title' | 'question' | 'minutes' | 'level'>;

export const LEVELS = ['first course', 'second course', 'research'] as const;

const EXAMPLES = {
  title: 'Pre against post',
  question: 'Why does one model learn, and the other not?',
  minutes: '25',
  level: 'first course',
  kind: 'lab',
};
type Key = keyof FrontMatter;
const KEYS = Object.keys(EXAMPLES) as Key[];
/** Without its kind a file is a lab. */
const NEEDED = KEYS.filter((key) => key !== 'kind');
const isKey = (key: string): key is Key => Object.hasOwn(EXAMPLES, key);

const LONGEST = 200;
const NOTHING: FrontMatter = { kind: 'lab', title: '', question: '', minutes: 0, level: '' };

const problemOf: Record<Key, (value: unknown) => string | null> = {
  title: textProblem,
  question: textProblem,
  minutes: (value) =>
    Number.isInteger(value) && Number(value) > 0 && Number(value) <= 600
      ? null
      : 'must be a whole number from 1 to 600',
  level: oneOf('level', LEVELS),
  kind: oneOf('kind', LAB_KINDS),
};

function oneOf(name: string, words: readonly string[]) {
  return (value: unknown) =>
    words.includes(String(value)) ? null : unknown(String(value), name, words);
}

function textProblem(value: unknown): string | null {
  return typeof value === 'string' && value.trim() && value.length <= LONGEST
    ? null
    : `must be a text of 1 to ${LONGEST} characters; one with a colon stands in quotes`;
}

/** Kind, title, question, minutes and level, which stand between two lines of --- before everything else. */
export function readFrontMatter(node: Yaml | undefined, mistakes: Mistakes): FrontMatter {
  if (!node) {
    mistakes.add(
      1,
      `The file begins with no front matter: a line ---, the lines ${NEEDED.map((key) => `${key}: …`).join(', ')}, and a line ---.`,
    );
    return NOTHING;
  }
  const first = node.position!.start.line;
  const lines = new LineCounter();
  const document = parseDocument(node.value, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => first + lines.linePos(offset).line;
  for (const { pos, message } of document.errors)
    mistakes.add(lineAt(pos[0]), `The front matter cannot be read: ${message}.`);
  if (document.errors.length) return NOTHING;
  if (!isMap(document.contents)) {
    mistakes.add(first, `The front matter has no lines such as title: ${EXAMPLES.title}.`);
    return NOTHING;
  }
  const found = new Map<Key, unknown>();
  for (const { key, value } of document.contents.items) {
    const line = isScalar(key) && key.range ? lineAt(key.range[0]) : first;
    const name = isScalar(key) ? String(key.value) : '';
    if (!isKey(name)) {
      const meant = nearest(name, KEYS);
      const guess = meant ? ` (did you mean ${meant}?)` : '';
      mistakes.add(
        line,
        `The front matter has “${shortened(name)}”, which is not known${guess}; there are ${KEYS.join(', ')}.`,
      );
      continue;
    }
    const content = isScalar(value) ? value.value : null;
    const problem = problemOf[name](content);
    if (problem) mistakes.add(line, `${name} ${problem}.`.replace(/^(level|kind) “/, '“'));
    found.set(name, problem ? NOTHING[name] : content);
  }
  for (const key of NEEDED)
    if (!found.has(key))
      mistakes.add(first, `The front matter has no ${key}, as in ${key}: ${EXAMPLES[key]}.`);
  return { ...NOTHING, ...Object.fromEntries(found) };
}
