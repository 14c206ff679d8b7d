import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../../config/fields';
import { reasonOf } from '../../lib/reason';
import type { BackendId } from '../../protocol/engine';
import { unpack, type Measurement } from '../../protocol/frame';
import { connect, spawnSafely, type Client, type WorkerLike } from '../client';
import { measuredOf, NO_SEEDS, seeded } from './samples';
import type { Lane, LaneId, Scope, Seeds } from '../state';

export interface StartDeskOptions {
  store: StoreApi<Scope>;
  spawn(): WorkerLike;
  /** The text that a lane of this configuration reads; null while it is not known yet. */
  textFor(config: Config): string | null;
}

const isSettled = ({ lanes }: Scope) =>
  lanes.every(({ engine: { status } }) => status === 'ready' || status === 'failed');

/** The step of a configuration at which nothing was learned, under another seed. */
async function measure(client: Client, config: Config, text: string): Promise<Measurement> {
  const { layout } = await client.configure({ config, text });
  const { frame } = await client.probe();
  return { config, layout, frame: unpack(layout, { ...frame, batch: null }) };
}

/**
 * Measures every lane at step 0 under its seed and those that follow, on an engine of its own, which ends with it: lanes
 * go on, or rest. Whichever lane gets another configuration meanwhile is left out from then on.
 */
export function createStartDesk({ store, spawn, textFor }: StartDeskOptions) {
  const { getState, setState } = store;
  const put = (change: Partial<Seeds>) =>
    setState(({ seeds }) => ({ seeds: { ...seeds, ...change } }));
  /** Ends the run at hand. */
  let stop: () => void = () => {};

  /** The measurements of a lane as it is set; null where it has another configuration than the one given. */
  const known = ({ id, config }: Pick<Lane, 'id' | 'config'>) => {
    const { lanes, seeds, text } = getState();
    const isThere = lanes.some((lane) => lane.id === id && lane.config === config);
    return isThere ? measuredOf(seeds.samples[id], config, text) : null;
  };
  const add = (id: LaneId, config: Config, measured: Measurement[]) => {
    const { seeds, text } = getState();
    put({ samples: { ...seeds.samples, [id]: { config, text, measured } } });
  };

  const settled = (isEnded: () => boolean) =>
    new Promise<void>((resolve) => {
      const unsubscribe = store.subscribe(look);
      function look() {
        if (!isEnded() && !isSettled(getState())) return;
        unsubscribe();
        resolve();
      }
      look();
    });

  async function run(count: number): Promise<void> {
    let client: Client | null = null;
    let isEnded = false;
    const end = (error: string | null = null) => {
      if (isEnded) return;
      isEnded = true;
      client?.dispose();
      put({ done: null, error });
    };
    stop = end;
    put({ done: 0, error: null });
    // A page that was just opened shows its lanes first.
    await settled(() => isEnded);
    if (isEnded) return;
    const { lanes } = getState();
    try {
      client = connect(spawnSafely(spawn), end);
      const backend: BackendId | null =
        lanes.find(({ engine }) => engine.device)?.engine.device?.backend ?? null;
      await client.open({ backend });
      await client.useThreads(1);
      for (let i = 0; i < count && !isEnded; i++) {
        for (const { id, config } of lanes) {
          const text = textFor(config);
          if (text === null || known({ id, config })?.length !== i) continue;
          const one = await measure(client, seeded(config, i), text);
          const before = known({ id, config });
          if (before && !isEnded) add(id, config, [...before, one]);
        }
        if (!isEnded) put({ done: i + 1 });
      }
      end();
    } catch (error) {
      end(reasonOf(error));
    }
  }

  return {
    /** Measures lanes under as many seeds as the view says, where that was not done; under none, forgets them. */
    measure(): void {
      stop();
      const { seeds: count } = getState().view;
      if (count) void run(count);
      else setState({ seeds: NO_SEEDS });
    },
    /** Measurements made by then stay. */
    stop: () => stop(),
  };
}

export type StartDesk = ReturnType<typeof createStartDesk>;
