import type { StoreApi } from 'zustand/vanilla';
import { complete } from '../config/check';
import { emptySeries } from '../lib/timeSeries';
import { NOTHING_YET } from './engineState';
import { nextPlacement, sameConfig } from './link';
import { engineStep, LANE_IDS, type Lane, type LaneId, type Scope } from './state';

export type WantedLane = Pick<Lane, 'id' | 'config'>;

const NEW_LANE: Omit<Lane, 'id' | 'config'> = {
  engine: NOTHING_YET,
  shown: null,
  evaluation: null,
  loss: emptySeries(),
  divergence: null,
  stall: null,
  alarms: [],
  trouble: null,
  changes: [],
  events: [],
  checkpoints: [],
  returning: null,
  fork: null,
};

/** A lane of which nothing was measured yet. */
export const newLane = (wanted: WantedLane): Lane => ({ ...wanted, ...NEW_LANE });

/** The lanes wanted, in their order: those that were there stay, the same objects where nothing changed. */
export const arranged = (before: readonly Lane[], wanted: readonly WantedLane[]): Lane[] =>
  wanted.map(({ id, config }) => {
    const old = before.find((lane) => lane.id === id);
    if (!old) return newLane({ id, config });
    return sameConfig(old.config, config) ? old : { ...old, config };
  });

/** Lanes as they stand after one has come: keys, menus and marks count by letter, and letters are given again. */
export const byLetter = <T extends { id: LaneId }>(lanes: readonly T[]): T[] =>
  lanes.toSorted((a, b) => LANE_IDS.indexOf(a.id) - LANE_IDS.indexOf(b.id));

/** As many lane letters as there are configurations: those known, then the next free ones, those taken by others last. */
export const lettersFor = (
  count: number,
  known: readonly LaneId[],
  taken: readonly LaneId[] = [],
): LaneId[] => {
  const free = LANE_IDS.filter((id) => !known.includes(id) && !taken.includes(id));
  return [...new Set([...known, ...free, ...taken])].slice(0, count);
};

/** The lane that is added to others: set as the last one, but with a placement that none has. */
export function addedTo(lanes: readonly Lane[], taken: readonly LaneId[] = []): WantedLane | null {
  const last = lanes.at(-1);
  if (!last || lanes.length + taken.length >= LANE_IDS.length) return null;
  const used = lanes.map(({ config }) => config.placement);
  const { config } = complete({ placement: nextPlacement(used) }, last.config);
  const ids = lanes.map(({ id }) => id);
  return { id: lettersFor(lanes.length + 1, ids, taken).at(-1)!, config };
}

/** The lanes that take the next step. At step 0 all leave together: those that still start are waited for. */
export function walkersOf(lanes: readonly Lane[]): LaneId[] {
  const able = lanes.filter(({ engine }) => engine.status !== 'failed');
  const started = able.filter(({ engine }) => engine.status !== 'starting');
  const isUnderWay = started.some((lane) => engineStep(lane) > 0);
  return (isUnderWay ? started : able).map(({ id }) => id);
}

/**
 * Threads that each lane's kernels may have: lanes run side by side, and one processor is left to the
 * page. An engine takes as many as it can use, and tries whether it gains by them.
 *
 * @param processors as the browser counts them, two for a core that has two
 */
export const threadsPerLane = (processors: number, lanes: number): number =>
  Math.max(1, Math.floor((processors - 1) / Math.max(1, lanes)));

/** Of engines, those that the others wait for: followers that stand behind the furthest. */
export function behind<Engine extends { id: LaneId; at(): number }>(
  engines: readonly Engine[],
  followers: ReadonlySet<LaneId>,
): Engine[] {
  const furthest = Math.max(...engines.map((engine) => engine.at()));
  return engines.filter((engine) => followers.has(engine.id) && engine.at() < furthest);
}

/** Done when no lane is being built any more: what it reads is there by then. */
export const whenSettled = (store: StoreApi<Scope>): Promise<void> =>
  new Promise((resolve) => {
    const isSettled = ({ lanes }: Scope) =>
      lanes.every(({ engine: { status } }) => status === 'ready' || status === 'failed');
    const stop = store.subscribe((scope) => {
      if (isSettled(scope)) done();
    });
    const done = () => {
      stop();
      resolve();
    };
    if (isSettled(store.getState())) done();
  });
