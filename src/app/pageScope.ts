import type { BackendId } from '../protocol/engine';
import { browserAddress } from '../runs/address';
import { browserShelf } from '../runs/shelf';
import type { NormCosts, NormCostShelf } from '../normCosts/desk/costs';
import type { ScopeStore } from '../runs/state';
import { createScope } from '../runs/store';
import { EVALUATION_MEMORY, ALARMS_MEMORY, recall, remember } from '../views/ui/remembered';
import { spawnEngine } from './spawn';

const TEXT = { name: 'Newton’s Opticks', url: `${import.meta.env.BASE_URL}text/opticks.txt` };

async function fetchText(): Promise<string> {
  const response = await fetch(TEXT.url);
  if (!response.ok) throw new Error(`${TEXT.url} answered ${response.status}.`);
  return response.text();
}

/** Of this version of the app: another may time other things, or call them otherwise. */
const NORM_COSTS = `normCosts ${import.meta.env.APP_VERSION}`;
const normCostShelf: NormCostShelf = {
  load() {
    try {
      const kept = JSON.parse(recall(NORM_COSTS) ?? 'null') as NormCosts | null;
      return Array.isArray(kept?.costs) ? kept : null;
    } catch {
      return null;
    }
  },
  save: (costs) => remember(NORM_COSTS, JSON.stringify(costs)),
};

/** Bytes for checkpoints: more where the browser says that there is memory, in gigabytes. */
function checkpointLimit(): number {
  const { deviceMemory = 4 } = navigator as { deviceMemory?: number };
  return Math.max(256e6, deviceMemory * 64e6);
}

/** The page's state, tied to this window: its address, its storage, its workers. */
export function createPageScope(backend: BackendId | null): ScopeStore {
  const store: ScopeStore = createScope({
    backend,
    spawn: spawnEngine,
    checkpointLimit: checkpointLimit(),
    spawnArchive: () =>
      new Worker(new URL('../runs/sessions/worker.ts', import.meta.url), {
        type: 'module',
        name: 'sessions',
      }),
    spawnWriter: () =>
      new Worker(new URL('../runs/saving/worker.ts', import.meta.url), {
        type: 'module',
        name: 'writer',
      }),
    spawnInspector: () =>
      new Worker(new URL('../runs/inspector/worker.ts', import.meta.url), {
        type: 'module',
        name: 'inspector',
      }),
    spawnTheory: () =>
      new Worker(new URL('../runs/theory/worker.ts', import.meta.url), {
        type: 'module',
        name: 'theory',
      }),
    spawnReader: () =>
      new Worker(new URL('../runs/recordings/worker.ts', import.meta.url), {
        type: 'module',
        name: 'reader',
      }),
    processors: navigator.hardwareConcurrency,
    fetchText,
    textName: TEXT.name,
    address: browserAddress(window),
    shelf: browserShelf(() => indexedDB),
    normCostShelf,
    evaluationLeftOpen: () => recall(EVALUATION_MEMORY) === 'open',
    alarmsOnlyMark: () => recall(ALARMS_MEMORY) === 'mark',
    sweeps: async () => (await import('../sweeps/desk/page')).deskOf(store),
    labs: async () => (await import('../labs/desk/page')).deskOf(store),
    app: import.meta.env.APP_VERSION,
  });
  return store;
}
