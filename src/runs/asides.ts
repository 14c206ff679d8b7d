import type { Checkpoints } from './checkpoints';
import type { FrameLog } from './log';
import { lastStep, type Checkpoint, type Run } from './run';
import type { Lane, LaneId, Text } from './state';

/** The most runs, or sets of them that ended together, that are kept: the latest. */
const MOST = 3;

/** Everything of a lane that it can come back with. */
export interface KeptLane extends Pick<Lane, 'id' | 'config' | 'fork'> {
  run: Run;
  /** It was catching up with the others. */
  follows: boolean;
  /** The first one, which weights may have been loaded for, and the newest. */
  checkpoints: readonly Checkpoint[];
  /** The text that it learned from, where its task reads one. */
  text: string;
}

/** Runs that ended together, with the text of the page by then. */
export interface Aside {
  lanes: readonly KeptLane[];
  text: Text;
}

/** The furthest step of runs that ended. */
export const stepOf = ({ lanes }: Aside): number =>
  Math.max(...lanes.map(({ run }) => lastStep(run)));

/** Runs that ended, set aside for as long as there is room: the oldest goes first. */
export function createAsides(
  log: Pick<FrameLog<LaneId>, 'hold' | 'release'>,
  checkpoints: Checkpoints<LaneId | KeptLane>,
) {
  let kept: readonly Aside[] = [];
  const drop = (aside: Aside) => {
    if (!kept.includes(aside)) return;
    kept = kept.filter((one) => one !== aside);
    for (const lane of aside.lanes) {
      log.release(lane.run);
      checkpoints.drop(lane);
    }
  };

  return {
    add(aside: Aside): void {
      if (kept.includes(aside)) return;
      kept = [...kept, aside];
      for (const lane of aside.lanes) {
        // Room may have been made of this very one.
        if (!kept.includes(aside)) return;
        log.hold(lane.run);
        checkpoints.put(lane, lane.checkpoints);
      }
      if (kept.length > MOST) drop(kept[0]!);
    },
    drop,
    has: (aside: Aside): boolean => kept.includes(aside),
    latest: (): Aside | undefined => kept.at(-1),
    /** Gives up the oldest; false where there is none. */
    makeRoom(): boolean {
      const [oldest] = kept;
      if (oldest) drop(oldest);
      return oldest !== undefined;
    },
  };
}

export type Asides = ReturnType<typeof createAsides>;
