import { formatCount } from '../../plot/format';
import { originOf } from '../../runs/pedigree';
import type { Lane } from '../../runs/state';

/** Where a lane goes on from: by its letter while that lane is there with that run, else by the name that it had. */
export function fromWhere(lane: Lane, lanes: readonly Lane[]): string | null {
  const { fork } = lane;
  if (!fork) return null;
  const letter = fork.of.toUpperCase();
  return originOf(lane, lanes) ? `lane ${letter}` : fork.name || `a lane ${letter}`;
}

/** The same in a sentence; null where the lane began at step 0. */
export function pedigreeSentence(lane: Lane, lanes: readonly Lane[]): string | null {
  const { fork } = lane;
  if (!fork) return null;
  const letter = fork.of.toUpperCase();
  const named = [`lane ${letter}`, fork.name].filter(Boolean).join(', ');
  const step = formatCount(fork.step);
  return originOf(lane, lanes)
    ? `Up to step ${step} its run is that of ${named}; from there it goes on by itself.`
    : `Up to step ${step} its run is that of what was ${named}, by then. That lane is gone, or has another run now.`;
}
