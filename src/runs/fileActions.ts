import type { createFileDesk } from './fileDesk';
import { later } from './later';
import { engineStep, type Actions, type LaneId } from './state';
import type { createTextChanges } from './textChanges';
import type { createWeightsDesk } from './weightsDesk';

type Options = Omit<
  Parameters<typeof createWeightsDesk>[0] &
    Parameters<typeof createTextChanges>[0] &
    Parameters<typeof createFileDesk>[0],
  'keep' | 'weightsDesk' | 'textChanges'
>;

/** Actions on files that a person brings. The code for them comes with the first file. */
export function createFileActions(options: Options) {
  const { store, laneSet, notices } = options;

  const desks = later('reads files', async () => {
    const [weights, texts, files] = await Promise.all([
      import('./weightsDesk'),
      import('./textChanges'),
      import('./fileDesk'),
    ]);
    const weightsDesk = weights.createWeightsDesk({ ...options, keep });
    const textChanges = texts.createTextChanges({ ...options, keep });
    const fileDesk = files.createFileDesk({ ...options, weightsDesk, textChanges });
    return { weightsDesk, textChanges, fileDesk };
  });
  const withDesks = async (use: (found: Awaited<ReturnType<typeof desks>>) => Promise<void>) => {
    const found = await notices.attempt(desks());
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
    setText: (text) => withDesks(({ textChanges }) => textChanges.setText(text)),
    setTextFile: (file) => withDesks(({ fileDesk }) => fileDesk.setTextFile(file)),
    loadWeights: (id, file) => withDesks(({ fileDesk }) => fileDesk.loadWeights(id, file)),
    openFile: (file) => withDesks(({ fileDesk }) => fileDesk.openFile(file)),
  } satisfies Partial<Actions>;
  return actions;
}
