import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Config } from '../../config/fields';
import { reasonOf } from '../../lib/reason';
import { counted } from '../../lib/words';
import type { BackendId } from '../../protocol/engine';
import type { WorkerLike } from '../../runs/client';
import type { ScopeStore } from '../../runs/state';
import { TIMED, type Timed } from '../errands';
import { readLines, SweepFileError } from '../lines';
import type { Draft } from '../link';
import { runKey, runsOf, textOf, type Sweep, type SweepRun } from '../sweep';
import { workOf } from '../work';
import { durations, endsOf } from './cost';
import { createHand, type Hand } from './hand';
import {
  fileOf,
  headOf,
  heldOf,
  idOf,
  isUnfinished,
  lackedBy,
  revived,
  type HeldSweep,
  type MadeRun,
} from './held';
import type { SweepHead, SweepShelf } from './shelf';

/** The sweep that is being run. */
export interface Going {
  id: string;
  isPaused: boolean;
  /** Workers at it. */
  workers: number;
  /** The share of its steps that are made. */
  share: number;
  /** Milliseconds that are left; null before anything tells. */
  left: number | null;
}

export interface Estimate {
  id: string;
  /** Milliseconds of all runs on so many workers; null while it is being timed. */
  ms: number | null;
  error: string | null;
}

export interface Sweeps {
  /** Kept sweeps are read. */
  isLoaded: boolean;
  all: readonly HeldSweep[];
  going: Going | null;
  /** Lanes train: the sweep rests meanwhile. */
  givesWay: boolean;
  estimate: Estimate | null;
  /** The form as it was left. */
  draft: Draft | null;
  /** The sweep beside the one on show. */
  beside: string | null;
}

export interface SweepDeskOptions {
  scope: Pick<ScopeStore, 'getState' | 'subscribe' | 'actions'>;
  spawn(): WorkerLike;
  shelf: SweepShelf;
  /** Processors, as the browser counts them. */
  processors: number;
  app: string;
  /** Milliseconds after which what came is shown, so that many short runs do not have the page drawn for each. */
  interval?: number;
  now?(): number;
  /** Something unfinished is kept, or nothing any more: the next visit is told. */
  onUnfinished?(isAny: boolean): void;
}

/** More workers than this would share their caches and memory. */
const MOST_WORKERS = 16;
/** Workers of a sweep: the page needs little of a processor, where there are several. */
export const workersFor = (processors: number): number =>
  Math.min(MOST_WORKERS, Math.max(1, processors > 2 ? processors - 1 : processors));

/** Milliseconds of timing a run after which once is enough. */
const LONG = 3000;

/** A run that ends its worker so often cannot be made. */
const TRIES = 2;

/** Runs sweeps on workers of their own, and keeps what they gave. */
export function createSweepDesk(options: SweepDeskOptions) {
  const { scope, shelf, app, processors, interval = 250, now = Date.now } = options;
  const store: StoreApi<Sweeps> = createStore<Sweeps>(() => ({
    ...{ isLoaded: false, all: [], going: null, givesWay: false },
    ...{ estimate: null, draft: null, beside: null },
  }));
  const { getState, setState } = store;
  const held = (id: string) => getState().all.find((one) => one.id === id);
  const change = (id: string, changes: Partial<HeldSweep>) =>
    setState(({ all }) => ({
      all: all.map((one) => (one.id === id ? { ...one, ...changes } : one)),
    }));
  const tellUnfinished = () => options.onUnfinished?.(getState().all.some(isUnfinished));

  let isKept = true;
  /** A failure to keep a run is said once; the sweep goes on. */
  const keeping = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!isKept) return;
      isKept = false;
      const text = `Sweeps are not kept in this browser: ${reasonOf(error)} Save the file of what should stay.`;
      scope.actions.notify({ level: 'warning', about: 'page', text });
    });

  const keepHead = (id: string) => void keeping(shelf.begin(headOf(held(id)!)));

  const loaded = shelf
    .load()
    .then(
      (kept) => {
        const read = kept.map(({ head, runs }) => revived(head, runs));
        const lost = read.filter((one) => one === null).length;
        if (lost)
          scope.actions.notify({
            ...{ level: 'warning', about: 'page' },
            text: `${lost} kept ${lost === 1 ? 'sweep is' : 'sweeps are'} of another version of Normscope, and cannot be read.`,
          });
        setState(({ all }) => ({
          all: [
            ...all,
            ...read.filter(
              (one): one is HeldSweep => !!one && !all.some(({ id }) => id === one.id),
            ),
          ].toSorted((a, b) => b.began - a.began),
        }));
      },
      (error: unknown) => keeping(Promise.reject(error)),
    )
    .then(() => setState({ isLoaded: true }));

  const textFor = (config: Config): string | null => scope.actions.textFor(config);
  /** The text that a sweep reads, whole; null while it is not there. */
  const textIn = (sweep: Sweep): string | null =>
    sweep.axes.some(({ key }) => key === 'task')
      ? textFor({ ...sweep.base, task: 'text' })
      : textFor(sweep.base);
  const backend = (): BackendId | null =>
    scope.getState().lanes.find(({ engine }) => engine.device)?.engine.device?.backend ?? null;

  // Hands: started when they are needed, kept while the sweep or its form is open.
  let hands: Hand[] = [];
  const handAt = (i: number): Hand => {
    const there = hands[i];
    if (there?.isAlive()) return there;
    const hand = createHand(options.spawn, backend());
    hands[i] = hand;
    if (isResting()) hand.rest(true);
    return hand;
  };
  const dismiss = () => {
    hands.forEach((hand) => hand.dispose());
    hands = [];
  };

  const isResting = () => getState().givesWay || (getState().going?.isPaused ?? false);
  let wake: (() => void)[] = [];
  /** Done when runs may begin. */
  const allowed = async () => {
    while (isResting()) await new Promise<void>((resolve) => wake.push(resolve));
  };
  const restOrGo = () => {
    const resting = isResting();
    hands.forEach((hand) => hand.rest(resting));
    if (resting) return;
    wake.forEach((go) => go());
    wake = [];
  };
  const unsubscribe = scope.subscribe(({ playing }) => {
    if (playing === getState().givesWay) return;
    setState({ givesWay: playing });
    restOrGo();
  });
  setState({ givesWay: scope.getState().playing });

  /** Timed ends of sweeps, by the sweep. */
  const timed = new Map<string, [SweepRun, Timed][]>();
  let estimating: string | null = null;

  /** One run after another until none is left, on a worker each. */
  interface Work {
    id: string;
    sweep: Sweep;
    text: string;
    queue: SweepRun[];
    tries: Map<string, number>;
    /** Steps made of the runs under way. */
    under: Map<string, number>;
    isOver: boolean;
  }
  let work: Work | null = null;
  /** Outcomes of runs since the last picture: they are made, or the reason why not. */
  let came: { id: string; key: string; is: MadeRun | string }[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const soon = () => {
    timer ??= setTimeout(publish, interval);
  };
  const publish = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const fresh = came;
    came = [];
    for (const id of new Set(fresh.map((one) => one.id))) {
      const one = held(id);
      const own = fresh.filter((run) => run.id === id);
      if (!one) continue;
      const made = new Map(one.made);
      const failed = { ...one.failed };
      for (const { key, is } of own) {
        if (typeof is === 'string') failed[key] = is;
        else made.set(key, is);
      }
      change(id, { made, failed });
      if (own.some(({ is }) => typeof is === 'string')) keepHead(id);
    }
    const one = work && held(work.id);
    if (!work || !one) return;
    const { going } = getState();
    if (!going) return;
    const { steps } = one.sweep.typed;
    const under = [...work.under.values()].reduce((sum, made) => sum + made, 0);
    const { length: all } = one.planned;
    const share = ((all - lackedBy(one).toCome.length) * steps + under) / (all * steps);
    setState({ going: { ...going, share, left: leftOf(one, work, going.workers) } });
  };
  /** Milliseconds that the rest takes: by the runs of this sweep that are made or, before, by what its ends took. */
  function leftOf({ id, made, sweep }: HeldSweep, { queue, under }: Work, workers: number) {
    const before = timed.get(id);
    const own = before && durations(sweep, before);
    const weigh = own ?? (({ config }: Pick<SweepRun, 'config'>) => workOf(config));
    const sum = (runs: Iterable<Pick<SweepRun, 'config'>>) =>
      [...runs].reduce((total, run) => total + weigh(run), 0);
    const finished = [...made.values()].filter(({ time }) => Number.isFinite(time));
    const took = finished.reduce((total, { time }) => total + time * 1000, 0);
    const rate = finished.length ? took / sum(finished) : own ? 1 : null;
    if (rate === null) return null;
    const { steps } = sweep.typed;
    const now = [...under].reduce((total, [key, done]) => {
      const run = held(id)?.planned.find((one) => runKey(one) === key);
      return total + (run ? weigh(run) * (1 - done / steps) : 0);
    }, 0);
    return ((sum(queue) + now) * rate) / Math.max(1, workers);
  }

  async function labour(at: Work, place: number): Promise<void> {
    while (!at.isOver && at.queue.length > 0) {
      await allowed();
      const run = at.queue.shift();
      if (at.isOver || !run) return;
      const key = runKey(run);
      const hand = handAt(place);
      let isOpen = false;
      try {
        const maker = await hand.opened;
        isOpen = true;
        at.under.set(key, 0);
        const outcome = await hand.run(at.sweep, run, at.text, (steps) => {
          at.under.set(key, steps);
          soon();
        });
        if (at.isOver) return;
        const made: MadeRun = { ...outcome, maker: { ...maker, app } };
        came.push({ id: at.id, key, is: made });
        const { config: _, ...kept } = made;
        void keeping(shelf.add(at.id, [[key, kept]]));
      } catch (error) {
        if (at.isOver) return;
        const tries = (at.tries.get(key) ?? 0) + 1;
        at.tries.set(key, tries);
        const reason = reasonOf(error);
        // A worker may die of what others do.
        if (!hand.isAlive() && tries < TRIES) at.queue.unshift(run);
        else if (isOpen) came.push({ id: at.id, key, is: reason });
        else {
          // Without a device no other run can be made.
          change(at.id, { error: reason });
          return stop();
        }
      } finally {
        at.under.delete(key);
        soon();
      }
    }
  }

  function stop(): void {
    if (!work) return;
    work.isOver = true;
    publish();
    work = null;
    dismiss();
    setState({ going: null });
    wake.forEach((go) => go());
    wake = [];
    tellUnfinished();
  }

  /** The sweep goes on with the runs that it has not. */
  function start(sweep: Sweep): string | null {
    const text = textIn(sweep);
    if (text === null) return 'The text that it reads is not there yet.';
    const print = textOf(sweep, text);
    const id = idOf(sweep, print);
    if (work?.id === id) return null;
    stop();
    estimating = null;
    if (!held(id)) {
      const { typed, base } = sweep;
      const head: SweepHead = { id, typed, base, text: print, began: now() };
      setState(({ all }) => ({ all: [heldOf(head, sweep, new Map()), ...all] }));
    }
    // Runs that could not be made are tried again.
    change(id, { error: null, failed: {} });
    keepHead(id);
    const one = held(id)!;
    const queue = one.planned.filter((run) => !one.made.has(runKey(run)));
    const workers = Math.min(workersFor(processors), Math.max(1, queue.length));
    const at: Work = {
      ...{ id, sweep: one.sweep, text, queue },
      ...{ tries: new Map(), under: new Map(), isOver: false },
    };
    work = at;
    setState({ going: { id, isPaused: false, workers, share: 0, left: null } });
    publish();
    options.onUnfinished?.(true);
    void Promise.all(Array.from({ length: workers }, (_, i) => labour(at, i))).then(() => {
      if (work !== at) return;
      stop();
      // With the form open it is seen.
      const ended = held(id);
      if (!ended || scope.getState().view.sweep !== null) return;
      const { length: lost } = lackedBy(ended).failed;
      const text = `The sweep is done: ${counted(ended.planned.length)} runs`;
      scope.actions.notify({
        ...{ level: lost ? 'warning' : 'info', about: 'page' },
        text: lost ? `${text}, of which ${counted(lost)} could not be made.` : `${text}.`,
      });
    });
    return null;
  }

  /** Times the ends of a sweep, unless that was done or a sweep is running. */
  async function estimate(sweep: Sweep): Promise<void> {
    const text = textIn(sweep);
    if (text === null || work) return;
    const id = idOf(sweep, textOf(sweep, text));
    if (estimating === id) return;
    estimating = id;
    const put = (estimate: Estimate | null) => {
      if (estimating === id) setState({ estimate });
    };
    const known = timed.get(id);
    if (!known) {
      put({ id, ms: null, error: null });
      // The one before may be at a large model.
      if (hands.length > 1 || getState().estimate?.ms === null) dismiss();
      try {
        const hand = handAt(0);
        await hand.opened;
        const ends: [SweepRun, Timed][] = [];
        for (const run of endsOf(sweep)) {
          if (estimating !== id) return;
          const cold = await hand.time(run, text);
          // Most runs come after others like them, whose code is compiled and whose graph is recorded.
          const isLong = cold.begin + TIMED * cold.step > LONG;
          ends.push([run, isLong ? cold : await hand.time(run, text)]);
        }
        timed.set(id, ends);
      } catch (error) {
        put({ id, ms: null, error: reasonOf(error) });
        if (estimating === id) estimating = null;
        return;
      }
    }
    const own = durations(sweep, timed.get(id)!);
    const runs = runsOf(sweep);
    const all = runs.reduce((sum, run) => sum + own(run), 0);
    put({ id, ms: all / Math.min(workersFor(processors), runs.length), error: null });
  }

  return {
    store,
    loaded,
    /** Null, or the reason why it does not begin. */
    start,
    pause(isPaused: boolean): void {
      const { going } = getState();
      if (!going) return;
      setState({ going: { ...going, isPaused } });
      restOrGo();
    },
    stop,
    estimate,
    /** The form is closed: what was started for an estimate alone ends. */
    leave(): void {
      estimating = null;
      setState({ estimate: null });
      if (!work) dismiss();
    },
    setDraft: (draft: Draft) => setState({ draft }),
    setBeside: (beside: string | null) => setState({ beside }),
    remove(id: string): void {
      if (work?.id === id) stop();
      setState(({ all, beside }) => ({
        all: all.filter((one) => one.id !== id),
        beside: beside === id ? null : beside,
      }));
      void keeping(shelf.remove(id));
      tellUnfinished();
    },
    /** The sweep of a form as it is read here, with the text that is read now. */
    idFor: (sweep: Sweep): string => idOf(sweep, textOf(sweep, textIn(sweep) ?? '')),
    fileOf,
    /** All that are kept, as files. */
    async files(): Promise<{ name: string; content: string }[]> {
      await loaded;
      return getState()
        .all.filter(({ made }) => made.size > 0)
        .map(fileOf);
    },
    /** The runs of a file stand beside those that are kept, and the form has its sweep: null, or the reason why not. */
    async open(content: string): Promise<string | null> {
      let read;
      try {
        read = readLines(content);
      } catch (error) {
        if (error instanceof SweepFileError) return error.message;
        throw error;
      }
      await loaded;
      const { sweep, outcomes, text } = read;
      const id = idOf(sweep, text);
      const { typed, base } = sweep;
      const fresh = outcomes.map((run): [string, MadeRun] => [runKey(run), run]);
      const before = held(id);
      const made = new Map([...fresh, ...(before?.made ?? [])]);
      if (before) change(id, { made });
      else {
        const head: SweepHead = { id, typed, base, text, began: now() };
        setState(({ all }) => ({ all: [heldOf(head, sweep, made), ...all] }));
      }
      setState({ draft: { typed, base } });
      // Both are asked for at once, so that none of it comes after the sweep is removed.
      keepHead(id);
      void keeping(
        shelf.add(
          id,
          fresh.map(([key, { config: _, ...run }]) => [key, run] as const),
        ),
      );
      tellUnfinished();
      return null;
    },
    dispose(): void {
      stop();
      dismiss();
      unsubscribe();
      if (timer) clearTimeout(timer);
    },
  };
}

export type SweepDesk = ReturnType<typeof createSweepDesk>;
