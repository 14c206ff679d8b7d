import { createContext } from 'react';
import type { Enlarged } from '../../runs/view';

/** Where a panel stands on the page. */
export interface PanelPlace {
  /** Its name, where it can have the whole column. */
  id: Enlarged | null;
  /** The layers' numbers stand under it, and not under all panels together. */
  hasAxis: boolean;
  /** The page gives the panel its height; else the panel has a good one of its own. */
  isGivenHeight: boolean;
}

export const PanelPlaceContext = createContext<PanelPlace>({
  id: null,
  hasAxis: true,
  isGivenHeight: false,
});
