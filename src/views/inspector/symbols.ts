import type { Spot } from '../../inspect/readings';

/** Characters that leave no ink, as ones that do. */
const VISIBLE: Record<string, string> = { ' ': '␣', '\n': '⏎', '\t': '⇥', '\r': '␍', '': '∅' };

/** A symbol’s text with every character to be seen. */
export const visible = (text: string): string =>
  text === ''
    ? VISIBLE['']!
    : [...text].map((character) => VISIBLE[character] ?? character).join('');

/** The text of a symbol; null where there are no symbols, or none of this number. */
export const symbolText = (
  vocabulary: readonly string[],
  symbol: number | null | undefined,
): string | null => {
  const text = symbol === null || symbol === undefined ? undefined : vocabulary[symbol];
  return text === undefined ? null : visible(text);
};

/** “the” (12); without a symbol, position 12. */
export function tokenName(
  vocabulary: readonly string[],
  symbol: number | null | undefined,
  position: number,
): string {
  const text = symbolText(vocabulary, symbol);
  return text === null ? `position ${position}` : `“${text}” (${position})`;
}

/** The same with its sequence. */
export const spotName = (vocabulary: readonly string[], { sequence, position, symbol }: Spot) =>
  `${tokenName(vocabulary, symbol, position)} of sequence ${sequence}`;
