import type { Choice } from '../../choice';

/** A word of the field, or of this page, that no registry explains. Its key is the word itself. */
export interface Word extends Pick<Choice, 'formula' | 'note' | 'source'> {
  /** Other forms that mean the same; plurals in -s and -ies are known without being named. */
  also?: readonly string[];
  /** Too common a word to be marked in sentences: it is found in the glossary and where an author marks it. */
  isPlain?: true;
}

export const words = <Term extends string>(entries: Record<Term, Word>): Record<string, Word> =>
  entries;
