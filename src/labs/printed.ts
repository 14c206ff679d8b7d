import type { PrintedValue } from './walk';

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
  { printed: words, within }: Pick<PrintedValue, 'printed' | 'within'>,
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
