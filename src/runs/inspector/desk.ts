import type { StoreApi } from 'zustand/vanilla';
import { wantedBy } from '../../inspect/read';
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
/** … and so many times what the last look took, reading and all. */
const RARELY = 8;

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
interface Asked {
  request: string;
  targets: readonly Target[];
}
type Remarks = Inspection['remarks'];
type Tensors = { lane: LaneId; raw: Raw | null }[];

const RECORDED = 'This run came out of a file, which holds numbers and no tensors.';
const NO_FRAME = 'It has no frame of this step.';
const OTHER_NUMBERS =
  'This step, computed once more, gave other numbers than were recorded: another device, or another version.';

/**
 * Looks into models while the inspector is open: tensors by one request for each lane and moment, which are read in a
 * worker. Lanes that stand at the step on show are asked themselves; in training before a step, now and then; a step
 * that they have left is gone to by an engine of the inspector’s own.
 */
export function createInspectorDesk(options: InspectorDeskOptions) {
  const { store, log, checkpoints, engineOf, reader, now } = options;
  const { getState, setState } = store;
  const past = createPastEngine(options.spawn);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts looks; an older one than the last is not shown. */
  let turn = 0;
  let nextAt = -Infinity;
  let isReading = false;
  /** The steps at which the inspector stays, by lane; null while it goes along. */
  let heldAt: Map<LaneId, Measurement | null> | null = null;
  /** The tensors that the reader has: of these steps, for this request. */
  let has: Asked | null = null;
  /** The same of those that are on their way, or were asked for in vain: nobody asks twice. */
  let asked: Asked | null = null;

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
  const requestOf = (at: Inspecting, { lane, measurement }: Target) =>
    wantedBy(at, measurement?.config ?? drawnConfig(lane));
  const requestKey = (at: Inspecting, targets: readonly Target[]) =>
    JSON.stringify(targets.map((target) => requestOf(at, target)));
  const isSame = (a: readonly Target[], b: readonly Target[]) =>
    a.length === b.length &&
    a.every(({ lane, measurement }, i) => {
      const other = b[i]!;
      if (lane.id !== other.lane.id) return false;
      return measurement && other.measurement
        ? isSameStep(measurement, other.measurement)
        : measurement === other.measurement;
    });
  const isLive = () => {
    const { playing, moment } = getState();
    return playing && moment === 'live' && !heldAt;
  };

  /** Reads and shows, unless something newer was asked for meanwhile. */
  async function show(
    at: Inspecting,
    targets: readonly Target[],
    found: { tensors: Tensors; remarks: Remarks } | null,
  ): Promise<void> {
    const mine = ++turn;
    isReading = true;
    const slow = setTimeout(() => put({ isReading: true }), QUICK);
    try {
      if (found) has = asked = { request: requestKey(at, targets), targets };
      const reading = await reader.read(
        at,
        found?.tensors.map(({ raw }) => raw),
      );
      if (mine !== turn || !looking()) return;
      const raws = found?.tensors.flatMap(({ raw }) => raw ?? []);
      put({
        ...{
          reading,
          of: at,
          lanes: targets.map(({ lane: { id }, measurement }) => ({ id, measurement })),
        },
        ...{ travel: null, error: null },
        ...(found && { remarks: found.remarks, step: raws?.[0]?.step ?? null }),
      });
    } catch (error) {
      if (mine === turn) put({ error: reasonOf(error), travel: null });
    } finally {
      clearTimeout(slow);
      isReading = false;
      if (getState().inspection.isReading) put({ isReading: false });
    }
  }

  /** The tensors of a lane that rests, or of a step that it has left. */
  async function tensorsOf(
    at: Inspecting,
    target: Target,
    isWanted: () => boolean,
  ): Promise<{ raw: Raw | null; remark?: string } | 'off'> {
    const { lane, measurement } = target;
    if (lane.recorded) return { raw: null, remark: RECORDED };
    if (['starting', 'building'].includes(lane.engine.status)) return 'off';
    if (!measurement) return { raw: null, remark: lane.engine.error ?? NO_FRAME };
    const request = requestOf(at, target);
    const engine = engineOf(lane.id);
    const stands = !getState().playing && measurement === lane.engine.latest;
    if (engine && stands && lane.engine.status !== 'failed') {
      const raw = await engine.inspect(request);
      return raw.step === measurement.frame.step ? { raw } : 'off';
    }
    const { step: to } = measurement.frame;
    const backend = lane.engine.device?.backend;
    if (!backend) return { raw: null, remark: lane.engine.error ?? NO_FRAME };
    const run = log.run(lane.id);
    const found = await past.inspect(
      {
        ...{ lane: lane.id, backend, measurement, run, checkpoints: checkpoints.of(lane.id) },
        text: engine?.text() ?? '',
      },
      request,
      { isWanted, onStep: (step) => put({ travel: { lane: lane.id, step, to } }) },
    );
    if (!found) return 'off';
    return { raw: found.raw, ...(!found.same && { remark: OTHER_NUMBERS }) };
  }

  /** Looks once into every lane, one after the other. */
  async function look(): Promise<void> {
    const at = looking();
    if (!at || isLive()) return;
    const targets = onShow();
    const mine = ++turn;
    const isWanted = () => mine === turn && looking() !== null;
    const tensors: Tensors = [];
    const remarks: { lane: LaneId; text: string }[] = [];
    for (const target of targets) {
      const { id } = target.lane;
      const found = await tensorsOf(at, target, isWanted).catch((error: unknown) => ({
        raw: null,
        remark: reasonOf(error),
      }));
      if (!isWanted()) return;
      // Something newer is on its way, and will be looked at.
      if (found === 'off') {
        asked = null;
        return put({ travel: null });
      }
      tensors.push({ lane: id, raw: found.raw });
      if (found.remark) remarks.push({ lane: id, text: found.remark });
    }
    await show(at, targets, { tensors, remarks });
  }
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), QUIET);
  };

  /** Another view of what the reader has, where that is all that is asked for. */
  const readAgain = (): boolean => {
    const at = looking();
    const { of } = getState().inspection;
    if (!at || !has || !of || requestKey(at, has.targets) !== has.request) return false;
    void show(at, has.targets, null);
    return true;
  };

  function follow(state: Scope, before: Scope) {
    const at = state.view.inspect;
    if (!at) {
      if (before.view.inspect) close();
      return;
    }
    const isElsewhere = at !== before.view.inspect && readAgain();
    if (isLive()) {
      // A view of other tensors waits for the next step, not for its turn.
      if (at !== before.view.inspect && !isElsewhere) nextAt = -Infinity;
      return;
    }
    const wanted: Asked = { request: requestKey(at, onShow()), targets: onShow() };
    if (asked?.request === wanted.request && isSame(asked.targets, wanted.targets)) return;
    asked = wanted;
    soon();
  }
  function close() {
    clearTimeout(timer);
    turn++;
    has = asked = null;
    heldAt = null;
    past.close();
    setState({ inspection: NOTHING_READ });
  }
  const stop = store.subscribe((state, before) => {
    if (
      state.view.inspect !== before.view.inspect ||
      state.lanes !== before.lanes ||
      state.recordings !== before.recordings ||
      state.playing !== before.playing
    )
      follow(state, before);
  });
  soon();

  return {
    /** In training: lanes are looked into before their next step, where it is time. */
    watchTick(): TickWatch | null {
      const at = looking();
      const began = now();
      if (!at || !isLive() || isReading || began < nextAt) return null;
      const found = new Map<LaneId, { raw: Raw | null; remark?: string }>();
      return {
        beforeStep:
          ({ id }) =>
          async ({ inspect }) => {
            const lane = getState().lanes.find((lane) => lane.id === id);
            if (!lane) return;
            const config = lane.engine.latest?.config ?? drawnConfig(lane);
            const answer = inspect(wantedBy(at, config)).then((raw) => ({ raw }));
            found.set(
              id,
              await answer.catch((error: unknown) => ({ raw: null, remark: reasonOf(error) })),
            );
          },
        async done() {
          if (looking() === null || found.size === 0) return;
          const { lanes, recordings } = getState();
          const targets = [...lanes, ...recordings].map((lane): Target => ({
            lane,
            measurement: found.get(lane.id)?.raw
              ? (engineOf(lane.id)?.state().latest ?? null)
              : null,
          }));
          const tensors = targets.map(({ lane: { id } }) => ({
            lane: id,
            raw: found.get(id)?.raw ?? null,
          }));
          const remarks = targets.flatMap(({ lane }) => {
            const { remark } = found.get(lane.id) ?? {
              remark: lane.recorded ? RECORDED : NO_FRAME,
            };
            return remark ? [{ lane: lane.id, text: remark }] : [];
          });
          await show(at, targets, { tensors, remarks });
          nextAt = now() + Math.max(INTERVAL, RARELY * (now() - began));
        },
      };
    },
    hold(isHeld: boolean): void {
      heldAt = null;
      if (isHeld) {
        const shown = has?.targets ?? onShow();
        heldAt = new Map(shown.map(({ lane, measurement }) => [lane.id, measurement]));
      }
      put({ isHeld });
      if (!isHeld) soon();
    },
    /** Ends a way to a step of the past, or a reading; a view of another place is read again. */
    cancel(): void {
      turn++;
      if (isReading) {
        reader.cancel();
        has = null;
      }
      put({ travel: null });
    },
    dispose(): void {
      stop();
      close();
      reader.cancel();
    },
  };
}
