import type { Lane } from '../../../runs/state';
import { ASSUMPTIONS, atMoment, type Moment, type Verdict } from '../../../theory/assumptions';
import type { Predicted } from '../../../runs/theory/predicted';

export const statementOf = (id: string): string =>
  ASSUMPTIONS.find((assumption) => assumption.id === id)?.statement ?? '';

const momentOf = ({ shown, changes }: Lane): Moment => ({
  step: shown?.frame.step ?? 0,
  hasOwnWeights: changes.some(({ weights }) => weights),
});

/** Every assumption of a prediction, judged at the moment that a lane shows: theory is of step 0, and the lane may not be. */
export const verdictsOf = (lane: Lane, { config, prediction }: Predicted): Verdict[] =>
  atMoment(prediction?.assumptions ?? [], { config, moment: momentOf(lane) });

/** Failing assumptions that are named at once. */
const NAMED = 2;

/** “width 64 < 128, 12 updates have been made, 1 more”. */
export const counted = (reasons: readonly string[]): string =>
  [
    ...reasons.slice(0, NAMED),
    ...(reasons.length > NAMED ? [`${reasons.length - NAMED} more`] : []),
  ].join(', ');

/** All that fails, each in a few words. */
export const failing = (verdicts: readonly Verdict[]): string[] =>
  verdicts.flatMap(({ brief }) => brief ?? []);
