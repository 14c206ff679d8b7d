import type { StoreApi } from 'zustand/vanilla';
import { isReadAlike, wantedBy } from '../../inspect/read';
import { reasonOf } from '../../lib/reason';
import type { Measurement } from '../../protocol/frame';
import type { Raw } from '../../protocol/raw';
import type { Checkpoints } from '../checkpoints';
import type { WorkerLike } from '../client';
import type { EngineLane } from '../engineLane';
import type { TickWatch } from '../laneSet';
import type { FrameLog } from '../log';
import { drawnConfig, type Lane, type LaneId, type Scope } from '../state';
import { NOTHING_READ, type Inspecting, type Inspection } from './inspection';
import type { TensorReader } from './line';
import { createPastEngine, isSameStep } from './past';

/** At rest, how long the page must be quiet before models are looked into, in ms: a moving slider goes first. */
const QUIET = 120;
/** Milliseconds that a reading may take before the page says that it is at it. */
const QUICK = 1000;
/** In training, the time from one look to the next: at least so many ms … */
const INTERVAL = 250;
/** … and so many times as long as tensors took last to be had and to be read; the step itself is no part of that. */
const RARELY = 12;

export interface InspectorDeskOptions {
  store: StoreApi<Scope>;
  log: Pick<FrameLog<LaneId>, 'run'>;
  checkpoints: Pick<Checkpoints<LaneId>, 'of'>;
  engineOf(id: LaneId): EngineLane | undefined;
  /** A worker with an engine in it, for steps that lanes have left. */
  spawn(): WorkerLike;
  reader: TensorReader;
  now(): number;
}

/** A lane, and the step of it that is to be looked into. */
interface Target {
  lane: Lane;
  measurement: Measurement | null;
}
/** A view of a place at these steps; `request` names the tensors that it is made of. */
interface Goal {
  at: Inspecting;
  targets: readonly Target[];
  request: string;
}
/** Tensors of each target, and why there are none, or what is to be known of them. */
type Found = { raw: Raw | null; remark?: string }[];

const RECORDED = 'This run came out of a file, which holds numbers and no tensors.';
const NO_FRAME = 'It has no frame of this step.';
const WAITS = 'It takes no steps while the others do.';
const OTHER_NUMBERS =
  'This step, computed once more, gave other numbers than were recorded: another device, or another version.';

const isSame = (a: readonly Target[], b: readonly Target[]) =>
  a.length === b.length &&
  a.every(({ lane, measurement }, i) => {
    const other = b[i]!;
    if (lane.id !== other.lane.id) return false;
    return measurement && other.measurement
      ? isSameStep(measurement, other.measurement)
      : measurement === other.measurement;
  });
const requestOf = (at: Inspecting, { lane, measurement }: Target) =>
  wantedBy(at, measurement?.config ?? drawnConfig(lane));
const goalOf = (at: Inspecting, targets: readonly Target[]): Goal => ({
  ...{ at, targets },
  request: JSON.stringify(targets.map((target) => requestOf(at, target))),
});

/**
 * Looks into models while the inspector is open: tensors by one request for each lane and moment, which are read in a
 * worker. Lanes that stand at the step on show are asked themselves; in training before a step, now and then; a step
 * that they have left is gone to by an engine of the inspector’s own.
 *
 * There is one goal, the newest, and one piece of work under way, which ends early once its goal is another.
 */
export function createInspectorDesk(options: InspectorDeskOptions) {
  const { store, log, checkpoints, engineOf, reader, now } = options;
  const { getState, setState } = store;
  const past = createPastEngine(options.spawn);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let goal: Goal | null = null;
  /** The goal that the reader has the tensors of. */
  let has: Goal | null = null;
  let isBusy = false;
  /** In training, the time of the next look. */
  let nextAt = -Infinity;
  /** The steps at which the inspector stays, by lane; null while it goes along. */
  let heldAt: Map<LaneId, Measurement | null> | null = null;

  const put = (change: Partial<Inspection>) =>
    setState(({ inspection }) => ({ inspection: { ...inspection, ...change } }));
  const looking = (): Inspecting | null => getState().view.inspect;
  const onShow = (): Target[] => {
    const { lanes, recordings } = getState();
    return [...lanes, ...recordings].map((lane) => ({
      lane,
      measurement: heldAt ? (heldAt.get(lane.id) ?? null) : lane.shown,
    }));
  };
  const isLive = () => {
    const { playing, moment } = getState();
    return playing && moment === 'live' && !heldAt;
  };
  const hasTensorsOf = ({ request, targets }: Goal) =>
    has?.request === request && isSame(has.targets, targets);

  /** Reads tensors, those that the reader has where none are given, and shows the view. */
  async function show(to: Goal, found: Found | null): Promise<void> {
    const { inspection } = getState();
    const { at, targets } = to;
    const lanes = targets.map(({ lane: { id }, measurement }) => ({ id, measurement }));
    const shown = { of: at, lanes, travel: null, error: null };
    if (!found && inspection.reading && inspection.of && isReadAlike(at, inspection.of))
      return put(shown);
    const slow = setTimeout(() => put({ isReading: true }), QUICK);
    try {
      has = to;
      const reading = await reader.read(
        at,
        found?.map(({ raw }) => raw),
      );
      if (!looking()) return;
      const step = found?.find(({ raw }) => raw)?.raw?.step ?? null;
      const remarks = found?.flatMap(({ remark }, i) =>
        remark ? [{ lane: targets[i]!.lane.id, text: remark }] : [],
      );
      put({ ...shown, reading, ...(found && { step, remarks }) });
    } catch (error) {
      has = null;
      throw error;
    } finally {
      clearTimeout(slow);
      if (getState().inspection.isReading) put({ isReading: false });
    }
  }

  /** The tensors of a lane that rests, or of a step that it has left; null where they are not to be had now. */
  async function look(
    at: Inspecting,
    target: Target,
    isWanted: () => boolean,
  ): Promise<Found[number] | null> {
    const { lane, measurement } = target;
    if (lane.recorded) return { raw: null, remark: RECORDED };
    if (['starting', 'building'].includes(lane.engine.status)) return null;
    const { error, device, latest, status } = lane.engine;
    if (!measurement || !device) return { raw: null, remark: error ?? NO_FRAME };
    const request = requestOf(at, target);
    const engine = engineOf(lane.id);
    if (engine && !getState().playing && measurement === latest && status !== 'failed') {
      const raw = await engine.inspect(request);
      return raw.step === measurement.frame.step ? { raw } : null;
    }
    const { step: to } = measurement.frame;
    const step = {
      ...{ lane: lane.id, backend: device.backend, measurement, run: log.run(lane.id) },
      ...{ checkpoints: checkpoints.of(lane.id), text: engine?.text() ?? '' },
    };
    const onStep = (at: number) => {
      if (isWanted()) put({ travel: { lane: lane.id, step: at, to } });
    };
    const found = await past.inspect(step, request, { isWanted, onStep });
    return found && { raw: found.raw, ...(!found.same && { remark: OTHER_NUMBERS }) };
  }

  /** Looks into every lane, one after the other, and shows the view. */
  async function reach(to: Goal): Promise<void> {
    const isWanted = () => goal === to && looking() !== null;
    const found: Found = [];
    if (hasTensorsOf(to)) return show(to, null);
    for (const target of to.targets) {
      const one = await look(to.at, target, isWanted).catch((error: unknown) => ({
        raw: null,
        remark: reasonOf(error),
      }));
      if (!isWanted()) return;
      if (!one) {
        // Something newer is on its way, and will be a goal.
        goal = null;
        return put({ travel: null });
      }
      found.push(one);
    }
    await show(to, found);
  }

  /** Work towards the newest goal, until it is reached or there is none. */
  async function pursue(): Promise<void> {
    if (isBusy || !goal) return;
    const to = goal;
    isBusy = true;
    await reach(to).catch((error: unknown) => {
      if (goal === to) put({ error: reasonOf(error), travel: null });
    });
    isBusy = false;
    if (goal !== to) soon();
  }
  function soon(): void {
    clearTimeout(timer);
    if (!goal) return;
    const wait = hasTensorsOf(goal) ? 0 : QUIET;
    timer = setTimeout(() => void pursue(), wait);
  }

  function follow(): void {
    const at = looking();
    if (!at) return close();
    if (isLive()) {
      if (at === goal?.at || !has) return;
      const next = goalOf(at, has.targets);
      // Of other tensors the next step tells, which does not wait for its turn.
      if (next.request !== has.request) nextAt = -Infinity;
      else {
        goal = next;
        soon();
      }
      return;
    }
    const targets = onShow();
    if (goal?.at === at && isSame(goal.targets, targets)) return;
    goal = goalOf(at, targets);
    soon();
  }
  function close(): void {
    clearTimeout(timer);
    goal = has = heldAt = null;
    nextAt = -Infinity;
    past.close();
    reader.cancel();
    if (getState().inspection !== NOTHING_READ) setState({ inspection: NOTHING_READ });
  }
  const stop = store.subscribe((state, before) => {
    if (
      state.view.inspect !== before.view.inspect ||
      (state.view.inspect &&
        (state.lanes !== before.lanes ||
          state.recordings !== before.recordings ||
          state.playing !== before.playing))
    )
      follow();
  });
  follow();

  return {
    /** In training: lanes are looked into before their next step, where it is time. */
    watchTick(): TickWatch | null {
      const at = looking();
      if (!at || !isLive() || isBusy || now() < nextAt) return null;
      const found = new Map<LaneId, Found[number] & { engine: EngineLane }>();
      isBusy = true;
      let took = 0;
      return {
        beforeStep: (engine) => async (model) => {
          const lane = getState().lanes.find(({ id }) => id === engine.id);
          if (!lane) return;
          const config = engine.state().latest?.config ?? drawnConfig(lane);
          const asked = now();
          const answer = await model.inspect(wantedBy(at, config)).then(
            (raw) => ({ raw }),
            (error: unknown) => ({ raw: null, remark: reasonOf(error) }),
          );
          took = Math.max(took, now() - asked);
          found.set(engine.id, { ...answer, engine });
        },
        async done() {
          const asked = now();
          try {
            if (looking() === null || found.size === 0 || !isLive()) return;
            past.close();
            const { lanes, recordings } = getState();
            const all = [...lanes, ...recordings];
            const targets = all.map((lane): Target => {
              const one = found.get(lane.id);
              const latest = one?.engine.state().latest;
              // An engine that was given another configuration may be at another step by now.
              const isOf = latest && latest.frame.step === one?.raw?.step;
              return { lane, measurement: isOf ? latest : null };
            });
            goal = goalOf(at, targets);
            await show(
              goal,
              all.map((lane): Found[number] => {
                const { raw = null, remark } = found.get(lane.id) ?? {};
                const why = remark ?? (lane.recorded ? RECORDED : (lane.engine.error ?? WAITS));
                return raw ? { raw } : { raw, remark: why };
              }),
            );
          } catch (error) {
            put({ error: reasonOf(error) });
          } finally {
            took += now() - asked;
            nextAt = now() + Math.max(INTERVAL, RARELY * took);
            isBusy = false;
            if (looking()) follow();
          }
        },
      };
    },
    hold(isHeld: boolean): void {
      const shown = has?.targets ?? onShow();
      heldAt = isHeld
        ? new Map(shown.map(({ lane, measurement }) => [lane.id, measurement]))
        : null;
      put({ isHeld });
      if (looking()) follow();
    },
    /** Ends a way to a step of the past, or a reading. Whoever looks elsewhere then has that read. */
    cancel(): void {
      if (getState().inspection.isReading) reader.cancel();
      goal = null;
      put({ travel: null, error: 'it was called off.' });
    },
    dispose(): void {
      stop();
      close();
    },
  };
}
