import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../../config/fields';
import type { Frames } from '../../lib/frames';
import { reasonOf } from '../../lib/reason';
import { lastOf } from '../../lib/timeSeries';
import type { BackendId } from '../../protocol/engine';
import type { WorkerLike } from '../client';
import { createEngineLane, type EngineLane } from '../engineLane';
import { NOTHING_YET } from '../engineState';
import { threadsPerLane } from '../lanes';
import { createFrameLog, type FrameLog } from '../log';
import type { Segment } from '../run';
import type { Lane, LaneId, Scope, SeededRun, SeedRuns } from '../state';
import { nextMove, stepsBehind, type Move, type Whereabouts } from './follow';
import { NO_SEED_RUNS, seeded } from './samples';

/** Of a lane's log and of those of its further seeds. */
type SeedId = `${LaneId}+${number}`;

/** A lane under a seed that is not its own. */
interface Member {
  id: SeedId;
  /** The seeds by which its own follows the lane's. */
  after: number;
  backend: BackendId;
  engine: EngineLane<SeedId>;
}

export interface TrainingDeskOptions {
  store: StoreApi<Scope>;
  /** The record of the lanes. */
  log: Pick<FrameLog<LaneId>, 'at'>;
  spawn(): WorkerLike;
  engineOf(id: LaneId): EngineLane | undefined;
  frames: Frames;
  processors: number;
  /** Bytes that the frames of further seeds may take. */
  limit: number;
  onThinned(): void;
}

const whereabouts = (engine: EngineLane<string>): Whereabouts => ({
  at: engine.at(),
  measured: engine.state().latest?.frame.step ?? -1,
  changes: engine.changes(),
  text: engine.text(),
});

const sameList = <T>(a: readonly T[], b: readonly T[]) =>
  a.length === b.length && a.every((item, i) => item === b[i]);
const sameRun = (a: SeededRun | undefined, b: SeededRun | undefined) =>
  a === b || (!!a && !!b && sameList(a.measured, b.measured) && sameList(a.losses, b.losses));

/** The work on all items, on so many at once. */
async function inTurn<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/**
 * Trains every lane under the seeds that follow its own, each on an engine that does what the lane's engine did: the
 * same settings at the same steps, the same text. A lane takes no step before they are level with it. They begin at
 * step 0 wherever the lane stands, so that nothing of them needs to be kept: who goes back, forks a lane or opens a
 * session has them make their steps anew.
 */
export function createTrainingDesk(options: TrainingDeskOptions) {
  const { store, engineOf, frames, spawn } = options;
  const { getState, setState } = store;
  const log = createFrameLog<SeedId>(options);
  const rows = new Map<LaneId, Member[]>();
  const put = (change: Partial<SeedRuns>) =>
    setState(({ seedRuns }) => ({ seedRuns: { ...seedRuns, ...change } }));

  const drop = ({ id, engine }: Member) => {
    engine.dispose();
    log.drop(id);
  };
  const create = (lane: LaneId, after: number, backend: BackendId): Member => {
    const id: SeedId = `${lane}+${after}`;
    const engine = createEngineLane<SeedId>({
      ...{ id, spawn, log, initial: NOTHING_YET, open: { backend } },
      onChange: () => undefined,
      onMeasured: () => undefined,
      onAnew: () => undefined,
      onDeath: () => undefined,
      onSlow: () => undefined,
      onOutdated: () => undefined,
    });
    return { id, after, backend, engine };
  };

  /** Lanes that further seeds can follow: weights of a file belong to no seed. */
  const isAlone = ({ id }: Lane) => engineOf(id)?.changes()[0]?.weights === true;
  const hasSeeds = (lane: Lane) => lane.engine.device !== null && !isAlone(lane);
  /** As many members for each lane as the view asks for. */
  const arrange = () => {
    const { lanes, view } = getState();
    const isWanted = (id: LaneId, { after, backend }: Member) =>
      after < view.training_seeds &&
      lanes.some((lane) => {
        const { device } = lane.engine;
        return lane.id === id && (!device || (device.backend === backend && hasSeeds(lane)));
      });
    for (const [id, row] of rows) {
      row.filter((member) => !isWanted(id, member)).forEach(drop);
      rows.set(
        id,
        row.filter((member) => isWanted(id, member)),
      );
    }
    for (const lane of lanes.filter(hasSeeds)) {
      const row = rows.get(lane.id) ?? [];
      const isThere = (after: number) => row.some((member) => member.after === after);
      for (let after = 1; after < view.training_seeds; after++)
        if (!isThere(after)) row.push(create(lane.id, after, lane.engine.device!.backend));
      rows.set(
        lane.id,
        row.toSorted((a, b) => a.after - b.after),
      );
    }
  };

  const isFailed = ({ engine }: Member) => engine.state().status === 'failed';
  /** The lane's engine where it can be followed now. */
  const leaderOf = (id: LaneId, member: Member) => {
    const lane = getState().lanes.find((lane) => lane.id === id);
    const isFollowing = rows.get(id)?.includes(member) && !isFailed(member);
    const leader = lane?.engine.status === 'ready' ? engineOf(id) : undefined;
    // Where a return was called off a model may stand anywhere, or be none.
    return isFollowing && leader?.changes()[0]?.step === 0 ? leader : undefined;
  };

  const make = async ({ engine, after }: Member, move: Move, leader: EngineLane) => {
    const give = (config: Config) => engine.configure(seeded(config, after), leader.text());
    if (move === 'step') await engine.step();
    else if (move === 'probe') await engine.probe();
    else if (move === 'begin') {
      const hadModel = engine.changes().length > 0;
      give(leader.changes()[0]!.config);
      if (hadModel) engine.reset();
    } else give(move.config);
    await engine.idle();
  };
  const follow = async (id: LaneId, member: Member): Promise<void> => {
    for (;;) {
      const leader = leaderOf(id, member);
      const move =
        leader && nextMove(whereabouts(member.engine), whereabouts(leader), member.after);
      if (!leader || !move) return;
      await make(member, move, leader);
      if (isFailed(member)) {
        const reason = member.engine.state().error ?? '';
        put({ error: `Lane ${id.toUpperCase()} under seed ${seedOf(id, member)}: ${reason}` });
        return;
      }
      frames.update(publish);
    }
  };
  const seedOf = (id: LaneId, { after }: Member) => {
    const lane = getState().lanes.find((lane) => lane.id === id);
    return lane ? seeded(lane.config, after).seed : `its own + ${after}`;
  };

  const behind = (): number => {
    let steps = 0;
    for (const [id, row] of rows) {
      for (const member of row) {
        const leader = leaderOf(id, member);
        if (leader)
          steps += stepsBehind(whereabouts(member.engine), whereabouts(leader), member.after);
      }
    }
    return steps;
  };

  const last = ({ id }: Member) => lastOf(log.summary(id).loss)?.step ?? -1;
  /** While a lane trains its seeds are where it is or, before their turn has come, one step behind. */
  const levelOf = (id: LaneId, loss: Lane['loss']): Member[] =>
    loss.length > 0
      ? (rows.get(id) ?? []).filter((member) => last(member) >= lastOf(loss)!.step - 1)
      : [];
  /** A lane under its seeds that are level with it, at the newest step that they have measured; its own is the first. */
  function levelRun(lane: Lane) {
    const { id, shown, loss } = lane;
    const level = levelOf(id, loss);
    if (!shown || level.length === 0) return null;
    const step = Math.min(shown.frame.step, ...level.map(last));
    const own = step === shown.frame.step ? shown : options.log.at(id, step)?.shown;
    if (own?.frame.step !== step) return null;
    const others = level.flatMap((member) => {
      const measured = log.at(member.id, step)?.shown;
      return measured?.frame.step === step ? [{ after: member.after, measured }] : [];
    });
    const losses = [loss, ...level.map((member) => log.summary(member.id).loss)];
    return { id, losses, seeds: [{ after: 0, measured: own }, ...others] };
  }
  /** The lanes under their seeds: lanes are compared seed by seed, so that all have the same of them. */
  function runsOf(lanes: readonly Lane[]): Partial<Record<LaneId, SeededRun>> {
    const runs = lanes.flatMap((lane) => levelRun(lane) ?? []);
    const isCommon = (after: number) =>
      runs.every(({ seeds }) => seeds.some((seed) => seed.after === after));
    return Object.fromEntries(
      runs.map(({ id, losses, seeds }) => {
        const common = seeds.filter(({ after }) => isCommon(after));
        return [id, { losses, measured: common.map(({ measured }) => measured) }];
      }),
    );
  }
  /** Steps that were behind when the members set out; 0 while they are level. */
  let way = 0;
  let isOver = false;
  const publish = () => {
    if (isOver) return;
    const { lanes, seedRuns } = getState();
    const runs = runsOf(lanes);
    const told: SeedRuns['lanes'] = {};
    for (const { id } of lanes) {
      const [before, run] = [seedRuns.lanes[id], runs[id]];
      if (run) told[id] = sameRun(before, run) ? before! : run;
    }
    const isSame = lanes.every(({ id }) => told[id] === seedRuns.lanes[id]);
    // A step of each is what training goes by, and no way.
    const members = [...rows.values()].flat().length;
    const progress = way > members ? { done: Math.max(0, way - behind()), of: way } : null;
    const alone = lanes.filter(isAlone).map(({ id }) => id);
    // A seed that failed may be gone with its lane.
    const error = [...rows.values()].flat().some(isFailed) ? seedRuns.error : null;
    const isAsBefore =
      isSame &&
      progress?.done === seedRuns.progress?.done &&
      progress?.of === seedRuns.progress?.of &&
      error === seedRuns.error &&
      sameList(alone, seedRuns.alone);
    if (!isAsBefore) put({ lanes: isSame ? seedRuns.lanes : told, progress, alone, error });
  };

  let running: Promise<void> | null = null;
  let isAsked = false;
  const run = async () => {
    try {
      do {
        isAsked = false;
        arrange();
        way = behind();
        const width = threadsPerLane(options.processors, rows.size);
        await Promise.all(
          [...rows].map(([id, row]) => inTurn(row, width, (member) => follow(id, member))),
        );
      } while (isAsked && !isOver);
    } catch (error) {
      // Lanes are not held up by what goes wrong here.
      put({ error: reasonOf(error) });
    }
    way = 0;
    running = null;
    publish();
  };
  /** Done when all members are level with their lanes. */
  const level = (): Promise<void> => {
    isAsked = true;
    running ??= run();
    return running;
  };

  const stopWatching = store.subscribe((now, before) => {
    if (now.lanes === before.lanes && now.view.training_seeds === before.view.training_seeds)
      return;
    publish();
    void level();
  });
  return {
    level,
    /** The records of a lane's further seeds that are level with it, in their order. */
    recorded(id: LaneId): (readonly Segment[])[] {
      const lane = getState().lanes.find((lane) => lane.id === id);
      return lane ? levelOf(id, lane.loss).map((member) => log.segments(member.id)) : [];
    },
    /** Seeds that failed get another engine each. */
    retry(): void {
      for (const [id, row] of rows) {
        row.filter(isFailed).forEach(drop);
        rows.set(
          id,
          row.filter((member) => !isFailed(member)),
        );
      }
      put({ error: null });
      void level();
    },
    dispose(): void {
      isOver = true;
      stopWatching();
      frames.drop(publish);
      [...rows.values()].flat().forEach(drop);
      rows.clear();
      setState({ seedRuns: NO_SEED_RUNS });
    },
  };
}

export type TrainingDesk = ReturnType<typeof createTrainingDesk>;
