import { later } from './later';
import type { NoticeBoard } from './notices';
import type { SeedDesk, SeedDeskOptions } from './seedDesk';
import type { Actions } from './state';

interface SeedActionsOptions extends SeedDeskOptions {
  notices: NoticeBoard;
  setView: Actions['setView'];
}

/** Measuring under several seeds: asked for, or named by a link. */
export function createSeedActions({ notices, setView, ...options }: SeedActionsOptions) {
  const { store } = options;
  let desk: SeedDesk | null = null;
  const code = later('measures seeds', () => import('./seedDesk'));
  const measure = async () => {
    const found = await notices.attempt(code());
    desk ??= found?.createSeedDesk(options) ?? null;
    desk?.measure();
  };
  const stopWatching = store.subscribe(({ view }, before) => {
    if (view.seeds !== before.view.seeds) void measure();
  });
  const actions = {
    measureSeeds(seeds) {
      if (seeds === store.getState().view.seeds) void measure();
      else setView({ seeds });
    },
    stopSeeds: () => desk?.stop(),
  } satisfies Partial<Actions>;
  return {
    actions,
    dispose(): void {
      stopWatching();
      desk?.stop();
    },
  };
}
