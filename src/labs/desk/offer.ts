import type { ScopeStore } from '../../runs/state';
import { STORIES } from '../catalogue';

/** Offers the stories that ship; nothing waits for an answer. */
export function offerStories(store: ScopeStore): void {
  const { actions, getState } = store;
  const [tour, stuck] = STORIES.map(({ id, title }) => ({
    label: title,
    async run() {
      const offer = getState().notices.find(({ action }) => action === tour);
      if (offer) actions.dismiss(offer.id);
      const { deskOf } = await import('./page');
      deskOf(store).open(id);
    },
  }));
  actions.notify({
    ...{ level: 'info', about: 'page' },
    text: 'New here? Each of these takes a minute, over the page as it is. Both stay in the menu of labs.',
    ...{ action: tour!, otherwise: stuck! },
  });
}
