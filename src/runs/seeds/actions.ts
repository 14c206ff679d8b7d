import type { Frames } from '../../lib/frames';
import type { EngineLane } from '../engineLane';
import type { FrameLog } from '../log';
import { later } from '../later';
import type { NoticeBoard } from '../notices';
import type { Actions, LaneId } from '../state';
import type { StartDesk, StartDeskOptions } from './startDesk';
import type { TrainingDesk } from './trainingDesk';

interface SeedActionsOptions extends StartDeskOptions {
  notices: NoticeBoard;
  setView: Actions['setView'];
  log: Pick<FrameLog<LaneId>, 'at'>;
  engineOf(id: LaneId): EngineLane | undefined;
  frames: Frames;
  processors: number;
  /** Bytes that all recorded frames of lanes may take; those of further seeds may take half as much besides. */
  recordLimit: number;
  onThinned(): void;
}

/** Several seeds, at step 0 and in training: asked for, or named by a link. */
export function createSeedActions({ notices, setView, ...options }: SeedActionsOptions) {
  const { store } = options;
  let start: StartDesk | null = null;
  let training: TrainingDesk | null = null;
  const startCode = later('measures seeds', () => import('./startDesk'));
  const trainingCode = later('trains under several seeds', () => import('./trainingDesk'));
  const measure = async () => {
    const found = await notices.attempt(startCode());
    start ??= found?.createStartDesk(options) ?? null;
    start?.measure();
  };
  const train = async () => {
    const found = await notices.attempt(trainingCode());
    if (!found || training || store.getState().view.training_seeds < 2) return;
    training = found.createTrainingDesk({ ...options, limit: options.recordLimit / 2 });
    await training.level();
  };
  const stopWatching = store.subscribe(({ view }, before) => {
    if (view.seeds !== before.view.seeds) void measure();
    if (view.training_seeds > 1 && !training) void train();
    if (view.training_seeds === 1) {
      const ended = training;
      training = null;
      ended?.dispose();
    }
  });
  const actions = {
    measureSeeds(seeds) {
      if (seeds === store.getState().view.seeds) void measure();
      else setView({ seeds });
    },
    stopSeeds: () => start?.stop(),
    recordedSeeds: (id) => training?.recorded(id) ?? [],
    retrySeeds: () => training?.retry(),
  } satisfies Partial<Actions>;
  return {
    actions,
    /** Done when every lane's further seeds are where it is. */
    level: async (): Promise<void> =>
      store.getState().view.training_seeds > 1 ? (training?.level() ?? train()) : undefined,
    dispose(): void {
      stopWatching();
      start?.stop();
      training?.dispose();
    },
  };
}
