import type { Config } from '../config/fields';
import { configOf, sameConfig, weightsSizeProblem } from './files';
import type { LaneSet } from './laneSet';
import type { NoticeBoard } from './notices';
import type { Lane, LaneId } from './state';

export interface WeightsDeskOptions {
  laneOf(id: LaneId): Lane | undefined;
  laneSet: LaneSet;
  notices: NoticeBoard;
  setConfig(id: LaneId, config: Config): void;
}

const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());

/** Loads weights files; what goes wrong is said beside the lane. */
export function createWeightsDesk({ laneOf, laneSet, notices, setConfig }: WeightsDeskOptions) {
  /** The way out when a file does not fit: the settings that it was saved with, when it names others. */
  const wayOut = async (id: LaneId, file: File) => {
    const lane = laneOf(id);
    const config = configOf(await bytesOf(file));
    if (!config || !lane || sameConfig(config, lane.config)) return {};
    const run = () => {
      setConfig(id, config);
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
    if (size) {
      refuse(size);
      return;
    }
    try {
      const bytes = await bytesOf(file);
      const engine = laneSet.get(id);
      if (!engine) return;
      // The bytes go to the worker whole; for the way out the file is read once more.
      await engine.loadWeights(bytes).catch(async (error: unknown) => {
        if (laneSet.get(id) !== engine) return;
        const reason = error instanceof Error ? error.message : String(error);
        refuse(`${file.name} was not loaded. ${reason}`, await wayOut(id, file));
      });
    } catch (error) {
      refuse(
        `${file.name} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  return { load };
}
