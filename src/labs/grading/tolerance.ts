import type { Measurement } from '../../protocol/frame';
import { inLayer, numberOf } from '../../protocol/read';
import type { Evidence } from '../evidence';
import type { ReadingNode } from '../language/expression';

/** Two backends round differently at step 0, and what they train from there on goes apart. */
const AT_START = 1e-3;
const AT_100 = 0.02;
const LATER = 0.05;

/** The share of a number by which the same run may differ on another device, at a step. Measured in docs/labs.md. */
export const toleranceAt = (step: number): number =>
  step > 100 ? LATER : AT_START + ((AT_100 - AT_START) * step) / 100;

/** Numbers of these differ by rounding even where they are next to nothing: the size that a share is taken of, at least. */
const LEAST: Partial<Record<string, number>> = {
  loss: 0.05,
  entropy: 0.05,
  token_cosine: 0.05,
  accuracy: 0.05,
};

/** The size that the difference of a reading is a share of. A mean is next to nothing beside what it is the mean of. */
function leastOf(node: ReadingNode, measured: Measurement | null): number {
  const { quantity, layers } = node;
  if (quantity.statistic !== 'mean' || !measured) return LEAST[quantity.statistic] ?? 0;
  const rms = { ...quantity, statistic: 'rms' } as typeof quantity;
  const at = typeof layers === 'number' ? inLayer(rms, layers) : rms;
  return numberOf(measured, at) ?? 0;
}

/** The gradient of the bias of keys is 0 but for rounding, and Adam makes steps of it all the same. */
const IS_ROUNDING = /(^|\.)bk$/;

/** A number that is not finite on one device may still be so, and huge, on another. */
const HUGE = 1e15;
/** A run that a change of a millionth moves by so much may be moved by so many times as much by rounding, */
const SPREAD = 10;
/** and no further than by this factor: else a run that explodes would prove anything. */
const FURTHEST = 3;

export interface Compared {
  reported: number;
  again: number;
  /** The same reading of the run with its learning rate changed by a millionth up and down; empty where nobody asked. */
  shaken: readonly number[];
}

/** Tests if a reported number can be that of the run which was made again. */
export function isClose(
  { reported, again, shaken }: Compared,
  node: ReadingNode,
  evidence: Evidence,
): boolean {
  const all = [again, ...shaken];
  if (!Number.isFinite(reported)) return all.some((one) => !(Math.abs(one) < HUGE));
  const finite = all.filter(Number.isFinite);
  if (!finite.length) return Math.abs(reported) > HUGE;
  if (IS_ROUNDING.test(node.quantity.place)) return true;
  const run = evidence[node.lane];
  const step = node.isTheory ? 0 : node.step === 'now' ? (run?.step ?? 0) : node.step;
  const least = leastOf(node, run?.measured(step) ?? null);
  const sizeOf = (one: number) => Math.max(Math.abs(one), Math.abs(reported), least);
  const spread = Math.max(0, ...shaken.map((one) => Math.abs(one - finite[0]!) || 0));
  const isNear = (one: number) =>
    sizeOf(one) <= FURTHEST * Math.max(least, Math.min(Math.abs(one), Math.abs(reported)));
  return finite.some((one) => {
    const off = Math.abs(reported - one);
    return off <= toleranceAt(step) * sizeOf(one) || (off <= SPREAD * spread && isNear(one));
  });
}
