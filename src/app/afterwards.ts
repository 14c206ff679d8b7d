import type { ScopeStore } from '../runs/state';
import { recall, remember } from '../views/ui/remembered';

/** The page was open in this browser before. */
const VISITED = 'visited';

/** Begins what the first picture does without. */
export function goOn(store: ScopeStore): void {
  void store.actions.keepSessions();
  if (recall('sweep'))
    void import('../sweeps/desk/page').then((page) => page.offerUnfinished(store));
  if (import.meta.env.PROD && 'serviceWorker' in navigator)
    void import('./offline').then((code) => code.keepForOffline(store));
  const isFirst = recall(VISITED) === null;
  remember(VISITED, 'yes');
  // Somebody who was sent to a lab has a guide.
  if (isFirst && !store.getState().labs)
    void import('../labs/desk/offer').then((code) => code.offerStories(store));
}
