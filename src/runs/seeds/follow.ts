import { sameConfig } from '../link';
import type { Change } from '../run';
import { seeded } from './samples';

/** The state of an engine's model: the step at which it stands, the last one measured, and all that it was given. */
export interface Whereabouts {
  at: number;
  measured: number;
  changes: readonly Change[];
  text: string;
}

/** From step 0 with the first settings, with further settings, one step on, or measured where it stands. */
export type Move = 'begin' | Change | 'step' | 'probe';

/**
 * The next move of an engine that does under another seed what a lane did; null where it is level with the lane. What it
 * has behind it that the lane has not, it cannot undo: it begins anew.
 *
 * @param after the seeds by which its own follows the lane's
 */
export function nextMove(own: Whereabouts, lane: Whereabouts, after: number): Move | null {
  const next = lane.changes[own.changes.length];
  const isSame = own.changes.every(({ step, config }, i) => {
    const wanted = lane.changes[i];
    return wanted?.step === step && sameConfig(seeded(wanted.config, after), config);
  });
  const isPast = own.at > Math.min(lane.at, next?.step ?? Infinity);
  if (own.changes.length === 0 || own.text !== lane.text || !isSame || isPast) return 'begin';
  if (next?.step === own.at) return next;
  if (own.at < lane.at) return 'step';
  return lane.measured === lane.at && own.measured !== own.at ? 'probe' : null;
}

/** Steps that it is behind the lane, or has to make again. */
export const stepsBehind = (own: Whereabouts, lane: Whereabouts, after: number): number =>
  nextMove(own, lane, after) === 'begin' ? lane.at : lane.at - own.at;
