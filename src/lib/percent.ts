/** A share as a percentage with its sign: 27 %, 3.1 %, 0.045 %, 0 %; the sign stays on the number's line. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return Number.isNaN(share) ? 'NaN' : '∞';
  const value = 100 * share;
  if (value === 0) return '0\u00A0%';
  if (Math.abs(value) < 1e-3) return 'under 0.001\u00A0%';
  const text = Math.abs(value) >= 10 ? value.toFixed(0) : Number(value.toPrecision(2)).toString();
  return `${text}\u00A0%`;
}
