import * as tf from '@tensorflow/tfjs-core';
import type { TapeDeck, Replay } from '../kernels/tape/tape';
import type { Begin } from '../lib/progress';
import type { Work } from '../protocol/engine';
import { graphKey } from './graphKey';
import { stepInputs, uploaded } from './inputs';
import { measure } from './measure';
import { lengthOf, passUnwatched } from './pass';
import { disposeRenewed, namedTensors, type Trained } from './state';
import { plainSteps, type Step, type Steps, type Taken } from './steps';
import { createTapes, type Taped } from './tapes';

const VALUES = 'values';

/** Replays of a measured graph before the time of measuring is first taken. */
const FIRST_TIMED = 10;
/** Timing interval, in replays: while the time is unknown, and once it is known. */
const INTERVAL = { unknown: 50, known: 250 };
/** Steps with and without measuring in a timing; the quickest of each count, as other work only ever delays. */
const ROUNDS = 3;

/**
 * Time that measuring adds, from the ends of steps: one, then ROUNDS bare ones, then ROUNDS measured ones. Null
 * where noise hides it.
 */
export function addedIn(ends: number[]): number | null {
  const took = ends.slice(1).map((end, i) => end - ends[i]!);
  const added = Math.min(...took.slice(ROUNDS)) - Math.min(...took.slice(0, ROUNDS));
  return added > 0 ? added : null;
}

/**
 * Steps that are recorded on a tape once for each graph, and then replayed. The state is changed where it lies;
 * tapes follow it when it is replaced. They hold up to `mostBytes` of memory.
 */
export function tapedSteps(deck: TapeDeck, mostBytes: number, begin: Begin<Work>): Steps {
  const plain = plainSteps(begin);
  const tapes = createTapes(mostBytes);
  const refused = new Set<string>();
  /** Graphs of the last two steps, the newest last. */
  let recent: string[] = [];
  /** Spent in recording since the last replay; null where there was nothing to record. */
  let recordingMs: number | null = null;

  const keyOf = ({ plan, values }: Step, isMeasured: boolean) =>
    graphKey(plan, values.step, isMeasured);

  function record({ plan, state, values }: Step, isMeasured: boolean): Taped | null {
    const began = performance.now();
    const inputs = uploaded(values);
    // A deck that does not record at once runs the step twice. The replay that follows takes about half of a run.
    const runs = deck.recordsAtOnce ? 1 : 2;
    const advance = begin('recording', (runs + 0.5) * lengthOf(plan));
    let places: number[][] = [];
    try {
      const tape = deck.record(namedTensors(state), inputs, (take) => {
        const given = stepInputs(values.step, inputs);
        let next: Trained;
        if (isMeasured) {
          const measured = measure(plan, state, given, advance);
          ({ places, next } = measured);
          take(VALUES, measured.values);
        } else next = passUnwatched(plan, state, given, advance);
        for (const [name, tensor] of Object.entries(namedTensors(next))) take(name, tensor);
        disposeRenewed(next, state);
      });
      return tape && { tape, places, replays: 0, statisticsMs: null };
    } finally {
      recordingMs = (recordingMs ?? 0) + performance.now() - began;
      tf.dispose(Object.values(inputs));
    }
  }

  /** The tape of a step’s graph, recorded now if need be; null where there can be none. */
  function tapeOf(step: Step, isMeasured: boolean): Taped | null {
    const key = keyOf(step, isMeasured);
    const taped = tapes.use(key, () => record(step, isMeasured));
    if (!taped) refused.add(key);
    return taped;
  }

  function replay(taped: Taped, { state, values }: Step, how: Omit<Replay, 'arrays'>) {
    taped.replays++;
    return taped.tape.replay({ arrays: values.arrays, ...how }, namedTensors(state))();
  }

  function taken({ tape }: Taped): Taken {
    const compileMs = recordingMs;
    recordingMs = null;
    return { next: null, compileMs, replayed: true, threads: tape.threads };
  }

  /**
   * The step is to run from a tape. A deck that does not record at once waits until a graph comes
   * again within two steps; but once there are tapes of this state all steps are recorded, as any other would
   * put another state in its place.
   */
  function isTaped(step: Step, isMeasured: boolean): boolean {
    const key = keyOf(step, isMeasured);
    if (refused.has(key)) return false;
    tapes.keepFitting(step.state);
    const comesAgain = recent.includes(key);
    recent = [...recent.slice(-1), key];
    return deck.recordsAtOnce || comesAgain || !tapes.isEmpty();
  }

  /** The tape of the bare step, where the time of measuring is due and there is room for both tapes. */
  function bareTape(step: Step, measured: Taped | undefined): Taped | null {
    if (!measured || 2 * measured.tape.bytes > mostBytes) return null;
    const interval = measured.statisticsMs === null ? INTERVAL.unknown : INTERVAL.known;
    return measured.replays % interval === FIRST_TIMED ? tapeOf(step, false) : null;
  }

  /** Replays of which nothing is kept or read. @returns when each was done */
  const rehearse = (taped: Taped, step: Step, times: number) =>
    Array.from({ length: times }, () => {
      void replay(taped, step, { commit: false, read: null });
      return deck.done();
    });

  return {
    measure(step, commits) {
      if (!isTaped(step, true)) return plain.measure(step, commits);
      const bare = bareTape(step, tapes.get(keyOf(step, true)));
      const taped = tapeOf(step, true);
      if (!taped) return plain.measure(step, commits);
      const rehearsed = bare && [
        ...rehearse(bare, step, ROUNDS + 1),
        ...rehearse(taped, step, ROUNDS - 1),
      ];
      const values = replay(taped, step, { commit: commits, read: VALUES });
      if (rehearsed) {
        Promise.all([...rehearsed, deck.done()]).then(
          (ends) => (taped.statisticsMs = addedIn(ends) ?? taped.statisticsMs),
          () => {}, // a device that is lost has no time
        );
      }
      const statisticsMs = () => taped.statisticsMs;
      return { ...taken(taped), values, places: taped.places, statisticsMs };
    },
    advance(step) {
      const taped = isTaped(step, false) ? tapeOf(step, false) : null;
      if (!taped) return plain.advance(step);
      void replay(taped, step, { commit: true, read: null });
      return taken(taped);
    },
    dispose: tapes.dispose,
  };
}
