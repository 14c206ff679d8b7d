import { later } from '../../runs/later';
import { predictorBehind } from '../../runs/theory/line';
import type { ScopeStore } from '../../runs/state';
import { browserLabAddress } from './address';
import { createLabDesk, type LabDesk } from './desk';
import { createLabShelf } from './shelf';

const fetchReader = later('reads labs', () => import('../parse'));

const desks = new WeakMap<ScopeStore, LabDesk>();

/** The labs of a page; made when they are first asked for. */
export function deskOf(store: ScopeStore): LabDesk {
  const known = desks.get(store);
  if (known) return known;
  const predictor = predictorBehind(
    () =>
      new Worker(new URL('../../runs/theory/worker.ts', import.meta.url), {
        type: 'module',
        name: 'theory of labs',
      }),
  );
  const desk = createLabDesk({
    ...{ scope: store, shelf: createLabShelf() },
    address: browserLabAddress(window, import.meta.env.BASE_URL),
    readLab: async (source, id) => (await fetchReader()).readLab(source, id),
    predict: async (config, text) => (await predictor.predict(config, text, false)).prediction,
    app: import.meta.env.APP_VERSION,
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') desk.seen();
  });
  desks.set(store, desk);
  return desk;
}
