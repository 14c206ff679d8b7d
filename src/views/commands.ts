import { alike } from '../plot/span';
import { LANE_IDS, type LaneId, type ScopeStore } from '../runs/state';
import { ENLARGED, type Enlarged } from '../runs/view';
import { fractionAxis } from './panels/lanes';

/** Through which commands act: the page's state, and what belongs to the page alone. */
export interface PageControls {
  store: ScopeStore;
  openHelp(): void;
  togglePresent(): void;
}

/** A thing that a person can have done by a key, and perhaps by a button too. */
export interface Command {
  title: string;
  /** Values of `KeyboardEvent.key`, lower case, with `shift+` where that changes no letter or sign. */
  keys: readonly string[];
  shown: string;
  run(page: PageControls, key: string): void;
}

export const enlargeKey = (panel: Enlarged): string => panel[0]!;

/** Every key of the page. The help and the buttons' tooltips take their words from here. */
export const COMMANDS = {
  play: {
    title: 'Play or pause',
    keys: [' '],
    shown: 'space',
    run: ({ store: { actions, getState } }) =>
      getState().playing ? actions.pause() : actions.play(),
  },
  step: {
    title: 'One step; in the past, the next one recorded',
    keys: ['arrowright', '.'],
    shown: '→ .',
    run: ({ store }) => stepOn(store),
  },
  stepBack: {
    title: 'The step before, as it was recorded',
    keys: ['arrowleft', ','],
    shown: '← ,',
    run: ({ store }) => store.actions.moveMoment(-1),
  },
  tenSteps: {
    title: 'Ten recorded steps back, or on',
    keys: ['shift+arrowleft', 'shift+arrowright'],
    shown: 'Shift ← →',
    run: ({ store }, key) => store.actions.moveMoment(key === 'ArrowLeft' ? -10 : 10),
  },
  ends: {
    title: 'The first recorded step; the last, which is live',
    keys: ['home', 'end'],
    shown: 'Home End',
    run: ({ store }, key) => store.actions.moveMoment(key === 'Home' ? -Infinity : Infinity),
  },
  playBack: {
    title: 'Play what was recorded, back or forward; stop',
    keys: ['b', 'f'],
    shown: 'B F',
    run: ({ store }, key) => playBack(store, key.toLowerCase() === 'b' ? -1 : 1),
  },
  reset: {
    title: 'Back to step 0',
    keys: ['r'],
    shown: 'R',
    run: ({ store }) => store.actions.reset(),
  },
  lane: {
    title: 'Go to a lane’s controls',
    keys: LANE_IDS.map((_, i) => String(i + 1)),
    shown: `1–${LANE_IDS.length}`,
    run: (_, key) => focusLane(LANE_IDS[Number(key) - 1]!),
  },
  enlarge: {
    title: `Enlarge ${ENLARGED.join(', ')}`,
    keys: ENLARGED.map(enlargeKey),
    shown: ENLARGED.map(enlargeKey).join(' ').toUpperCase(),
    run: ({ store: { actions, getState } }, key) => {
      const panel = ENLARGED.find((id) => enlargeKey(id) === key.toLowerCase())!;
      actions.setView({ panel: getState().view.panel === panel ? null : panel });
    },
  },
  allPanels: {
    title: 'All panels again',
    keys: ['escape'],
    shown: 'Esc',
    run: ({ store: { actions, getState } }) =>
      getState().view.panel && actions.setView({ panel: null }),
  },
  theory: {
    title: 'Theory over what was measured; what was measured over theory; neither',
    keys: ['t'],
    shown: 'T',
    run: ({ store: { actions, getState } }) => {
      const next = { off: 'on', on: 'ratio', ratio: 'off' } as const;
      actions.setView({ theory: next[getState().view.theory] });
    },
  },
  inspect: {
    title: 'Inspector of the marked layer; again, close it',
    keys: ['i'],
    shown: 'I',
    run: ({ store }) => toggleInspector(store),
  },
  claims: {
    title: 'Claims of papers, run here',
    keys: ['c'],
    shown: 'C',
    run: ({ store }) => store.actions.setView({ claims: 'open' }),
  },
  sweeps: {
    title: 'Sweeps over settings',
    keys: ['s'],
    shown: 'S',
    run: ({ store }) => store.actions.setView({ sweep: '' }),
  },
  labs: {
    title: 'Labs, done here',
    keys: ['e'],
    shown: 'E',
    run: ({ store }) => store.setState({ labs: true }),
  },
  words: {
    title: 'Glossary: the terms of the page',
    keys: ['w'],
    shown: 'W',
    run: ({ store }) => store.actions.setView({ words: '' }),
  },
  present: {
    title: 'Projector, or back to the desk',
    keys: ['p'],
    shown: 'P',
    run: ({ togglePresent }) => togglePresent(),
  },
  help: {
    title: 'Help',
    keys: ['?'],
    shown: '?',
    run: ({ openHelp }) => openHelp(),
  },
} satisfies Record<string, Command>;

/** Opens the inspector where the marked layer, or the last one that all lanes have, is on show in the panel of magnitudes. */
export function toggleInspector({ actions, getState }: ScopeStore): void {
  const scope = getState();
  const { view, selected, lanes } = scope;
  const axis = fractionAxis(scope);
  if (view.inspect) return actions.inspect(null);
  const depths = lanes.map(({ config }) => config.n_layers);
  const layer =
    selected && axis
      ? alike(selected.from, depths[0]!, axis)
      : (selected?.from ?? Math.min(...depths) - 1);
  const { of, place } = view.magnitude;
  const site = of === 'site' && place !== 'block' ? place : 'resid_post';
  actions.inspect({ view: 'channels', place: `blocks.${layer}.${site}`, lane: lanes[0]!.id });
}

/** Name and key of a command, as its button's tooltip says them. */
export const tipOf = ({ title, shown }: Command) => ({ label: title, shortcut: shown });

/** A step of training, or where the past is on show the next recorded one. */
export const stepOn = ({ actions, getState }: ScopeStore): void =>
  getState().moment === 'live' ? actions.stepOnce() : actions.moveMoment(1);

/** Plays what was recorded in a direction, or stops where that is what it does. */
export const playBack = ({ actions, getState }: ScopeStore, direction: 1 | -1): void =>
  actions.playBack(getState().playback.direction === direction ? 0 : direction);

export const laneElementId = (id: LaneId) => `lane-${id}`;

function focusLane(id: LaneId): void {
  // On a small screen the other lanes are behind their tabs, which open when they get the focus.
  const element =
    document.getElementById(laneElementId(id)) ??
    document.querySelector<HTMLElement>(`[data-lane-tab="${id}"]`);
  element?.scrollIntoView({ block: 'nearest' });
  element?.focus({ preventScroll: true });
}
