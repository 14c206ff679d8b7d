import type { StoreApi } from 'zustand/vanilla';
import type { KeptLane } from './asides';
import type { Arrival } from './engineLane';
import type { Engines } from './engines';
import { unreachable } from './reach';
import { checkpointBefore, upTo } from './run';
import type { Lane, LaneId, Scope } from './state';

/** A lane as it was kept, and the step of its run that it is to come to. */
export type Journey = KeptLane & { to: number };

/** Lanes on their way to steps of their runs. */
export function createTravels(store: StoreApi<Scope>, engines: Pick<Engines, 'get'>) {
  const under = new Map<LaneId, { isWanted: boolean; done: Promise<unknown> }>();
  const show = (id: LaneId, returning: Lane['returning']) =>
    store.setState(({ lanes }) => ({
      lanes: lanes.map((lane) => (lane.id === id ? { ...lane, returning } : lane)),
    }));

  return {
    /** Brings the model of a lane to a step; rejects with the reason where it cannot be. */
    async go({ id, run, checkpoints, text, to }: Journey): Promise<Arrival> {
      const engine = engines.get(id);
      const checkpoint = checkpointBefore(checkpoints, to);
      if (!engine || !checkpoint) {
        const steps = checkpoints.map(({ step }) => step);
        throw new Error(
          unreachable([{ id, checkpoints: steps }], to) ?? 'This lane has no engine.',
        );
      }
      const journey = { isWanted: true, done: Promise.resolve() as Promise<unknown> };
      show(id, { to, step: checkpoint.step });
      const done = engine.travel({
        ...{ run, text, to, checkpoint, changes: upTo(run, to).changes },
        isWanted: () => journey.isWanted,
        onStep: (step) => show(id, { to, step }),
      });
      journey.done = done.catch(() => undefined);
      under.set(id, journey);
      try {
        return await done;
      } finally {
        if (under.get(id) === journey) {
          under.delete(id);
          show(id, null);
        }
      }
    },
    isUnder: (id: LaneId): boolean => under.has(id),
    /** Calls off those under way; they say so when they have stopped. */
    cancel(): void {
      for (const journey of under.values()) journey.isWanted = false;
    },
    /** When no lane is under way any more. */
    async done(): Promise<void> {
      while (under.size > 0) await Promise.all([...under.values()].map(({ done }) => done));
    },
  };
}

export type Travels = ReturnType<typeof createTravels>;
