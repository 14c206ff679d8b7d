import { STORIES } from '../labs/catalogue';
import type { ScopeStore } from '../runs/state';
import { recall, remember } from '../views/ui/remembered';

/** The page was open in this browser before. */
const VISITED = 'visited';

/** Once, on the first visit: nothing waits for an answer. */
function offerTour(store: ScopeStore): void {
  if (recall(VISITED)) return;
  remember(VISITED, 'yes');
  // Somebody who was sent to a lab has a guide.
  if (store.getState().labs) return;
  const { actions, getState } = store;
  const [tour, stuck] = STORIES.map(({ id, title }) => ({
    label: title,
    async run() {
      const offer = getState().notices.find(({ action }) => action === tour);
      if (offer) actions.dismiss(offer.id);
      const { deskOf } = await import('../labs/desk/page');
      deskOf(store).open(id);
    },
  }));
  actions.notify({
    ...{ level: 'info', about: 'page' },
    text: 'New here? Each of these takes a minute, over the page as it is. Both stay in the menu of labs.',
    ...{ action: tour!, otherwise: stuck! },
  });
}

/** Begins what the first picture does without. */
export function goOn(store: ScopeStore): void {
  void store.actions.keepSessions();
  if (recall('sweep'))
    void import('../sweeps/desk/page').then((page) => page.offerUnfinished(store));
  if (import.meta.env.PROD && 'serviceWorker' in navigator)
    void import('./offline').then((code) => code.keepForOffline(store));
  offerTour(store);
}
