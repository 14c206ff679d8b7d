import { ENTRIES, KINDS, type Entry, type Kind } from '../../config/glossary';

/** Entries of one kind, in the order in which they are shown. */
export interface Group {
  kind: Kind;
  entries: readonly Entry[];
}

const lower = (text: string) => text.toLowerCase();
const namesOf = ({ title, code = '', also }: Entry) => lower([title, code, ...also].join(' '));

const ORDERED: readonly Group[] = (Object.keys(KINDS) as Kind[]).map((kind) => {
  const entries = ENTRIES.filter((entry) => entry.kind === kind);
  // Registries have an order of their own.
  return {
    kind,
    entries:
      kind === 'word' ? entries.toSorted((a, b) => a.title.localeCompare(b.title, 'en')) : entries,
  };
});

/** Every entry in which all words of a query stand, those that have them in their names first. */
export function found(query: string): readonly Group[] {
  const words = lower(query).split(/\s+/).filter(Boolean);
  if (!words.length) return ORDERED;
  const isIn = (text: string) => words.every((word) => text.includes(word));
  return ORDERED.flatMap(({ kind, entries }) => {
    const named = entries.filter((entry) => isIn(namesOf(entry)));
    const told = entries.filter(
      (entry) =>
        !named.includes(entry) && isIn(lower(`${namesOf(entry)} ${entry.of ?? ''} ${entry.note}`)),
    );
    return named.length + told.length ? [{ kind, entries: [...named, ...told] }] : [];
  });
}
