import type { Address } from './address';
import { decodeLink, encodeLink, type LinkProblem, type Page } from './link';
import { lettersFor } from './lanes';
import type { LaneId } from './state';

type Lettered = Page & { lanes: LaneId[] };

/**
 * Undo and redo are the browser’s own: back and forward.
 *
 * @param now the page as it is now
 * @param apply goes to another page
 */
export function createHistory(
  address: Address,
  now: () => Lettered,
  apply: (page: Lettered, problems: LinkProblem[]) => void,
) {
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
