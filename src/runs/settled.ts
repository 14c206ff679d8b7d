import { sameConfig } from './link';
import type { Lane, Scope, ScopeStore } from './state';

const isThere = ({ shown, config, engine }: Lane) =>
  engine.status === 'failed' || (shown !== null && sameConfig(shown.config, config));

/** Done once all lanes have measured what they are set to, or have failed. */
export const settled = (store: Pick<ScopeStore, 'getState' | 'subscribe'>): Promise<void> =>
  new Promise((done) => {
    const look = ({ lanes }: Scope) => {
      if (!lanes.every(isThere)) return;
      stop();
      done();
    };
    const stop = store.subscribe(look);
    look(store.getState());
  });
