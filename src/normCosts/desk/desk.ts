import { reasonOf } from '../../lib/reason';
import type { DeviceReport, Engine } from '../../protocol/engine';
import type { CostSize } from '../protocol';
import { NOTHING_TIMED, type NormCosts, type NormCostShelf } from './costs';
import { WORKING_NORMS } from '../work';

/** A lane that may have an engine, and the part of the page's state that concerns timing. */
interface DeskLane<Id> {
  id: Id;
  engine: { device: DeviceReport | null; status: string };
}
interface DeskState<Id> {
  lanes: readonly DeskLane<Id>[];
  playing: boolean;
  normCosts: NormCosts;
}
interface DeskStore<Id> {
  getState(): DeskState<Id>;
  setState(change: { normCosts: NormCosts }): void;
  subscribe(listener: (now: DeskState<Id>, before: DeskState<Id>) => void): () => void;
}

/** The engine of a lane; `idle` resolves when it has nothing to do. */
type TimingEngine = Pick<Engine, 'roof' | 'normCost'> & { idle(): Promise<void> };

export interface NormCostDeskOptions<Id> {
  store: DeskStore<Id>;
  engineOf(id: Id): TimingEngine | undefined;
  pause(): void;
  play(): void;
  shelf?: NormCostShelf | undefined;
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Has norms timed, one after the other, by the first lane that has an engine. Beside a model in training a
 * time is worth nothing: training rests meanwhile, and goes on afterwards. Who plays ends the timing.
 */
export function createNormCostDesk<Id>(options: NormCostDeskOptions<Id>) {
  const { store, engineOf, pause, play, shelf } = options;
  let run: symbol | null = null;
  let goesOn = false;
  const put = (change: Partial<NormCosts>) =>
    store.setState({ normCosts: { ...store.getState().normCosts, ...change } });

  /** Resolves when no lane has anything to do: a step in flight is followed by a measurement where it stands. */
  const rested = async () => {
    const engines = () => store.getState().lanes.flatMap(({ id }) => engineOf(id) ?? []);
    const idle = () => Promise.all(engines().map((engine) => engine.idle()));
    await idle();
    await turn();
    await idle();
  };

  const end = (outcome: Partial<NormCosts>) => {
    run = null;
    put({ ...outcome, current: null });
    const { normCosts } = store.getState();
    if (normCosts.costs.length > 0) shelf?.save(normCosts);
    if (goesOn) play();
    goesOn = false;
  };

  const stopWatching = store.subscribe(({ playing }, before) => {
    if (!run || !playing || before.playing) return;
    goesOn = false;
    end({ status: 'cancelled' });
  });

  return {
    async time(size: CostSize): Promise<void> {
      if (run) return;
      const { lanes, playing } = store.getState();
      const lane = lanes.find(({ engine }) => engine.device && engine.status !== 'failed');
      const engine = lane && engineOf(lane.id);
      if (!engine) {
        put({ ...NOTHING_TIMED, status: 'failed', error: 'No lane has an engine.' });
        return;
      }
      const mine = (run = Symbol('run'));
      /** Waits, and goes on only if the run was not ended meanwhile. */
      const still = async <T>(wait: Promise<T>): Promise<T> => {
        const result = await wait;
        if (run !== mine) throw new Error('The run was ended.');
        return result;
      };
      goesOn = playing;
      pause();
      put({ ...NOTHING_TIMED, status: 'running', size, device: lane.engine.device });
      try {
        await still(rested());
        put({ roof: await still(engine.roof(size)) });
        for (const norm of WORKING_NORMS) {
          put({ current: norm });
          await still(rested());
          const cost = await still(engine.normCost({ ...size, norm }));
          put({ costs: [...store.getState().normCosts.costs, cost] });
        }
        end({ status: 'done' });
      } catch (error) {
        if (run !== mine) return;
        end({ status: 'failed', error: reasonOf(error) });
      }
    },
    stop(): void {
      if (run) end({ status: 'cancelled' });
    },
    dispose(): void {
      run = null;
      stopWatching();
    },
  };
}
