import type { Cell } from './map';

/** A batch as text: its sequences one below the other, each in as many lines as it needs. */
export interface TextPlace {
  left: number;
  top: number;
  /** Of a cell. */
  width: number;
  height: number;
  /** Tokens of a sequence, to a line of it, and lines of it. */
  tokens: number;
  perLine: number;
  lines: number;
  /** Sequences that are shown. */
  sequences: number;
}

/** Pixels between two sequences. */
export const BETWEEN = 5;

/** Tokens to a line where a width has room for so many: lines of one sequence are about equally long. */
export function brokenEvenly(tokens: number, most: number): { perLine: number; lines: number } {
  const lines = Math.max(1, Math.ceil(tokens / Math.max(1, most)));
  return { perLine: Math.max(1, Math.ceil(tokens / lines)), lines };
}

/** y of a sequence’s first line. */
export const topOf = ({ top, lines, height }: TextPlace, sequence: number): number =>
  top + sequence * (lines * height + BETWEEN);

export const heightOf = (place: TextPlace): number =>
  topOf(place, place.sequences) - place.top - BETWEEN;

/** The place of a token’s cell. */
export const cellPlace = (place: TextPlace, { row, column }: Cell) => ({
  x: place.left + (column % place.perLine) * place.width,
  y: topOf(place, row) + Math.floor(column / place.perLine) * place.height,
});

/** The token at a place; null beside all. */
export function tokenAt(place: TextPlace, x: number, y: number): Cell | null {
  const { left, top, width, height, lines, perLine, tokens, sequences } = place;
  const row = Math.floor((y - top) / (lines * height + BETWEEN));
  const line = Math.floor((y - topOf(place, row)) / height);
  const column = line * perLine + Math.floor((x - left) / width);
  const isInLine = x >= left && x < left + perLine * width && line >= 0 && line < lines;
  return row >= 0 && row < sequences && isInLine && column < tokens ? { row, column } : null;
}
