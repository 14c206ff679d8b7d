import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parseInterventions } from '../config/interventions';
import type { Recorder, Recording } from '../kernels/recorder';
import { stepInputs, uploaded, type StepValues } from './inputs';
import { measure } from './measure';
import { pass, UNWATCHED, type State, type Trained } from './pass';
import type { Plan } from './plan';
import { letGo, plainSteps, type Steps, type Taken } from './steps';

/** Settings that reach a pass as tensors: a change of one is another step of the same graph. */
const AS_TENSORS = new Set(['lr', 'schedule', 'warmup_steps', 'schedule_steps']);

/** All that fixes the graph of a step: two steps with the same key differ in their inputs alone. */
export function graphKey({ config, task }: Plan, step: number, isMeasured: boolean): string {
  const { interventions } = parseInterventions(config.interventions);
  const active = interventions.filter(({ steps }) => step >= steps.from && step <= steps.to);
  const fixed = Object.entries(config).filter(([name]) => !AS_TENSORS.has(name));
  return JSON.stringify([
    { ...Object.fromEntries(fixed), interventions: active.map(({ steps: _, ...one }) => one) },
    task?.vocabulary.length,
    isMeasured,
  ]);
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
  recording: Recording;
  places: number[][];
  replays: number;
  statisticsMs: number | null;
}

/** What measuring adds is timed at this replay of a graph, and then once in so many. */
const [FIRST_TIMED, TIMED_EVERY] = [10, 250];

/**
 * Steps that are recorded once for each graph, and then replayed as one command buffer. State is changed
 * where it lies; recordings follow it when it is replaced. Above `mostBytes` the recording that was used
 * longest ago is let go.
 */
export function recordedSteps(recorder: Recorder, mostBytes: number): Steps {
  /** By key, the one used longest ago first. */
  const graphs = new Map<string, Graph>();
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

  function record(plan: Plan, state: State, given: StepValues, isMeasured: boolean): Graph {
    const began = performance.now();
    const inputs = uploaded(given);
    let places: number[][] = [];
    try {
      const recording = recorder.record(named(state), inputs, (take) => {
        const at = stepInputs(plan, given.step, inputs);
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
      return { recording, places, replays: 0, statisticsMs: null };
    } finally {
      recordingMs = (recordingMs ?? 0) + performance.now() - began;
      tf.dispose(Object.values(inputs));
    }
  }

  function graphOf(plan: Plan, state: State, given: StepValues, isMeasured: boolean): Graph {
    const key = graphKey(plan, given.step, isMeasured);
    const known = graphs.get(key);
    const fits = known?.recording.fits(named(state));
    if (known && !fits) drop(key);
    const graph = fits ? known! : record(plan, state, given, isMeasured);
    graphs.delete(key);
    graphs.set(key, graph);
    evict();
    return graph;
  }

  function replay(graph: Graph, state: State, { arrays }: StepValues, commit: boolean) {
    graph.replays++;
    const read = graph.places.length ? VALUES : null;
    return graph.recording.replay({ arrays, commit, read }, named(state))();
  }

  function taken(): Taken {
    const compileMs = recordingMs;
    recordingMs = null;
    return { next: null, compileMs, replayed: true };
  }

  /** Two bare steps, of which nothing is kept. @returns when each was done */
  function bareSteps(plan: Plan, state: State, given: StepValues): Promise<number>[] {
    const bare = graphOf(plan, state, given, false);
    return [0, 1].map(() => {
      void replay(bare, state, given, false);
      return recorder.done();
    });
  }

  /** The graph of the step before: a recorder that does not record at once waits for the second in a row. */
  let before: string | null = null;
  function isRecorded(
    plan: Plan,
    state: State,
    { step }: StepValues,
    isMeasured: boolean,
  ): boolean {
    if (!recorder.canRecord(plan.config.precision)) return false;
    const key = graphKey(plan, step, isMeasured);
    const isSecond = before === key;
    before = key;
    const known = graphs.get(key);
    return recorder.recordsAtOnce || isSecond || known?.recording.fits(named(state)) === true;
  }

  return {
    measure(plan, state, given, commits) {
      if (!isRecorded(plan, state, given, true))
        return plainSteps.measure(plan, state, given, commits);
      const known = graphs.get(graphKey(plan, given.step, true));
      const isTimed = known && known.replays % TIMED_EVERY === FIRST_TIMED;
      const bare = isTimed ? bareSteps(plan, state, given) : null;
      const graph = graphOf(plan, state, given, true);
      const values = replay(graph, state, given, commits);
      if (bare) {
        // What the device needs longer for this step than for the second of those is what measuring adds.
        void Promise.all([...bare, recorder.done()]).then(([start, middle, end]) => {
          graph.statisticsMs = Math.max(0, end! - middle! - (middle! - start!));
        });
      }
      return { ...taken(), values, places: graph.places, statisticsMs: () => graph.statisticsMs };
    },
    advance(plan, state, given) {
      if (!isRecorded(plan, state, given, false)) return plainSteps.advance(plan, state, given);
      void replay(graphOf(plan, state, given, false), state, given, true);
      return taken();
    },
    dispose() {
      for (const key of [...graphs.keys()]) drop(key);
    },
  };
}
