import type { StoreApi } from 'zustand/vanilla';
import type { EngineLane } from './engineLane';
import { needsEvaluation } from './engineState';
import type { LaneId, Scope } from './state';

/** At rest, how long lanes must be quiet before they are evaluated, in ms: a moving slider goes first. */
const QUIET = 120;
/** In training, the time from one evaluation to the next: at least so many ms … */
const INTERVAL = 1000;
/** … and so many times what the step with the evaluation took, so that training hardly slows down. */
const RARELY = 6;

/**
 * Says when lanes are evaluated: while somebody looks, and not otherwise, because it costs forward passes.
 * At rest it is done whenever a lane has come to show another frame; in training now and then.
 */
export function createEvaluationDesk(options: {
  store: StoreApi<Scope>;
  engineOf(id: LaneId): EngineLane | undefined;
  now(): number;
}) {
  const { store, engineOf, now } = options;
  const watchers = new Set<symbol>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextAt = -Infinity;

  /** Lanes that stand where they were not evaluated; none while they are in training. */
  const due = () => {
    const { lanes, playing } = store.getState();
    return playing ? [] : lanes.filter(({ engine }) => needsEvaluation(engine));
  };
  const evaluateAll = () => due().forEach(({ id }) => void engineOf(id)?.evaluate());
  const look = () => {
    clearTimeout(timer);
    if (watchers.size > 0 && due().length > 0) timer = setTimeout(evaluateAll, QUIET);
  };
  const stop = store.subscribe((state, before) => {
    if (state.lanes !== before.lanes) look();
  });

  return {
    /** Somebody looks, until the function that comes back is called. */
    watch(): () => void {
      const watcher = Symbol('watcher');
      watchers.add(watcher);
      look();
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) clearTimeout(timer);
      };
    },
    /** Takes a step of all lanes, which are told whether to evaluate as well: in training alone. */
    async paced<T>(step: (evaluates: boolean) => Promise<T>): Promise<T> {
      const began = now();
      const evaluates = watchers.size > 0 && store.getState().playing && began >= nextAt;
      const result = await step(evaluates);
      if (evaluates) nextAt = began + Math.max(INTERVAL, RARELY * (now() - began));
      return result;
    },
    dispose(): void {
      clearTimeout(timer);
      stop();
    },
  };
}
