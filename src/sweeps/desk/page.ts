import { counted } from '../../lib/words';
import type { WorkerLike } from '../../runs/client';
import { locked, workerName } from '../../runs/lockedWorker';
import type { ScopeStore } from '../../runs/state';
import { writeDraft } from '../link';
import { createSweepDesk, type SweepDesk } from './desk';
import { isUnfinished } from './held';
import { createShelf } from './shelf';

/** Where the next visit learns that a sweep is unfinished, so that it need not look for one. */
const MEMORY = 'normscope.sweep';

function spawn(): WorkerLike {
  const name = workerName('sweep');
  const worker = new Worker(new URL('../run/worker.ts', import.meta.url), { type: 'module', name });
  return locked(worker, name);
}

function remember(isAny: boolean): void {
  try {
    if (isAny) localStorage.setItem(MEMORY, 'unfinished');
    else localStorage.removeItem(MEMORY);
  } catch {
    // Storage may be refused: the list of sweeps has it all the same.
  }
}

const desks = new WeakMap<ScopeStore, SweepDesk>();

/** The sweeps of a page; made when they are first asked for. */
export function deskOf(store: ScopeStore): SweepDesk {
  const known = desks.get(store);
  if (known) return known;
  const desk = createSweepDesk({
    ...{ scope: store, spawn, shelf: createShelf() },
    processors: navigator.hardwareConcurrency,
    app: import.meta.env.APP_VERSION,
    onUnfinished: remember,
  });
  // The header tells it while the dialog is closed.
  desk.store.subscribe(({ going }) => {
    const sweeping = going?.share ?? null;
    if (sweeping !== store.getState().sweeping) store.setState({ sweeping });
  });
  desks.set(store, desk);
  return desk;
}

/** Offers to go on with the newest sweep that was left unfinished. */
export async function offerUnfinished(store: ScopeStore): Promise<void> {
  const desk = deskOf(store);
  await desk.loaded;
  const one = desk.store.getState().all.find(isUnfinished);
  if (!one) return remember(false);
  const { made, planned, typed, base, sweep } = one;
  const run = () => {
    const problem = desk.start(sweep);
    if (problem) store.actions.notify({ level: 'error', about: 'page', text: problem });
    store.actions.setView({ sweep: writeDraft({ typed, base }, store.getState().lanes) });
  };
  store.actions.notify({
    ...{ level: 'info', about: 'page' },
    text: `A sweep of ${counted(planned.length)} runs stands at ${counted(made.size)}.`,
    action: { label: 'Go on', run },
  });
}
