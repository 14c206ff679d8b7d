import type { StoreApi } from 'zustand/vanilla';
import { complete, explained, type Problem } from '../config/check';
import { isKey, type Config } from '../config/fields';
import type { Address } from './address';
import { sameConfig } from './files';
import { createHistory, lettersFor } from './history';
import type { WantedLane } from './lanes';
import type { LaneSet } from './laneSet';
import { nextPlacement } from './link';
import type { NoticeBoard } from './notices';
import { LANE_IDS, type Actions, type LaneId, type Notice, type Scope } from './state';

export interface SettingsOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  notices: NoticeBoard;
  address: Address;
  /** Evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?: (() => boolean) | undefined;
}

const idsIn = ({ lanes }: Scope) => lanes.map(({ id }) => id);
const settingOf = (key: string) => (isKey(key) ? key : 'page');

/** Arranges lanes so that those keep their configuration, the same object, whose settings are the same. */
const arrangerOf = ({ store, laneSet }: SettingsOptions) => {
  const kept = ({ id, config }: WantedLane): WantedLane => {
    const own = store.getState().lanes.find((lane) => lane.id === id)?.config;
    return { id, config: own && sameConfig(own, config) ? own : config };
  };
  return (wanted: readonly WantedLane[]) => laneSet.arrange(wanted.map(kept));
};

/** Says what was wrong with the last settings; what was said of earlier ones goes. */
const explainerOf =
  ({ notices }: SettingsOptions) =>
  (problems: readonly Problem[], aboutOf: (problem: Problem) => Notice['about']) => {
    notices.takeBack('settings');
    for (const problem of problems) {
      const notice = { about: aboutOf(problem), text: explained(problem) };
      notices.notify({ level: 'warning', ...notice }, 'settings');
    }
  };

/** The history of the page, which takes over what the address names. */
function historyOf(
  { store, address, evaluationLeftOpen }: SettingsOptions,
  arrange: ReturnType<typeof arrangerOf>,
  explain: ReturnType<typeof explainerOf>,
) {
  const { getState, setState } = store;
  return createHistory({
    address,
    now: () => ({
      configs: getState().lanes.map(({ config }) => config),
      view: getState().view,
      lanes: idsIn(getState()),
    }),
    apply({ configs, view, lanes }, problems) {
      const isLeftOpen = view.evaluation.open === null && evaluationLeftOpen?.();
      setState({ view: isLeftOpen ? { ...view, evaluation: { open: true } } : view });
      arrange(configs.map((config, i) => ({ id: lanes[i]!, config })));
      // Beside its setting it might stand in a closed group, where who opened the link never sees it.
      explain(problems, () => 'page');
    },
  });
}

type SettingActions = Pick<
  Actions,
  'setValue' | 'setValues' | 'addLane' | 'removeLane' | 'setView'
>;

/** Lanes and view as people change them. Each settled change is an entry of the page's history. */
export function createSettings(options: SettingsOptions) {
  const { getState, setState } = options.store;
  const arrange = arrangerOf(options);
  const explain = explainerOf(options);
  const history = historyOf(options, arrange, explain);

  type Change = Record<string, unknown> | ((of: Config) => Partial<Config>);
  const change = (settings: Change, ids: LaneId[] = idsIn(getState()), settled = true) => {
    const problems: Problem[] = [];
    const wanted = getState().lanes.map(({ id, config }) => {
      if (!ids.includes(id)) return { id, config };
      const own = typeof settings === 'function' ? settings(config) : settings;
      const completed = complete(own, config);
      problems.push(...completed.problems);
      return { id, config: completed.config };
    });
    arrange(wanted);
    explain(problems, ({ key }) => settingOf(key));
    if (settled) history.enter();
  };

  const actions: SettingActions = {
    setValue: (key, value, lanes, settled) => change({ [key]: value }, lanes, settled),
    setValues: (settings, lanes) => change(settings, lanes),
    addLane() {
      const { lanes } = getState();
      const last = lanes.at(-1);
      if (!last || lanes.length === LANE_IDS.length) return;
      const used = lanes.map(({ config }) => config.placement);
      const { config } = complete({ placement: nextPlacement(used) }, last.config);
      const id = lettersFor(lanes.length + 1, idsIn(getState())).at(-1)!;
      arrange([...lanes, { id, config }]);
      history.enter();
    },
    removeLane(id) {
      const { lanes } = getState();
      const rest = lanes.filter((lane) => lane.id !== id);
      if (!rest.length || rest.length === lanes.length) return;
      arrange(rest);
      history.enter();
    },
    setView(view) {
      setState((s) => ({ view: { ...s.view, ...view } }));
      history.enter();
    },
  };
  return { actions, history };
}
