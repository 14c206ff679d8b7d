import type { StoreApi } from 'zustand/vanilla';
import { complete, explained, type Problem } from '../config/check';
import { isKey, type Config } from '../config/fields';
import type { Address } from './address';
import { createHistory } from './history';
import { addedTo } from './lanes';
import type { LaneSet } from './laneSet';
import type { NoticeBoard } from './notices';
import type { Actions, LaneId, Notice, Scope } from './state';

export interface SettingsOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  notices: NoticeBoard;
  address: Address;
  /** Evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?: (() => boolean) | undefined;
}

type Change = Record<string, unknown> | ((of: Config) => Partial<Config>);
type SettingActions = Pick<
  Actions,
  'setValue' | 'setValues' | 'addLane' | 'removeLane' | 'setView'
>;

const idsIn = ({ lanes }: Scope) => lanes.map(({ id }) => id);
const settingOf = ({ key }: Problem) => (isKey(key) ? key : 'page');

/** Lanes and view as people change them. Each settled change is an entry of the page's history. */
export function createSettings(options: SettingsOptions) {
  const { store, laneSet, notices, address } = options;
  const { getState, setState } = store;

  /** Says what was wrong with the last settings; what was said of earlier ones goes. */
  const explain = (problems: Problem[], aboutOf: (problem: Problem) => Notice['about']) => {
    notices.takeBack('settings');
    for (const problem of problems) {
      const notice = { about: aboutOf(problem), text: explained(problem) };
      notices.notify({ level: 'warning', ...notice }, 'settings');
    }
  };
  const history = createHistory({
    address,
    now: () => ({
      configs: getState().lanes.map(({ config }) => config),
      view: getState().view,
      lanes: idsIn(getState()),
    }),
    apply({ configs, view, lanes }, problems) {
      const isLeftOpen = view.evaluation.open === null && options.evaluationLeftOpen?.();
      setState({ view: isLeftOpen ? { ...view, evaluation: { open: true } } : view });
      laneSet.arrange(configs.map((config, i) => ({ id: lanes[i]!, config })));
      // Beside its setting it might stand in a closed group, where who opened the link never sees it.
      explain(problems, () => 'page');
    },
  });
  const change = (settings: Change, ids: LaneId[] = idsIn(getState()), settled = true) => {
    const problems: Problem[] = [];
    const configFor = (config: Config) => {
      const own = typeof settings === 'function' ? settings(config) : settings;
      const completed = complete(own, config);
      problems.push(...completed.problems);
      return completed.config;
    };
    const { lanes } = getState();
    laneSet.arrange(
      lanes.map(({ id, config }) => ({
        id,
        config: ids.includes(id) ? configFor(config) : config,
      })),
    );
    explain(problems, settingOf);
    if (settled) history.enter();
  };

  const actions: SettingActions = {
    setValue: (key, value, lanes, settled) => change({ [key]: value }, lanes, settled),
    setValues: (settings, lanes) => change(settings, lanes),
    addLane() {
      const { lanes } = getState();
      const added = addedTo(lanes);
      if (!added) return;
      laneSet.arrange([...lanes, added]);
      history.enter();
    },
    removeLane(id) {
      const { lanes } = getState();
      const rest = lanes.filter((lane) => lane.id !== id);
      if (!rest.length || rest.length === lanes.length) return;
      laneSet.arrange(rest);
      history.enter();
    },
    setView(view) {
      setState((s) => ({ view: { ...s.view, ...view } }));
      history.enter();
    },
  };
  return { actions, history };
}
