import { ENTRIES, type Entry } from './entries';

/** Names of registries that are one lower-case word, and yet no everyday one. */
const TELLING = new Set(
  'accuracy autocast dropout entropy kurtosis logits muon overflow placement seed sink softmax underflow'.split(
    ' ',
  ),
);

/** A name without what may be written in more than one way. */
const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, ' ');

/** Names that mean something else in most sentences. */
const AMBIGUOUS = new Set(['attention alone', 'changes weights', 'GPT-2', 'MLP alone'].map(plain));
/** Everyday words, but for their capitals. */
const EVERYDAY = new Set(['residual', 'residuals', 'rope', 'ropes']);
/** What holds a term in another sense. */
const OTHERWISE = [
  'baseline of a sink',
  'floor of float32',
  'floor of the entropy',
  'own head',
  'token streams',
].map(plain);

/** Names that stand out from everyday English: of several words, with a sign, a digit or a capital within. */
const standsOut = (name: string): boolean => /[\s_.-]|.[A-Z\d]|[^\x20-\x7e]/.test(name);

const isMarked = ({ kind, isPlain }: Entry, name: string): boolean =>
  !isPlain &&
  !AMBIGUOUS.has(plain(name)) &&
  (kind === 'word' || standsOut(name) || TELLING.has(plain(name)));

/** The regular plural. */
function plural(name: string): string | null {
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, 'ies');
  if (/(x|sh|ch)$/.test(name)) return `${name}es`;
  return name.endsWith('s') ? null : `${name}s`;
}

const namesOf = ({ title, code, also }: Entry): string[] => [
  ...new Set([title, ...(code === undefined ? [] : [code]), ...also]),
];

interface Form {
  text: string;
  entry: Entry;
  /** It is marked in sentences. */
  marks: boolean;
}

const forms: readonly Form[] = ENTRIES.flatMap((entry) =>
  namesOf(entry).map((text) => ({ text, entry, marks: isMarked(entry, text) })),
);
const plurals: readonly Form[] = forms.flatMap((form) => {
  const text = plural(form.text);
  return text === null ? [] : [{ ...form, text }];
});

/** Entries by name: titles, codes and other forms before plurals, and of several the first. */
function byName(marked: boolean): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const { text, entry, marks } of [...forms, ...plurals])
    if ((marks || !marked) && !found.has(plain(text))) found.set(plain(text), entry);
  return found;
}

const ALL = byName(false);
const MARKED = byName(true);

/** Every name that the glossary knows, as it is written. */
export const NAMES: readonly string[] = [...new Set(forms.map(({ text }) => text))];

/** What the page says of a term, by its name, its name in code, or its plural. */
export const explanationOf = (term: string): Entry | undefined => ALL.get(plain(term));

/** The entry that a link names. */
export const entryOf = (id: string): Entry | undefined => ENTRIES.find((one) => one.id === id);

const escaped = (text: string) =>
  text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`[\s_-]+`);

/** Whole words alone, the longest first. */
const PATTERN = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])(?:${[...MARKED.keys(), ...OTHERWISE]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})(?![\p{L}\p{N}_])`,
  'giu',
);

/** A part of a text: a term as it stands there, or what is between terms. */
export interface Part {
  text: string;
  entry?: Entry;
}

/**
 * A text taken apart at its terms, each where it comes first.
 *
 * @param known terms that need no explanation there
 */
export function partsOf(text: string, known: readonly string[] = []): Part[] {
  const told = new Set(known.map((term) => explanationOf(term)?.id));
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(PATTERN)) {
    const entry = EVERYDAY.has(found) ? undefined : MARKED.get(plain(found));
    if (!entry || told.has(entry.id)) continue;
    told.add(entry.id);
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: found, entry });
    end = index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
