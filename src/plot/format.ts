import { formatSignificant, grouped, MINUS, notFinite, SUPERSCRIPTS } from '../lib/significant';

export { formatPower, formatSignificant } from '../lib/significant';

const RAISED: Record<string, string> = { '⁻': MINUS };
[...SUPERSCRIPTS].forEach((character, digit) => (RAISED[character] = String(digit)));

/** A whole number with its thousands apart from 10,000 up, as step counts are. */
export const formatCount = (n: number): string =>
  n < 0 ? MINUS + formatCount(-n) : n < 1e4 ? n.toFixed(0) : grouped(n);

/** Every digit that a single-precision number has, for tooltips. */
export const formatExact = (value: number): string =>
  Number.isFinite(value)
    ? String(Number(value.toPrecision(8))).replace('-', MINUS)
    : notFinite(value);

/** A tick of a linear axis whose ticks are `step` apart: as many decimals as the step needs. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || step < 1e-4) {
    const powers = Math.floor(Math.log10(size) + 1e-9) - Math.floor(Math.log10(step) + 1e-9);
    return formatSignificant(value, Math.max(0, powers) + 1);
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (value < 0 ? MINUS : '') + size.toFixed(decimals);
}

export interface Run {
  text: string;
  raised: boolean;
}

/**
 * Text cut into runs at its superscript characters, which come back as ordinary digits to be raised by
 * whoever draws them: few typefaces have all eleven of those characters in one design.
 */
export function splitSuperscripts(text: string): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const raised = character in RAISED;
    const plain = raised ? RAISED[character]! : character;
    const last = runs.at(-1);
    if (last?.raised === raised) last.text += plain;
    else runs.push({ text: plain, raised });
  }
  return runs;
}
