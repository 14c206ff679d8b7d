import type { StoreApi } from 'zustand/vanilla';
import { complete, explained, toTell, type Problem } from '../config/check';
import { isKey, type Config } from '../config/fields';
import { counted } from '../lib/words';
import { allowed, whyLocked } from './access';
import type { Address } from './address';
import { createHistory } from './history';
import { addedTo, byLetter } from './lanes';
import { LINK_TOPICS } from './laneNotices';
import type { LaneSet } from './laneSet';
import type { NoticeBoard } from './notices';
import { pedigreesOf } from './pedigree';
import type { Actions, LaneId, Moment, Notice, Scope } from './state';

type Change = Record<string, unknown> | ((of: Config) => Partial<Config>);

const settingOf = ({ key }: Problem) => (isKey(key) ? key : 'page');

export interface WantedFork {
  id: LaneId;
  of: LaneId;
  step: number;
}

const ON_PRESENT = 'Settings act on the present, and a step of the past is on show.';

interface SettingsOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  notices: NoticeBoard;
  address: Address;
  /** Evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?(): boolean;
  trainTo(step: number): void;
  /** Lanes are made forks, each at a step of another that training first leads to. */
  forkAt(forks: readonly WantedFork[]): void;
  showMoment(moment: Moment): void;
  /** Lanes are to have these letters: whatever else has one of them takes another. */
  claim(letters: readonly LaneId[]): void;
}

/** Lanes and view as people change them. Each settled change is an entry of the page's history. */
export function createSettings({ store, laneSet, notices, ...options }: SettingsOptions) {
  const { getState, setState } = store;
  /** Says what was wrong with the last settings, of much the first; what was said of earlier ones goes. */
  const explain = (problems: Problem[], aboutOf: (problem: Problem) => Notice['about']) =>
    notices.retell(
      'settings',
      toTell(problems).map((problem) => ({
        level: 'warning',
        about: aboutOf(problem),
        text: explained(problem),
      })),
    );
  /** A link that names a step holds none of what was recorded: the way there is training. */
  const offer = (step: number) => {
    const run = () => {
      notices.takeBack(LINK_TOPICS.step);
      options.trainTo(step);
    };
    const text = `This link is to step ${counted(step)}. Training leads there: the same settings and seed make the same steps.`;
    const action = { label: `Train to step ${counted(step)}`, run };
    notices.retell(
      LINK_TOPICS.step,
      step > 0 ? [{ level: 'info', about: 'page', text, action }] : [],
    );
  };
  /** A link that tells of forks holds none of the weights that they went on with. */
  const offerForks = (wanted: readonly WantedFork[]) => {
    const run = () => {
      notices.takeBack(LINK_TOPICS.forks);
      options.forkAt(wanted);
    };
    const letter = (id: LaneId) => id.toUpperCase();
    const said = wanted.map(
      ({ id, of, step }) =>
        `lane ${letter(id)} goes on from step ${counted(step)} of lane ${letter(of)}`,
    );
    const text = `In this link ${said.join(', ')}. Training leads there; until then the lane begins at step 0 as any other.`;
    const action = { label: 'Train there and fork', run };
    notices.retell(
      LINK_TOPICS.forks,
      wanted.length ? [{ level: 'info', about: 'page', text, action }] : [],
    );
  };
  /** The settings are not those of the moment on show, while that is of the past. */
  const sayWhen = () => {
    const action = { label: 'Show the present', run: () => options.showMoment('live') };
    if (!getState().notices.some(({ text }) => text === ON_PRESENT)) {
      notices.notify({ level: 'info', about: 'page', text: ON_PRESENT, action }, ON_PRESENT);
    }
  };
  store.subscribe((state, before) => {
    if (state.moment === 'live' && before.moment !== 'live') notices.takeBack(ON_PRESENT);
  });
  const now = () => {
    const { lanes, recordings, view } = getState();
    return {
      taken: recordings.map(({ id }) => id),
      configs: lanes.map(({ config }) => config),
      view,
      lanes: lanes.map(({ id }) => id),
      forks: pedigreesOf(lanes),
    };
  };
  const history = createHistory(
    options.address,
    now,
    ({ configs, view, step, forks = [], lanes }, problems) => {
      const isLeftOpen = view.evaluation.open === null && options.evaluationLeftOpen?.();
      setState({ view: isLeftOpen ? { ...view, evaluation: { open: true } } : view });
      options.claim(lanes);
      laneSet.arrange(configs.map((config, i) => ({ id: lanes[i]!, config })));
      // Beside its setting it might stand in a closed group, where who opened the link never sees it.
      explain(problems, () => 'page');
      offer(step ?? 0);
      const present = pedigreesOf(getState().lanes);
      offerForks(
        forks.flatMap((fork, i) => {
          const own = present[i];
          const of = fork && lanes[fork.of];
          const isThere = own?.of === fork?.of && own?.step === fork?.step;
          return fork && of && !isThere ? [{ id: lanes[i]!, of, step: fork.step }] : [];
        }),
      );
    },
  );
  store.subscribe(({ lanes }, before) => {
    if (lanes === before.lanes || lanes.length !== before.lanes.length) return;
    const are = pedigreesOf(lanes);
    if (pedigreesOf(before.lanes).some((was, i) => was && !are[i])) history.amend();
  });
  const change = (settings: Change, ids?: LaneId[], settled = true) => {
    const problems: Problem[] = [];
    const configFor = (config: Config) => {
      const own = typeof settings === 'function' ? settings(config) : settings;
      const { changes, locked } = allowed(getState().view, config, own);
      const completed = complete(changes, config);
      problems.push(
        ...completed.problems,
        ...locked.map((key) => ({ key, message: whyLocked(getState().view, key)! })),
      );
      return completed.config;
    };
    laneSet.arrange(
      getState().lanes.map(({ id, config }) => ({
        id,
        config: !ids || ids.includes(id) ? configFor(config) : config,
      })),
    );
    explain(problems, settingOf);
    if (getState().moment !== 'live') sayWhen();
    if (settled) history.enter();
  };

  /** The number of lanes is locked, which is said. */
  const isFixed = (): boolean => {
    const message = whyLocked(getState().view, 'lanes');
    if (message) explain([{ key: 'lanes', message }], () => 'page');
    return message !== null;
  };

  const actions = {
    setValue: (key, value, lanes, settled) => change({ [key]: value }, lanes, settled),
    setValues(settings, lanes, view) {
      setState((s) => ({ view: { ...s.view, ...view } }));
      change(settings, lanes);
    },
    addLane() {
      const { lanes, recordings } = getState();
      if (isFixed()) return;
      const added = addedTo(
        lanes,
        recordings.map(({ id }) => id),
      );
      if (!added) return;
      laneSet.arrange(byLetter([...lanes, added]));
      history.enter();
    },
    removeLane(id) {
      const { lanes } = getState();
      const rest = lanes.filter((lane) => lane.id !== id);
      if (isFixed()) return;
      if (!rest.length || rest.length === lanes.length) return;
      laneSet.arrange(rest);
      history.enter();
    },
    setView(view) {
      setState((s) => ({ view: { ...s.view, ...view } }));
      history.enter();
    },
  } satisfies Partial<Actions>;
  return { actions, history };
}
