import type { Address } from './address';
import { decodeLink, encodeLink, type LinkProblem, type Page } from './link';
import { lettersFor } from './lanes';
import { LANE_IDS, type LaneId, type View } from './state';

type Lettered = Page & { lanes: LaneId[] };

/** A view under other letters of its lanes: links count lanes from a, the page's have kept their letters. */
const relettered = (view: View, from: readonly LaneId[], to: readonly LaneId[]): View => {
  const letterOf = (id: LaneId | null) => to[from.findIndex((one) => one === id)] ?? null;
  const { baseline, inspect } = view;
  return {
    ...view,
    baseline: letterOf(baseline),
    inspect: inspect && { ...inspect, lane: letterOf(inspect.lane) ?? to[0]! },
  };
};

/**
 * Undo and redo are the browser’s own: back and forward.
 *
 * @param now the page as it is now
 * @param apply goes to another page
 */
export function createHistory(
  address: Address,
  now: () => Lettered & { taken: readonly LaneId[] },
  apply: (page: Lettered, problems: LinkProblem[]) => void,
) {
  const hereOf = ({ lanes, view, configs, step, forks }: Lettered) => ({
    hash: encodeLink({ configs, step, forks, view: relettered(view, lanes, LANE_IDS) }),
    lanes,
  });
  const here = () => hereOf(now());
  const keyOf = ({ hash, lanes }: ReturnType<typeof here>) => `${lanes.join('')} ${hash}`;
  /** All of the page but where its lanes went on from. */
  const bareKey = () => keyOf(hereOf({ ...now(), forks: [] }));
  /** The page that the present entry of the history stands for, and that without its forks. */
  let [entered, bare] = ['', ''];
  const note = () => ([entered, bare] = [keyOf(here()), bareKey()]);

  /** Takes over the page that the address names. */
  const follow = () => {
    const { hash, lanes: known } = address.read();
    const { problems, view, ...page } = decodeLink(hash);
    const count = page.configs.length;
    const present = now();
    const lanes = known?.length === count ? known : lettersFor(count, present.lanes, present.taken);
    apply({ ...page, view: relettered(view, LANE_IDS, lanes), lanes }, problems);
    note();
  };
  const stop = address.onMove(follow);

  return {
    follow,
    /** Where the page stands. */
    here,
    /** Goes to another place, as a new entry. */
    go(place: ReturnType<typeof here>): void {
      if (keyOf(place) === keyOf(here())) return;
      address.push(place);
      follow();
    },
    /** Enters the page as it is, unless the present entry already says so. */
    enter(): void {
      const place = here();
      if (keyOf(place) === entered) return;
      note();
      address.push(place);
    },
    /** Forks have ended: the present entry tells of them no more. Another change is entered by itself. */
    amend(): void {
      if (keyOf(here()) === entered || bareKey() !== bare) return;
      note();
      address.replace(here());
    },
    stop,
  };
}
export type History = ReturnType<typeof createHistory>;
