import { reasonOf } from '../lib/reason';
import type { StoreApi } from 'zustand/vanilla';
import { configOf, weightsSizeProblem } from './files';
import type { LaneSet } from './laneSet';
import { sameConfig } from './link';
import type { NoticeBoard } from './notices';
import type { Actions, LaneId, Scope } from './state';

const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());

/** Loads weights files; what goes wrong is said beside the lane. */
export function createWeightsDesk(
  store: StoreApi<Scope>,
  laneSet: LaneSet,
  notices: NoticeBoard,
  setValues: Actions['setValues'],
): Actions['loadWeights'] {
  const laneOf = (id: LaneId) => store.getState().lanes.find((lane) => lane.id === id);
  /** The way out when a file does not fit: the settings that it was saved with, when it names others. */
  const wayOut = async (id: LaneId, file: File) => {
    const lane = laneOf(id);
    const config = configOf(await bytesOf(file));
    if (!config || !lane || sameConfig(config, lane.config)) return {};
    const run = () => {
      setValues(config, [id]);
      void load(id, file);
    };
    return { action: { label: 'Use the file’s settings', run } };
  };

  async function load(id: LaneId, file: File): Promise<void> {
    const topic = `weights ${id}`;
    const refuse = (text: string, action = {}) => {
      if (laneOf(id)) notices.notify({ level: 'error', about: id, text, ...action }, topic);
    };
    notices.takeBack(topic);
    const size = weightsSizeProblem(file);
    if (size) return refuse(size);
    try {
      const bytes = await bytesOf(file);
      const engine = laneSet.get(id);
      if (!engine) return;
      // The bytes go to the worker whole; for the way out the file is read once more.
      await engine.loadWeights(bytes).catch(async (error: unknown) => {
        if (laneSet.get(id) !== engine) return;
        refuse(`${file.name} was not loaded. ${reasonOf(error)}`, await wayOut(id, file));
      });
    } catch (error) {
      refuse(`${file.name} could not be read: ${reasonOf(error)}`);
    }
  }

  return load;
}
