import type { createFileDesk } from './fileDesk';
import { later } from './later';
import type { Actions, Text } from './state';
import type { createTextChanges } from './textChanges';
import type { createWeightsDesk } from './weightsDesk';

type Options = Omit<
  Parameters<typeof createWeightsDesk>[0] &
    Parameters<typeof createTextChanges>[0] &
    Parameters<typeof createFileDesk>[0],
  'weightsDesk' | 'textChanges'
>;

/** Actions on files that a person brings. The code for them comes with the first file. */
export function createFileActions(options: Options) {
  const { store, notices } = options;

  const desks = later('reads files', async () => {
    const [weights, texts, files] = await Promise.all([
      import('./weightsDesk'),
      import('./textChanges'),
      import('./fileDesk'),
    ]);
    const weightsDesk = weights.createWeightsDesk(options);
    const textChanges = texts.createTextChanges(options);
    const fileDesk = files.createFileDesk({ ...options, weightsDesk, textChanges });
    return { weightsDesk, textChanges, fileDesk };
  });
  const withDesks = async (use: (found: Awaited<ReturnType<typeof desks>>) => Promise<void>) => {
    const found = await notices.attempt(desks());
    if (found) await use(found);
  };

  const actions = {
    setText: (text) => withDesks(({ textChanges }) => textChanges.setText(text)),
    setTextFile: (file) => withDesks(({ fileDesk }) => fileDesk.setTextFile(file)),
    loadWeights: (id, file) => withDesks(({ fileDesk }) => fileDesk.loadWeights(id, file)),
    openFile: (file) => withDesks(({ fileDesk }) => fileDesk.openFile(file)),
  } satisfies Partial<Actions>;
  /** The text of a run that comes back, of which no lane is told. */
  const useText = (text: Text) => {
    store.setState({ text });
    void withDesks(async ({ textChanges }) => textChanges.keep(text));
  };
  return { actions, useText };
}
