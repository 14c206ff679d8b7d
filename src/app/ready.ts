import type { Scope, ScopeStore } from '../runs/state';
import { isEmbedded } from './embed';

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
    void (isEmbedded
      ? import('./embedded').then((code) => code.serveHost(store))
      : import('./afterwards').then((code) => code.goOn(store)));
  };
  const stop = store.subscribe(check);
  check(store.getState());
}
