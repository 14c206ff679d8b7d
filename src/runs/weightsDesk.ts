import { reasonOf } from '../lib/reason';
import type { StoreApi } from 'zustand/vanilla';
import { WeightsMisfit, type LoadedReport, type Transposing } from '../protocol/engine';
import { otherSettings, settingsIn, weightsSizeProblem } from './files';
import type { LaneSet } from './laneSet';
import { sameConfig } from './link';
import type { NoticeBoard } from './notices';
import {
  engineStep,
  type Actions,
  type LaneId,
  type Notice,
  type NoticeAction,
  type Scope,
} from './state';

/** Messages about the weights of a lane replace one another. */
export const weightsTopic = (id: LaneId): string => `weights ${id}`;

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

const LABELS: Record<Transposing, string> = {
  all: 'Transpose the square ones too',
  fitting: 'Transpose those that fit no other way',
};

interface WeightsDeskOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  notices: NoticeBoard;
  setValues: Actions['setValues'];
  /** Keeps the weights that a lane has now; what comes back loads them again. */
  keep(id: LaneId): () => void;
}

/** Loads weights files; what goes wrong, and what a person should know of what went well, is said beside the lane. */
export function createWeightsDesk({
  store,
  laneSet,
  notices,
  setValues,
  keep,
}: WeightsDeskOptions) {
  const laneOf = (id: LaneId) => store.getState().lanes.find((lane) => lane.id === id);
  const say = (id: LaneId, said: Omit<Notice, 'id' | 'about'>[]) => {
    if (laneOf(id))
      notices.retell(
        weightsTopic(id),
        said.map((notice) => ({ ...notice, about: id })),
      );
  };

  /** The settings that a file was saved with, when it names others that can run. */
  const takeSettings = (id: LaneId, file: File, bytes: Uint8Array): NoticeAction | undefined => {
    const lane = laneOf(id);
    const own = settingsIn(bytes);
    if (!own || own.problems.length || !lane || sameConfig(own.config, lane.config))
      return undefined;
    const run = () => {
      setValues(own.config, [id]);
      void load(id, file);
    };
    return { label: 'Use the file’s settings', run };
  };
  const transposing = (id: LaneId, file: File, way: Transposing, label = LABELS[way]) => ({
    label,
    run: () => void load(id, file, way),
  });

  async function load(id: LaneId, file: File, transpose?: Transposing): Promise<void> {
    const refuse = (text: string, ways: (NoticeAction | undefined)[] = []) => {
      const [action, otherwise] = ways.filter((way) => way !== undefined);
      say(id, [
        { level: 'error', text, ...(action && { action }), ...(otherwise && { otherwise }) },
      ]);
    };
    notices.takeBack(weightsTopic(id));
    const size = weightsSizeProblem(file);
    if (size) return refuse(size);
    let bytes: Uint8Array;
    try {
      bytes = await bytesOf(file);
    } catch (error) {
      return refuse(`${file.name} could not be read: ${reasonOf(error)}`);
    }
    const engine = laneSet.get(id);
    const lane = laneOf(id);
    if (!engine || !lane) return;
    // The bytes go to the worker whole: what is to be known of them is read before.
    const settings = takeSettings(id, file, bytes);
    const differs = otherSettings(bytes, lane.config);
    const step = engineStep(lane);
    const back = step > 0 ? keep(id) : null;
    const tell = ({ remarks = [], mayLieTransposed }: LoadedReport) => {
      const said: Omit<Notice, 'id' | 'about'>[] = [];
      if (differs) {
        said.push({
          level: 'warning',
          text: `${file.name} is loaded. ${differs}`,
          ...(settings && { action: settings }),
        });
      }
      if (mayLieTransposed) {
        const text = `The matrices of ${file.name} are all square: they were read as [in, out], and nothing in it tells whether they are [out, in].`;
        const action = transposing(id, file, 'all', 'Transpose them');
        said.push({ level: 'warning', text, action });
      }
      if (remarks.length) said.push({ level: 'info', text: `${file.name}: ${remarks.join(' ')}` });
      if (back) {
        const text = `The run of this lane ended at step ${step}, as it starts from ${file.name} now.`;
        const action = { label: `Back to the weights of step ${step}`, run: back };
        said.push({ level: 'info', text, action });
      }
      say(id, said);
    };
    await engine.loadWeights(bytes, transpose).then(tell, (error: unknown) => {
      if (laneSet.get(id) !== engine) return;
      const ways = error instanceof WeightsMisfit ? error.ways : [];
      const why = [reasonOf(error), differs].filter(Boolean).join(' ');
      refuse(`${file.name} was not loaded. ${why}`, [
        ...ways.map((way) => transposing(id, file, way)),
        settings,
      ]);
    });
  }

  return {
    load,
    refuse: (id: LaneId, notice: Omit<Notice, 'id' | 'about'>) => say(id, [notice]),
  };
}
