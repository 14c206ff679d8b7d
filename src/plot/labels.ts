import { remembering } from '../lib/remembering';

/**
 * Heights for the middles of labels that each want to stand at a certain one, clear of one another, between
 * `top` and `bottom`, moved as little as possible (least squares: labels that collide form a block around
 * the mean of what they want). `size` is what one takes with the gap around it, or what each takes.
 */
export function spreadLabels(
  wanted: readonly number[],
  size: number | readonly number[],
  [top, bottom]: readonly [number, number],
): number[] {
  const sizeOf = (label: number) => (typeof size === 'number' ? size : size[label]!);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const offsets: number[] = [];
  order.forEach((label, rank) => {
    const before = rank > 0 ? (sizeOf(order[rank - 1]!) + sizeOf(label)) / 2 : 0;
    offsets.push((offsets.at(-1) ?? 0) + before);
  });
  // With the gaps taken out, "clear of one another" becomes "not out of order".
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((label, rank) => {
    blocks.push({ sum: wanted[label]! - offsets[rank]!, count: 1 });
    for (let i = blocks.length - 1; i > 0 && mean(blocks[i - 1]!) > mean(blocks[i]!); i--) {
      const last = blocks.pop()!;
      blocks[i - 1]!.sum += last.sum;
      blocks[i - 1]!.count += last.count;
    }
  });
  const highest = Math.max(top, bottom - (offsets.at(-1) ?? 0));
  const placed: number[] = new Array(wanted.length).fill(0);
  let rank = 0;
  for (const block of blocks) {
    const at = Math.min(Math.max(mean(block), top), highest);
    for (let i = 0; i < block.count; i++, rank++) placed[order[rank]!] = at + offsets[rank]!;
  }
  return placed;
}

const mean = ({ sum, count }: { sum: number; count: number }) => sum / count;

/** Widths of characters in the sans face, in units of its size: good to a few per cent. */
const WIDTHS: [RegExp, number][] = [
  [/[0-9]/, 0.62],
  [/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/, 0.5],
  [/[iljI.,:;'|!]/, 0.27],
  [/[ftr()\-/ ·]/, 0.36],
  [/[mwMW]/, 0.86],
  [/[A-Z√×−±∞]/, 0.67],
];
const widthOf = remembering(
  (character: string) => WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? 0.57,
);

/** About how wide a text is, without asking the page. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((sum, character) => sum + widthOf(character), 0) * size;

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function ellipsized(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = text;
  while (kept && textWidth(`${kept}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** The text in as many lines as it needs, two at the most, broken between words; what is too long is cut. */
export function wrapped(text: string, width: number, size: number): string[] {
  if (textWidth(text, size) <= width) return [text];
  const words = text.split(' ');
  const fitting = words.findLastIndex(
    (_, i) => textWidth(words.slice(0, i + 1).join(' '), size) <= width,
  );
  const first = words.slice(0, fitting + 1).join(' ');
  // The sign between two parts of a name goes with the end of the line.
  const rest = words
    .slice(fitting + 1)
    .join(' ')
    .replace(/^· /, '');
  return [first, rest].filter(Boolean).map((line) => ellipsized(line, width, size));
}
