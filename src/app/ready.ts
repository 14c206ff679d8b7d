import type { Scope, ScopeStore } from '../runs/state';
import { isEmbedded } from './embed';
import { recall } from '../views/ui/remembered';

const isSettled = ({ lanes }: Scope) =>
  lanes.length > 0 && lanes.every((lane) => lane.shown !== null || lane.engine.status === 'failed');

/**
 * Says on the document when every lane has its first frame, or has failed: tests and printers wait for it. What the
 * first picture can do without begins then.
 */
export function announceReady(store: ScopeStore): void {
  const check = (scope: Scope) => {
    if (!isSettled(scope)) return;
    document.documentElement.dataset.ready = 'true';
    stop();
    if (isEmbedded) {
      void import('./embedded').then((code) => code.serveHost(store));
      return;
    }
    void store.actions.keepSessions();
    if (recall('sweep'))
      void import('../sweeps/desk/page').then((page) => page.offerUnfinished(store));
    if (import.meta.env.PROD && 'serviceWorker' in navigator)
      void import('./offline').then((code) => code.keepForOffline(store));
  };
  const stop = store.subscribe(check);
  check(store.getState());
}
