import { LANE_IDS, type LaneId } from './state';

/** Where the page stands: the part of the link after #, and which lanes its settings are of. */
export interface Place {
  /** Without the #. */
  hash: string;
  /**
   * The lanes in their order, so that lanes keep their letters and colours when the page goes back or is
   * loaded again; null when only a link is known.
   */
  lanes: LaneId[] | null;
}

export interface Address {
  read(): Place;
  push(place: Place): void;
  /** Rewrites where the page stands, without another entry of its history. */
  replace(place: Place): void;
  /** Calls back when the page went back or forward, or a person edited the address. Returns the way to stop. */
  onMove(moved: () => void): () => void;
  withHash(hash: string): string;
}

const isLane = (id: unknown): id is LaneId => (LANE_IDS as readonly unknown[]).includes(id);

/** The lanes that a history entry names, when it is one of ours. */
export function lanesOf(state: unknown): LaneId[] | null {
  const lanes = (state as { lanes?: unknown } | null)?.lanes;
  return Array.isArray(lanes) && lanes.every(isLane) && new Set(lanes).size === lanes.length
    ? lanes
    : null;
}

export function browserAddress(window: Window): Address {
  const { location, history } = window;
  const withHash = (hash: string) =>
    location.href.replace(/#.*$/s, '') + (hash === '' ? '' : `#${hash}`);
  const enter = (how: () => void) => {
    try {
      how();
    } catch {
      // Browsers refuse more than so many entries a minute; the next change is entered again.
    }
  };
  return {
    read: () => ({ hash: location.hash.replace(/^#/, ''), lanes: lanesOf(history.state) }),
    push: ({ hash, lanes }) => enter(() => history.pushState({ lanes }, '', withHash(hash))),
    replace: ({ hash, lanes }) => enter(() => history.replaceState({ lanes }, '', withHash(hash))),
    onMove(moved) {
      window.addEventListener('popstate', moved);
      return () => window.removeEventListener('popstate', moved);
    },
    withHash,
  };
}
