import { takeFigure } from '../../figures/take';
import type { KeptFigure } from '../../labs/progress';
import type { ScopeStore } from '../../runs/state';
import type { Enlarged } from '../../runs/view';
import { momentOf } from '../panels/figures';
import { panelElement } from './usePanel';

/** A panel as it is now, for the report; null where it is not on show. */
export function figureOf(panel: Enlarged, store: ScopeStore): Omit<KeptFigure, 'at'> | null {
  const element = panelElement(panel)?.querySelector('figure');
  if (!element) return null;
  const scope = store.getState();
  const link = store.actions.link(scope.moment !== 'live');
  const taken = takeFigure(element, link, momentOf(element, scope));
  return taken && { link, lanes: scope.lanes.map(({ id }) => id), svg: taken.svg };
}
