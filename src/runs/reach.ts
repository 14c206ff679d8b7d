import { counted } from '../lib/words';
import { lastOf } from '../lib/timeSeries';
import type { Lane } from './state';

type Kept = Pick<Lane, 'id' | 'checkpoints'>;

/** Lanes that recorded a step and went on: those that can go back to it, as far as their checkpoints lead there. */
export const beyond = (lanes: readonly Lane[], step: number): Lane[] =>
  lanes.filter(
    ({ engine, loss }) =>
      engine.status === 'ready' &&
      (loss.records[0]?.step ?? Infinity) <= step &&
      (lastOf(loss)?.step ?? -1) > step,
  );

/** A checkpoint of a lane leads to a step of its run. */
export const leadsTo = ({ checkpoints }: Pick<Lane, 'checkpoints'>, step: number): boolean =>
  checkpoints.some((at) => at <= step);

/** Why some of these lanes cannot stand at a step again; null where all can. */
export function unreachable(lanes: readonly Kept[], step: number): string | null {
  const cut = lanes.find((lane) => !leadsTo(lane, step));
  if (!cut) return null;
  const [from] = cut.checkpoints;
  const earliest = from === undefined ? '' : `; the earliest one is of step ${counted(from)}`;
  return `No checkpoint of lane ${cut.id.toUpperCase()} is left that leads to step ${counted(step)}${earliest}.`;
}
