import type { Address } from './address';
import { decodeLink, encodeLink, type LinkProblem, type Page } from './link';
import { LANE_IDS, type LaneId } from './state';

export interface HistoryOptions {
  address: Address;
  /** The page as it is now. */
  now(): Page & { lanes: LaneId[] };
  /** Goes to another page. */
  apply(page: Page & { lanes: LaneId[] }, problems: LinkProblem[]): void;
}

/** As many lane letters as there are configurations: those known, then the next free ones. */
export const lettersFor = (count: number, known: LaneId[]): LaneId[] =>
  [...known, ...LANE_IDS.filter((id) => !known.includes(id))].slice(0, count);

/** Undo and redo are the browser’s own: back and forward. */
export function createHistory({ address, now, apply }: HistoryOptions) {
  const here = () => {
    const { lanes, ...page } = now();
    return { hash: encodeLink(page), lanes };
  };
  const keyOf = ({ hash, lanes }: ReturnType<typeof here>) => `${lanes.join('')} ${hash}`;
  /** The page that the present entry of the history stands for. */
  let entered = '';

  /** Takes over the page that the address names. */
  const follow = () => {
    const { hash, lanes: known } = address.read();
    const { problems, ...page } = decodeLink(hash);
    const count = page.configs.length;
    const lanes = known?.length === count ? known : lettersFor(count, now().lanes);
    apply({ ...page, lanes }, problems);
    entered = keyOf(here());
  };
  const stop = address.onMove(follow);

  return {
    follow,
    /** Enters the page as it is, unless the present entry already says so. */
    enter(): void {
      const place = here();
      if (keyOf(place) === entered) return;
      entered = keyOf(place);
      address.push(place);
    },
    stop,
  };
}
