import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import type { Block, Lab, LabStep } from './lab';

/** A number that a lab prints, with what it is of. */
export interface PrintedValue {
  step: LabStep;
  line: number;
  /** As it is printed. */
  words: string;
  /** The expression that it is measured by. */
  of: string;
  /** The page that it is measured on; null for that of its step. */
  page: string | null;
  /** How far it may be off, as `2%` or `0.05`; null for its own digits. */
  within: string | null;
}

const contentsOf = (block: Block): Root[] => {
  switch (block.kind) {
    case 'reveal':
      return block.blocks.flatMap(contentsOf);
    case 'predict': {
      const options = block.asks.kind === 'choice' ? block.asks.options : [];
      return [block.content, ...options.map(({ text }) => text)];
    }
    case 'check':
      return [block.content, ...block.hints];
    default:
      return [block.content];
  }
};

/** The words of a tree. */
export function wordsOf(tree: Root | Element): string {
  let words = '';
  visit(tree, 'text', ({ value }) => void (words += value));
  return words;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Every number of a lab that is measured, in the order of the lab. */
export const printedValues = (lab: Lab): PrintedValue[] =>
  lab.steps.flatMap((step) =>
    step.blocks.flatMap(contentsOf).flatMap((tree) => {
      const found: PrintedValue[] = [];
      visit(tree, 'element', (element) => {
        if (element.tagName !== 'lab-value') return;
        const { of, page, within } = element.properties;
        found.push({
          ...{ step, line: element.position?.start.line ?? step.line, words: wordsOf(element) },
          ...{ of: textOf(of) ?? '', page: textOf(page), within: textOf(within) },
        });
      });
      return found;
    }),
  );

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const NUMBER =
  /([-−]?)(\d+(?:,\d{3})*)(?:\.(\d+))?(?:\s*[×·]\s*10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|[eE]([-−+]?\d+))?(\s*%)?/;

const exponentOf = (superscript: string): number =>
  Number([...superscript].map((c) => (c === '⁻' ? '-' : SUPERSCRIPTS.indexOf(c))).join(''));

/** A printed number, and half of its last place: 3.3 is anything from 3.25 to 3.35. Null where words have no number. */
export function readPrinted(words: string): { value: number; half: number } | null {
  const found = NUMBER.exec(words);
  if (!found) return null;
  const [, sign, whole = '', decimals = '', superscript, power, percent] = found;
  const exponent =
    (superscript ? exponentOf(superscript) : Number((power ?? '0').replace('−', '-'))) -
    (percent ? 2 : 0);
  const digits = `${whole.replaceAll(',', '')}${decimals && '.'}${decimals}`;
  return {
    value: Number(`${sign ? '-' : ''}${digits}e${exponent}`),
    half: 0.5 * 10 ** (exponent - decimals.length),
  };
}

/** The last digits of a computation are no fault of what is printed. */
const SLACK = 1e-6;

/** Tests if a printed number is that which was measured, within its digits or as the lab says. */
export function isCurrent(
  { words, within }: Pick<PrintedValue, 'words' | 'within'>,
  measured: number,
): boolean {
  const printed = readPrinted(words);
  if (!printed) return false;
  const { value, half } = printed;
  const share = within?.endsWith('%') ? parseFloat(within) / 100 : null;
  const allowed =
    share !== null ? share * Math.abs(measured) : within === null ? half : Number(within);
  return Math.abs(value - measured) <= allowed + SLACK * Math.abs(measured);
}
