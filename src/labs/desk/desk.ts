import { shallow } from 'zustand/vanilla/shallow';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { reasonOf } from '../../lib/reason';
import { recorded } from '../../runs/record';
import { sameConfig } from '../../runs/link';
import { settled } from '../../runs/settled';
import type { Hideable } from '../../runs/view';
import { engineStep, type ScopeStore } from '../../runs/state';
import type { Prediction } from '../../theory/predict';
import type { Config } from '../../config/fields';
import type { Block, Lab, Mistake, Predict } from '../lab';
import {
  begun,
  isDone,
  isRevealed,
  progressed,
  shareOf,
  tasksOf,
  type Answer,
  type Deed,
  type KeptFigure,
  type LabProgress,
  type Task,
} from '../progress';
import type { LabReport } from '../report';
import { scoreOf } from '../score';
import { blocksIn, liveIn, pageAt } from '../walk';
import { createKeeping } from './keeping';
import { drawGuesses } from './guesses';
import { createJudging } from './judging';
import { hiddenIn, leavingOut } from './pages';
import { reportOf } from './report';
import type { KeptLab, LabShelf } from './shelf';

/** The pane beside the panels. */
export type LabsPage =
  | { kind: 'list' }
  | { kind: 'reading'; name: string }
  | { kind: 'lab'; lab: Lab }
  | {
      kind: 'refused';
      name: string;
      reasons: readonly string[];
      /** It can be shown without what is wrong with it. */
      canOpen: boolean;
    };

export interface Labs {
  page: LabsPage;
  /** Of the lab on show. */
  progress: LabProgress | null;
  /** Labs that were begun in this browser, the newest first. */
  kept: readonly KeptLab[];
  /** Where tasks of the step on show stand that are judged by themselves, in words. */
  standing: Readonly<Record<string, string>>;
  /** Numbers of the runs of the page that the step on show tells, by their expressions; null while there is none. */
  live: Readonly<Record<string, number | null>>;
  /** The outcome that came last, to be read aloud. */
  said: string;
  /** Another tab went on with the lab on show, so that nothing is kept of what is done in this one. */
  isElsewhere: boolean;
  /** The address that the lab on show is from; null of a file that was dropped. */
  from: string | null;
  /** It is a version that its address had once. */
  isOld: boolean;
}

/** Where a lab is from: the address of the page names it. */
export interface LabAddress {
  read(): string | null;
  write(from: string | null): void;
  /** The page has a link of its own, as after it was loaded again. */
  hasPage(): boolean;
  /** Sets the page to a link. */
  go(page: string): Promise<void>;
  /** The address of a file beside a lab. */
  beside(from: string, file: string): string;
  /** The text of a lab of this origin; throws where there is none. */
  fetch(from: string): Promise<string>;
}

export interface LabDeskOptions {
  scope: Pick<ScopeStore, 'getState' | 'setState' | 'subscribe' | 'actions'>;
  shelf: LabShelf;
  address: LabAddress;
  readLab(source: string, id: string): Promise<{ lab: Lab | null; mistakes: readonly Mistake[] }>;
  /** Theory of a configuration at initialization. */
  predict(config: Config, text: string | null): Promise<Prediction>;
  app: string;
  now?(): Date;
}

/** The way in which a lab came. */
interface Way {
  /** Its name or address; null of a file that was dropped. */
  from: string | null;
  /** The page was loaded again, and stands as it did. */
  isAgain: boolean;
  /** A version that its address had once. */
  isOld?: boolean;
}

/** Milliseconds between two looks at what the page measured. */
const INTERVAL = 150;

/** A lab is opened by its file as it was begun, and not as it is at its address by now. */
export const keptName = ({ progress }: Pick<KeptLab, 'progress'>): string =>
  KEPT + progress.lab.print;

const KEPT = 'kept:';
const idOf = (name: string): string =>
  name
    .replace(/[?#].*$/s, '')
    .replace(/^.*\//s, '')
    .replace(/\.md$/i, '');

/** Blocks that are on show: what is revealed counts once it is. */
export const shownIn = (
  blocks: readonly Block[],
  tasks: readonly Task[],
  now: LabProgress,
): readonly Block[] =>
  blocks.flatMap((block) =>
    block.kind !== 'reveal'
      ? [block]
      : isRevealed(block.after, tasks, now)
        ? shownIn(block.blocks, tasks, now)
        : [],
  );

/** Labs on the page: opens them, judges what is done by what the page measured, and keeps how far they are. */
export function createLabDesk(options: LabDeskOptions) {
  const { scope, shelf, address, app, now = () => new Date() } = options;
  const store: StoreApi<Labs> = createStore<Labs>(() => ({
    ...{ page: { kind: 'list' }, progress: null, kept: [], standing: {}, live: {}, said: '' },
    ...{ isElsewhere: false, from: null, isOld: false },
  }));
  const { getState, setState } = store;
  const at = () => now().toISOString();
  const lab = (): Lab | null => {
    const { page } = getState();
    return page.kind === 'lab' ? page.lab : null;
  };

  let isKept = true;
  /** A failure to keep a lab is said once; the lab goes on. */
  function failed(error: unknown): void {
    if (!isKept) return;
    isKept = false;
    const text = `Labs are not kept in this browser: ${reasonOf(error)} Save the report before you leave the page.`;
    scope.actions.notify({ level: 'warning', about: 'page', text });
  }
  const keeping = createKeeping({
    ...{ shelf, onFailed: failed },
    onElsewhere: () => setState({ isElsewhere: true, said: 'This lab went on in another tab.' }),
  });
  const listed = (kept: readonly KeptLab[]) =>
    setState({ kept: kept.toSorted((a, b) => b.at - a.at) });
  const loaded = shelf.all().then(listed).catch(failed);

  /** The text of the lab on show. */
  let source = '';
  const keep = () => {
    const { progress, kept, from } = getState();
    const of = lab();
    if (!progress || of?.kind !== 'lab') return;
    const { question, minutes } = of;
    const one: KeptLab = {
      ...{ progress, question, minutes, share: shareOf(of, progress), at: now().getTime() },
      ...{ from, source, mark: `${at()} ${Math.random()}` },
    };
    listed([...kept.filter((other) => other.progress.lab.print !== of.print), one]);
    keeping.put(one);
  };

  function did(deed: Deed, said?: string): void {
    const { progress } = getState();
    if (!progress) return;
    const next = progressed(progress, deed);
    if (next === progress) return;
    setState({ progress: next, ...(said !== undefined && { said }) });
    keep();
    soon();
  }

  const judging = createJudging({ scope, predict: options.predict, onPredicted: () => soon() });

  /** Compares a recorded prediction with what was measured, once it was. */
  function compare({ id, asks }: Predict): string | null {
    if (asks.kind === 'choice') return null;
    const answer = getState().progress?.answers[id];
    if (!answer || answer.measured !== null) return null;
    const found = judging.measurementOf(asks);
    if (found.missing !== undefined) return found.missing;
    const { value } = found;
    const measured = typeof value === 'number' ? recorded(value) : value.map(recorded);
    const { distance = null, isRight = null } = scoreOf(asks, answer.given, value) ?? {};
    did({ does: 'measure', id, measured, evidence: found.evidence, distance, isRight });
    return null;
  }

  /** Judges what is judged by itself. */
  function look(): void {
    const of = lab();
    const { progress } = getState();
    if (!of || !progress) return;
    const tasks = tasksOf(of);
    const standing: Record<string, string> = {};
    for (const task of tasks)
      if (task.kind === 'predict') {
        const said = compare(task);
        if (said !== null) standing[task.id] = said;
      }
    const shown = shownIn(of.steps[progress.step]?.blocks ?? [], tasks, progress);
    for (const task of shown) {
      if (task.kind !== 'do' || isDone(task, progress)) continue;
      const { id, when } = task;
      void judging.predicted(when);
      const { isMissing: _, ...found } = judging.judged(when);
      standing[id] = found.said;
      if (found.isPassed) did({ does: 'judge', id, at: at(), ...found }, `Done. ${found.said}`);
    }
    const step = of.steps[progress.step];
    const live = Object.fromEntries(
      (step ? liveIn(step) : []).map((text) => [text, judging.numberOf(text)]),
    );
    const before = getState();
    if (!shallow(before.standing, standing)) setState({ standing });
    if (!shallow(before.live, live)) setState({ live });
    guess();
  }
  let timer: ReturnType<typeof setTimeout> | null = null;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      look();
    }, INTERVAL);
  };
  const unsubscribe = scope.subscribe(({ lanes }, before) => {
    if (lanes !== before.lanes) soon();
  });

  /** Blocks of the step on show; none without a lab. */
  const blocksNow = (): readonly Block[] =>
    lab()?.steps[getState().progress?.step ?? 0]?.blocks ?? [];
  const guess = () => drawGuesses(scope, blocksNow(), getState().progress?.answers ?? {});

  /** Parts that predictions of the step on show leave out until they are recorded. */
  function veiled(): Hideable[] {
    const { progress } = getState();
    return blocksIn(blocksNow()).flatMap((block) =>
      block.kind === 'predict' && !progress?.answers[block.id] ? block.hides : [],
    );
  }

  /** The page of the step on show; of the report, that of the last step. */
  function pageNow(): string | null {
    const of = lab();
    const { progress } = getState();
    const step = of?.steps[progress?.step ?? 0] ?? of?.steps.at(-1);
    return of && step ? pageAt(of, step) : null;
  }

  /** @param isAnew lanes begin at step 0 also where they stay as they are set */
  async function setPage(isAnew = true): Promise<void> {
    const page = pageNow();
    if (page === null) return;
    const { actions } = scope;
    actions.pause();
    actions.showMoment('live');
    const before = scope.getState().lanes;
    await address.go(leavingOut(page, veiled()));
    const { lanes } = scope.getState();
    const isOther =
      lanes.length !== before.length ||
      lanes.some(({ config }, i) => !sameConfig(config, before[i]!.config));
    if ((isAnew || isOther) && lanes.some((lane) => engineStep(lane) > 0)) actions.reset();
  }

  /** A step of a story: its page, and what it shows there. Runs go on from step to step where lanes stay as they are. */
  async function tell(step: number, isAnew = false): Promise<void> {
    did({ does: 'go', step }, '');
    const { play, moment } = lab()!.steps[step]!.show;
    await setPage(isAnew);
    await settled(scope);
    // Another step may have been asked for meanwhile.
    if (lab()?.kind !== 'story' || getState().progress?.step !== step) return;
    if (play !== null) scope.actions.trainTo(play);
    if (moment !== null) scope.actions.showMoment(moment);
  }

  function go(step: number): void {
    const of = lab();
    const { progress } = getState();
    if (!of || !progress) return;
    if (of.kind === 'story') return void tell(step);
    const isNew = step > progress.furthest && (of.steps[step]?.page ?? null) !== null;
    did({ does: 'go', step }, '');
    if (isNew) return void setPage();
    const { hide } = scope.getState().view;
    const more = veiled().filter((part) => !hide.includes(part));
    if (more.length) scope.actions.setView({ hide: [...hide, ...more] });
  }

  const refuse = (name: string, reasons: readonly string[], canOpen = false) =>
    setState({ page: { kind: 'refused', name, reasons, canOpen }, progress: null });
  /** Opens the lab that was refused last, without what is wrong with it. */
  let despite = async () => {};

  async function use(text: string, name: string, way: Way) {
    const { lab, mistakes } = await options.readLab(text, idOf(name));
    if (lab && !mistakes.length) return show(lab, text, way);
    if (lab) despite = () => show(lab, text, way);
    const reasons = mistakes.map(({ line, reason }) => `Line ${line}: ${reason}`);
    refuse(name, reasons, lab !== null);
  }

  async function show(lab: Lab, text: string, { from, isAgain, isOld = false }: Way) {
    await loaded;
    await keeping.done();
    const kept = await shelf.get(lab.print).catch(() => undefined);
    keeping.begin(kept);
    source = text;
    const before = kept?.progress;
    const progress = before ?? progressed(begun(lab, at()), { does: 'go', step: 0 });
    setState({ page: { kind: 'lab', lab }, progress, standing: {}, live: {}, said: '' });
    setState({ isElsewhere: false, from, isOld });
    scope.setState({ labs: true });
    address.write(isOld || from === null ? KEPT + lab.print : from);
    keep();
    if (lab.kind === 'story') await tell(0, true);
    else if (!(isAgain && before)) await setPage();
    look();
  }

  async function open(from: string, isAgain = false): Promise<void> {
    setState({ page: { kind: 'reading', name: from }, progress: null, standing: {}, said: '' });
    try {
      if (!from.startsWith(KEPT))
        return await use(await address.fetch(from), from, { from, isAgain });
      const kept = await shelf.get(from.slice(KEPT.length));
      if (!kept)
        return refuse('The lab of this link', [
          'It was opened from a file, in another browser or long ago. Open the file again.',
        ]);
      const way: Way = { from: kept.from, isAgain, isOld: kept.from !== null };
      await use(kept.source, `${kept.progress.lab.id}.md`, way);
    } catch (error) {
      refuse(from, [reasonOf(error)]);
    }
  }

  /** Back to the list. */
  function list(): void {
    if (!lab()) return void setState({ page: { kind: 'list' } });
    setState({ page: { kind: 'list' }, progress: null, standing: {}, said: '' });
    address.write(null);
    void keeping.done().then(shelf.all).then(listed).catch(failed);
    guess();
    // Locks and hidden parts of a lab end with it.
    const { open, hide } = scope.getState().view;
    if (open || hide.length) scope.actions.setView({ open: null, hide: [] });
  }

  return {
    store,
    /** Opens the lab that the address names; tells if there is one, which is not open yet. */
    begin(): boolean {
      const from = address.read();
      if (!from || getState().page.kind !== 'list') return false;
      void open(from, address.hasPage());
      return true;
    },
    open: (from: string) => void open(from),
    openDespite: () => despite(),
    /** A file that somebody brings. */
    async openFile(name: string, text: string): Promise<void> {
      setState({ page: { kind: 'reading', name }, progress: null });
      scope.setState({ labs: true });
      await use(text, name, { from: null, isAgain: false });
    },
    /** Takes up the answers that another tab has kept of the lab on show. */
    async takeUp(): Promise<void> {
      const of = lab();
      const { from, isOld } = getState();
      if (of) await show(of, source, { from, isAgain: true, isOld });
    },
    /** The page is seen again: another tab may have gone on meanwhile. */
    seen(): void {
      const of = lab();
      if (of) keeping.look(of.print);
    },
    list,
    close(): void {
      list();
      scope.setState({ labs: false });
    },
    /** The address of a file beside the one of the lab; null of a lab that was dropped alone. */
    beside(file: string): string | null {
      const { from } = getState();
      return from === null ? null : address.beside(from, file);
    },
    forget(print: string): void {
      setState(({ kept }) => ({
        kept: kept.filter(({ progress }) => progress.lab.print !== print),
      }));
      void shelf.remove(print).catch(failed);
    },
    go,
    setPage: () => void setPage(),
    answer(task: Predict, given: Answer['given']): void {
      const { id, asks } = task;
      const isRight = asks.kind === 'choice' ? given === asks.answer : null;
      did({ does: 'answer', id, given, isRight, at: at() }, 'Your prediction is recorded.');
      const stays = [...veiled(), ...hiddenIn(pageNow() ?? '')];
      const { hide } = scope.getState().view;
      const shown = task.hides.filter((part) => hide.includes(part) && !stays.includes(part));
      if (shown.length)
        scope.actions.setView({ hide: hide.filter((part) => !shown.includes(part)) });
      compare(task);
    },
    /** Judges a predicate over the runs of the page. */
    async check({ id, when }: Extract<Task, { kind: 'check' }>): Promise<void> {
      await judging.predicted(when);
      const { isMissing, ...found } = judging.judged(when);
      const outcome = found.isPassed ? 'Passed.' : isMissing ? 'Not yet.' : 'Not passed.';
      did({ does: 'judge', id, at: at(), ...found }, `${outcome} ${found.said}`);
    },
    hint: (id: string) => did({ does: 'hint', id }),
    keepFigure: (id: string, figure: Omit<KeptFigure, 'at'>) =>
      did({ does: 'keep', id, figure: { ...figure, at: at() } }, 'The figure is in your report.'),
    write: (id: string, text: string) => did({ does: 'write', id, text }),
    sign: (student: string) => did({ does: 'sign', student }),
    report(): LabReport | null {
      const of = lab();
      const { progress } = getState();
      const { lanes } = scope.getState();
      const device = lanes.find(({ engine }) => engine.device)?.engine.device ?? null;
      return of && progress && reportOf(of, progress, { app, saved: at(), device });
    },
    loaded,
    dispose(): void {
      unsubscribe();
      if (timer) clearTimeout(timer);
    },
  };
}

export type LabDesk = ReturnType<typeof createLabDesk>;
