import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parseInterventions } from '../config/interventions';
import type { TapeDeck, Tape, Replay } from '../kernels/tape/tape';
import { stepInputs, uploaded, type StepValues } from './inputs';
import { measure } from './measure';
import { pass, UNWATCHED, type State, type Trained } from './pass';
import type { Plan } from './plan';
import { letGo, plainSteps, type Steps, type Taken } from './steps';

/** Settings that reach a pass as tensors: a change of one is another step of the same graph. */
const AS_TENSORS = new Set(['lr', 'schedule', 'warmup_steps', 'schedule_steps']);

/** What a configuration fixes of its graphs, but for interventions, which come and go. */
const fixed = new WeakMap<Plan, string>();
function fixedBy(plan: Plan): string {
  const known = fixed.get(plan);
  if (known) return known;
  const { interventions: _, ...rest } = plan.config;
  const settings = Object.entries(rest).filter(([name]) => !AS_TENSORS.has(name));
  const made = JSON.stringify([settings, plan.task?.vocabulary.length]);
  fixed.set(plan, made);
  return made;
}

/** All that fixes the graph of a step: two steps with the same key differ in their inputs alone. */
export function graphKey(plan: Plan, step: number, isMeasured: boolean): string {
  const { interventions } = parseInterventions(plan.config.interventions);
  const active = interventions.filter(({ steps }) => step >= steps.from && step <= steps.to);
  const acting = JSON.stringify(active.map(({ steps: _, ...one }) => one));
  return `${fixedBy(plan)}${acting}${isMeasured}`;
}

/** The tensors of a state by name. */
function named({
  buffers,
  constants,
  ...single
}: Trained & Partial<State>): Record<string, Tensor> {
  const under = (folder: string, tensors: Record<string, Tensor> = {}) =>
    Object.entries(tensors).map(([name, tensor]) => [`${folder}/${name}`, tensor]);
  return {
    ...single,
    ...Object.fromEntries([...under('buffers', buffers), ...under('constants', constants)]),
  };
}

/** The result that is read back. */
const VALUES = 'values';

/** A recorded graph. */
interface Graph {
  recording: Tape;
  places: number[][];
  replays: number;
  statisticsMs: number | null;
}

/** What measuring adds is timed at this replay of a graph, once in so many until it is known, and then in so many. */
const [FIRST_TIMED, TRIED_EVERY, TIMED_EVERY] = [10, 50, 250];

/** So often either kind of step is timed then; the quickest counts, as other work only ever delays. */
const ROUNDS = 3;

/**
 * What measuring adds, from when steps were done: one, ROUNDS bare ones, ROUNDS measured ones. Null where
 * noise hides it.
 */
export function addedIn(ends: number[]): number | null {
  const took = ends.slice(1).map((end, i) => end - ends[i]!);
  const added = Math.min(...took.slice(ROUNDS)) - Math.min(...took.slice(0, ROUNDS));
  return added > 0 ? added : null;
}

/**
 * Steps that are recorded once for each graph, and then replayed as one command buffer. State is changed
 * where it lies; recordings follow it when it is replaced. Above `mostBytes` the recording that was used
 * longest ago is let go.
 */
export function recordedSteps(recorder: TapeDeck, mostBytes: number): Steps {
  /** By key, the one used longest ago first. */
  const graphs = new Map<string, Graph>();
  /** Graphs that cannot be recorded. */
  const refused = new Set<string>();
  /** Spent in recording since the last step; null where there was nothing to record. */
  let recordingMs: number | null = null;

  function drop(key: string) {
    graphs.get(key)?.recording.dispose();
    graphs.delete(key);
  }

  /** Makes room, but keeps the one used last. */
  function evict() {
    let bytes = [...graphs.values()].reduce((sum, { recording }) => sum + recording.bytes, 0);
    for (const [key, { recording }] of [...graphs].slice(0, -1)) {
      if (bytes <= mostBytes) break;
      bytes -= recording.bytes;
      drop(key);
    }
  }

  function record(plan: Plan, state: State, given: StepValues, isMeasured: boolean): Graph | null {
    const began = performance.now();
    const inputs = uploaded(given);
    let places: number[][] = [];
    try {
      const recording = recorder.record(named(state), inputs, (take) => {
        const at = stepInputs(given.step, inputs);
        let next: Trained;
        if (isMeasured) {
          const measured = measure(plan, state, at);
          ({ places, next } = measured);
          take(VALUES, measured.values);
        } else {
          const made = pass(plan, state, at, UNWATCHED);
          made.logits?.dispose();
          next = made.next;
        }
        for (const [name, tensor] of Object.entries(named(next))) take(name, tensor);
        letGo(next, state);
      });
      return recording && { recording, places, replays: 0, statisticsMs: null };
    } finally {
      recordingMs = (recordingMs ?? 0) + performance.now() - began;
      tf.dispose(Object.values(inputs));
    }
  }

  /** The recording of a graph, made now if need be; null where there can be none. */
  function graphOf(plan: Plan, state: State, given: StepValues, isMeasured: boolean): Graph | null {
    const key = graphKey(plan, given.step, isMeasured);
    const graph = graphs.get(key) ?? record(plan, state, given, isMeasured);
    graphs.delete(key);
    if (graph) graphs.set(key, graph);
    else refused.add(key);
    evict();
    return graph;
  }

  function replay(graph: Graph, state: State, { arrays }: StepValues, how: Omit<Replay, 'arrays'>) {
    graph.replays++;
    return graph.recording.replay({ arrays, ...how }, named(state))();
  }

  function taken({ recording }: Graph): Taken {
    const compileMs = recordingMs;
    recordingMs = null;
    return { next: null, compileMs, replayed: true, threads: recording.threads };
  }

  /** Steps of which nothing is kept or read. @returns when each was done */
  const rehearse = (graph: Graph, state: State, given: StepValues, times: number) =>
    Array.from({ length: times }, () => {
      void replay(graph, state, given, { commit: false, read: null });
      return recorder.done();
    });

  /** Lets go of recordings of a state that was replaced. */
  function forgetReplaced(state: State) {
    const now = named(state);
    for (const [key, { recording }] of [...graphs]) if (!recording.fits(now)) drop(key);
  }

  /** Graphs of the last two steps, the newest last. */
  let recent: string[] = [];
  /**
   * Whether a step is to run as a recording. A recorder that does not record at once waits until a graph
   * comes again within two steps; but once there are recordings of this state all steps are recorded, as
   * any other would put another state in its place.
   */
  function isRecorded(
    plan: Plan,
    state: State,
    { step }: StepValues,
    isMeasured: boolean,
  ): boolean {
    const key = graphKey(plan, step, isMeasured);
    if (refused.has(key) || !recorder.canRecord(plan.config.precision)) return false;
    forgetReplaced(state);
    const comesAgain = recent.includes(key);
    recent = [...recent.slice(-1), key];
    return recorder.recordsAtOnce || comesAgain || graphs.size > 0;
  }

  /** Whether it is time to time a bare step, and there is room for its recording too. */
  const isToBeTimed = (graph: Graph | undefined) =>
    graph !== undefined &&
    graph.replays % (graph.statisticsMs === null ? TRIED_EVERY : TIMED_EVERY) === FIRST_TIMED &&
    2 * graph.recording.bytes <= mostBytes;

  return {
    measure(plan, state, given, commits) {
      const key = graphKey(plan, given.step, true);
      if (isRecorded(plan, state, given, true)) {
        const bare = isToBeTimed(graphs.get(key)) ? graphOf(plan, state, given, false) : null;
        const graph = graphOf(plan, state, given, true);
        if (graph) {
          const rehearsed = bare && [
            ...rehearse(bare, state, given, ROUNDS + 1),
            ...rehearse(graph, state, given, ROUNDS - 1),
          ];
          const values = replay(graph, state, given, { commit: commits, read: VALUES });
          if (rehearsed) {
            // A device that is lost has no time.
            Promise.all([...rehearsed, recorder.done()]).then(
              (ends) => {
                graph.statisticsMs = addedIn(ends) ?? graph.statisticsMs;
              },
              () => {},
            );
          }
          const statisticsMs = () => graph.statisticsMs;
          return { ...taken(graph), values, places: graph.places, statisticsMs };
        }
      }
      return plainSteps.measure(plan, state, given, commits);
    },
    advance(plan, state, given) {
      const graph = isRecorded(plan, state, given, false)
        ? graphOf(plan, state, given, false)
        : null;
      if (!graph) return plainSteps.advance(plan, state, given);
      void replay(graph, state, given, { commit: true, read: null });
      return taken(graph);
    },
    dispose() {
      for (const key of [...graphs.keys()]) drop(key);
    },
  };
}
