import { complete, restarts } from '../config/check';
import type { Config } from '../config/fields';
import { reasonOf } from '../lib/reason';
import type { StoreApi } from 'zustand/vanilla';
import { WeightsMisfit, type LoadedReport, type Transposing } from '../protocol/engine';
import { otherSettings, settingsIn, weightsSizeProblem } from './files';
import { stepOf, type Aside } from './asides';
import type { LaneSet } from './laneSet';
import { sameConfig } from './link';
import type { NoticeBoard } from './notices';
import {
  type Actions,
  type Lane,
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

/** Tests of settings with which a lane begins at step 0. */
export const startsAnew = ({ config }: Lane, settings: Record<string, unknown>): boolean =>
  restarts(config, complete(settings, config).config);

interface WeightsDeskOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  notices: NoticeBoard;
  setValues: Actions['setValues'];
}

/** Loads weights files; what goes wrong, and what a person should know of what went well, is said beside the lane. */
export function createWeightsDesk({ store, laneSet, notices, setValues }: WeightsDeskOptions) {
  const laneOf = (id: LaneId) => store.getState().lanes.find((lane) => lane.id === id);
  const say = (id: LaneId, said: Omit<Notice, 'id' | 'about'>[]) => {
    if (laneOf(id))
      notices.retell(
        weightsTopic(id),
        said.map((notice) => ({ ...notice, about: id })),
      );
  };

  /** Says that the run of a lane has ended, as it `does` something else now, with the way back. */
  const ended = (aside: Aside, does: string): Omit<Notice, 'id' | 'about'> => ({
    level: 'info',
    text: `The run of this lane ended at step ${stepOf(aside)}, as it ${does} now.`,
    action: laneSet.keep(aside),
  });

  /** The settings that a file was saved with, when it names others that can run. */
  const takeSettings = (
    id: LaneId,
    file: File,
    bytes: Uint8Array,
    before: Aside | null,
  ): NoticeAction | undefined => {
    const lane = laneOf(id);
    const own = settingsIn(bytes);
    if (!own || own.problems.length || !lane || sameConfig(own.config, lane.config))
      return undefined;
    const run = () => {
      const back = laneSet.snapshot([id]) ?? before;
      setValues(own.config, [id]);
      void load(id, file, undefined, back);
    };
    return { label: 'Use the file’s settings', run };
  };

  /** `before` is the way back from what led here, where the lane has not learned since. */
  async function load(
    id: LaneId,
    file: File,
    transpose?: Transposing,
    before?: Aside | null,
  ): Promise<void> {
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
    const back = before === undefined ? laneSet.snapshot([id]) : before;
    const settings = takeSettings(id, file, bytes, back);
    const differs = otherSettings(bytes, lane.config);
    const transposing = (way: Transposing, label = LABELS[way]) => ({
      label,
      run: () => void load(id, file, way, laneSet.snapshot([id]) ?? back),
    });
    const tell = ({ remarks = [], warnings = [], mayLieTransposed }: LoadedReport) => {
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
        const action = transposing('all', 'Transpose them');
        said.push({ level: 'warning', text, action });
      }
      if (warnings.length)
        said.push({ level: 'warning', text: `${file.name} is loaded. ${warnings.join(' ')}` });
      if (remarks.length) said.push({ level: 'info', text: `${file.name}: ${remarks.join(' ')}` });
      if (back) said.push(ended(back, `starts from ${file.name}`));
      say(id, said);
    };
    await engine.loadWeights(bytes, transpose).then(tell, (error: unknown) => {
      if (laneSet.get(id) !== engine) return;
      const ways = error instanceof WeightsMisfit ? error.ways : [];
      const why = [reasonOf(error), differs].filter(Boolean).join(' ');
      refuse(`${file.name} was not loaded. ${why}`, [
        ...ways.map((way) => transposing(way)),
        settings,
      ]);
    });
  }

  return {
    load,
    /** Gives a lane the settings of a file; where they end its run, it is said, with the way back. */
    useSettings(id: LaneId, settings: Record<string, unknown>, name: string): void {
      const lane = laneOf(id);
      notices.takeBack(weightsTopic(id));
      const anew = lane && startsAnew(lane, settings);
      const back = anew ? laneSet.snapshot([id]) : null;
      const said = back && ended(back, `has the settings of ${name}`);
      setValues(settings as Partial<Config>, [id]);
      if (said) say(id, [said]);
    },
    refuse: (id: LaneId, notice: Omit<Notice, 'id' | 'about'>) => say(id, [notice]),
  };
}
