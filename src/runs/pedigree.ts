import { sameConfig, type Pedigree } from './link';
import type { Change } from './run';
import { engineStep, type Fork, type Lane } from './state';

/** All that a run was given before a step made it what it is by then. */
const givenBefore = (changes: readonly Change[], step: number) =>
  changes.filter((change, i) => i === 0 || change.step < step);
const isSame = (a: Change, b: Change | undefined) =>
  a === b || (a.step === b?.step && a.weights === b.weights && sameConfig(a.config, b.config));

/** The lane that a lane goes on from, for as long as it is there with that run: its letter may be another's by now. */
export function originOf({ fork, changes }: Lane, lanes: readonly Lane[]): Lane | null {
  const other = fork && lanes.find(({ id }) => id === fork.of);
  if (!other || engineStep(other) < fork.step) return null;
  const mine = givenBefore(changes, fork.step);
  const its = givenBefore(other.changes, fork.step);
  const isIts = mine.length === its.length && mine.every((change, i) => isSame(change, its[i]));
  return isIts ? other : null;
}

/** The pedigree of a run at one of its steps: before it went on from another, it is that other's. */
export const pedigreeAt = (fork: Fork | null, step: number): Fork | null =>
  fork && step < fork.step ? pedigreeAt(fork.before, step) : fork;

/** Where lanes went on from, by their places; null where the other is no more. */
export const pedigreesOf = (lanes: readonly Lane[]): (Pedigree | null)[] =>
  lanes.map((lane) => {
    const origin = originOf(lane, lanes);
    return origin && { of: lanes.indexOf(origin), step: lane.fork!.step };
  });
