import { explanationOf, NAMES } from '../../config/glossary';
import { nearest, shortened } from '../../lib/words';

/** The reason why a term cannot be one; null of what the glossary explains. */
export function termProblem(term: string): string | null {
  if (explanationOf(term)) return null;
  const meant = nearest(term, NAMES);
  const guess = meant ? ` (did you mean ${meant}?)` : '';
  return `“${shortened(term)}” is no term of the glossary${guess}; other words need no :term[…].`;
}
