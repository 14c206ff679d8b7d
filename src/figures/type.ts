import { splitSuperscripts } from '../plot/format';
import { element, type Element } from './tree';

/** The page's face, then those that come with systems and are about as wide. */
export const FACES =
  "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

export interface Style {
  size: number;
  weight?: number;
  colour: string;
}

type Anchor = 'start' | 'middle' | 'end';
const SHARES: Record<Anchor, number> = { start: 0, middle: 0.5, end: 1 };

interface Placed extends Style {
  text: string;
  /** Of its left end, and the baseline. */
  x: number;
  y: number;
  /** Its length in the page's face, in pixels: in another one it is made to fit. */
  length: number;
  anchor?: Anchor;
  /** Attributes of its own. */
  more?: Record<string, string>;
}

/** A text that takes the same place in any face. */
export function textAt({
  text,
  x,
  y,
  length,
  anchor = 'start',
  more = {},
  ...style
}: Placed): Element {
  return element(
    'text',
    {
      x: x + length * SHARES[anchor],
      y,
      'text-anchor': anchor === 'start' ? undefined : anchor,
      textLength: length,
      lengthAdjust: 'spacingAndGlyphs',
      'font-family': FACES,
      'font-size': style.size,
      'font-weight': style.weight && style.weight !== 400 ? String(style.weight) : undefined,
      fill: style.colour,
      ...more,
    },
    [text],
  );
}

let measuring: CanvasRenderingContext2D | null = null;

function lengthOfRun(text: string, { size, weight = 400 }: Style): number {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (!measuring) return text.length * size * 0.55;
  const face = getComputedStyle(document.body).fontFamily;
  measuring.font = `${weight} ${size}px ${face}`;
  return measuring.measureText(text).width;
}

/** Of an exponent: its size, and how far it stands above the line, in units of the text's size. */
const RAISED = { size: 0.8, lift: 0.37 };

/** A text cut at its exponents, which are drawn as raised digits: few faces have such characters. */
const runsOf = (text: string, style: Style) =>
  splitSuperscripts(text).map((run) => {
    const own = run.raised ? { ...style, size: style.size * RAISED.size } : style;
    return { ...run, style: own, length: lengthOfRun(run.text, own) };
  });

/** Length of a text in the page's face, in pixels. */
export const lengthOf = (text: string, style: Style): number =>
  runsOf(text, style).reduce((sum, { length }) => sum + length, 0);

/** A line of text from its left end. */
export function lineAt(text: string, x: number, y: number, style: Style): Element[] {
  let at = x;
  return runsOf(text, style).map(({ text, raised, style: own, length }) => {
    const [from, lift] = [at, raised ? style.size * RAISED.lift : 0];
    at += length;
    return textAt({ ...own, text, x: from, y: y - lift, length });
  });
}

/** Breaks a text between words into lines no longer than `width`. */
export function brokenInto(text: string, width: number, style: Style): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && lengthOf(longer, style) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
