import { within } from '../lib/patience';
import { reasonOf } from '../lib/reason';
import type { createFileDesk } from './fileDesk';
import { engineStep, type Actions, type LaneId } from './state';
import type { createWeightsDesk } from './weightsDesk';

/** Milliseconds that the code may take to come. */
const PATIENCE = 20_000;

type Options = Omit<Parameters<typeof createWeightsDesk>[0], 'keep'> &
  Omit<Parameters<typeof createFileDesk>[0], 'weightsDesk'>;

/** Actions on files that a person brings. The code for them comes with the first file. */
export function createFileActions(options: Options) {
  const { store, laneSet, notices } = options;

  const load = async () => {
    const [weights, files] = await Promise.all([import('./weightsDesk'), import('./fileDesk')]);
    const weightsDesk = weights.createWeightsDesk({ ...options, keep });
    return { weightsDesk, fileDesk: files.createFileDesk({ ...options, weightsDesk }) };
  };
  let desks: ReturnType<typeof load> | null = null;
  const withDesks = async (use: (desks: Awaited<ReturnType<typeof load>>) => Promise<void>) => {
    desks ??= within(PATIENCE, load(), 'The server gives no answer.');
    const found = await desks.catch((error: unknown) => {
      desks = null;
      const text = `The part of the page that reads files could not be loaded: ${reasonOf(error)} Try again once the network is back.`;
      notices.notify({ level: 'error', about: 'page', text });
    });
    if (found) await use(found);
  };

  /** Keeps the weights that a lane has now; what comes back loads them again, and the lane begins at step 0. */
  function keep(id: LaneId): () => void {
    const lane = store.getState().lanes.find((lane) => lane.id === id);
    const bytes = laneSet
      .get(id)
      ?.saveWeights()
      .catch(() => null);
    const name = `weights of step ${lane ? engineStep(lane) : 0}`;
    return () =>
      void bytes?.then((kept) => {
        if (!kept) return;
        const file = new File([new Uint8Array(kept)], name);
        void withDesks(({ weightsDesk }) => weightsDesk.load(id, file));
      });
  }

  const actions = {
    setTextFile: (file) => withDesks(({ fileDesk }) => fileDesk.setTextFile(file)),
    loadWeights: (id, file) => withDesks(({ fileDesk }) => fileDesk.loadWeights(id, file)),
    openFile: (file) => withDesks(({ fileDesk }) => fileDesk.openFile(file)),
  } satisfies Partial<Actions>;
  return { actions, keep };
}
