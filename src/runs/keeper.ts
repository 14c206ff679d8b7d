import type { Checkpoints } from './checkpoints';
import type { BeforeStep, EngineLane } from './engineLane';
import type { Change } from './run';
import type { LaneId } from './state';

/** The fewest steps from one checkpoint to the next. */
const STEPS = 20;
/** The share of training’s time that checkpoints may take: on the way, and where a setting was changed. */
const SHARE = 0.02;
const SHARE_AT_CHANGE = 0.1;
/** A checkpoint that takes less than so many ms is taken whenever training comes to rest. */
const QUICK = 50;
/** Milliseconds until an engine that could not save a checkpoint is asked again, over that share. */
const FAILED = 1000;

interface KeeperOptions {
  checkpoints: Pick<Checkpoints<LaneId>, 'of' | 'add'>;
  /** A lane has another checkpoint. */
  onKept(): void;
  now(): number;
}

/** Takes checkpoints of lanes while they train, as often as their time allows. */
export function createKeeper({ checkpoints, onKept, now }: KeeperOptions) {
  /** Duration of the last checkpoint, in ms, the time at which it was there, and the beginning of its run. */
  const last = new WeakMap<EngineLane, { ms: number; at: number; run: Change | undefined }>();

  const isNew = (engine: EngineLane) => {
    const newest = checkpoints.of(engine.id).at(-1);
    return newest?.step !== engine.at() || newest.changes !== engine.changes().length;
  };
  /** Time enough has gone by for another, if they may take such a share of it. */
  const isPaid = (engine: EngineLane, share: number) => {
    const { ms, at } = last.get(engine) ?? { ms: 0, at: -Infinity };
    return now() - at >= ms / share;
  };
  const isDue = (engine: EngineLane) => {
    const newest = checkpoints.of(engine.id).at(-1);
    // The first of a run waits for nothing: without it no step before the second could be gone back to.
    if (!newest) return last.get(engine)?.run !== engine.changes()[0] || isPaid(engine, SHARE);
    if (newest.changes !== engine.changes().length) return isPaid(engine, SHARE_AT_CHANGE);
    return engine.at() - newest.step >= STEPS && isPaid(engine, SHARE);
  };
  const take = async (engine: EngineLane, save = engine.saveCheckpoint) => {
    const began = now();
    const checkpoint = await save();
    const at = now();
    last.set(engine, { ms: checkpoint ? at - began : FAILED, at, run: engine.changes()[0] });
    if (!checkpoint) return;
    checkpoints.add(engine.id, checkpoint);
    onKept();
  };

  return {
    /** Before a step: the first of a run, the first after a change, and one now and then. */
    beforeStep:
      (engine: EngineLane): BeforeStep =>
      async ({ save }) => {
        if (isDue(engine)) await take(engine, save);
      },
    /** Where a lane has come to rest. */
    async atRest(engine: EngineLane): Promise<void> {
      const isQuick = (last.get(engine)?.ms ?? 0) < QUICK;
      if (isNew(engine) && (isQuick || isPaid(engine, SHARE_AT_CHANGE))) await take(engine);
    },
    /** Whatever it takes: the lane is about to be elsewhere. */
    async now(engine: EngineLane): Promise<void> {
      if (isNew(engine)) await take(engine);
    },
  };
}

export type Keeper = ReturnType<typeof createKeeper>;
