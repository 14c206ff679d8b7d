import type { StoreApi } from 'zustand/vanilla';
import { readsText } from '../config/fields';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import type { LabFiles } from './labFiles';
import type { NoticeBoard } from './notices';
import {
  described,
  endsOf,
  formOf,
  holdsWeights,
  readable,
  recognize,
  type Recognized,
} from './recognize';
import {
  engineStep,
  type Actions,
  type LaneId,
  type Notice,
  type NoticeAction,
  type Scope,
} from './state';
import type { SweepFiles } from './sweepFiles';
import type { TextChanges } from './textChanges';
import { TEXT_TOPIC } from './textDesk';
import { startsAnew, type createWeightsDesk } from './weightsDesk';

interface FileDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  textChanges: TextChanges;
  weightsDesk: ReturnType<typeof createWeightsDesk>;
  openRecording: Actions['openRecording'];
  openRuns: Actions['openRuns'];
  /** Keeps sweeps; left out where nothing does. */
  sweeps?: (() => Promise<SweepFiles>) | undefined;
  /** Opens labs; left out where nothing does. */
  labs?: (() => Promise<LabFiles>) | undefined;
  setView: Actions['setView'];
}

/** Takes files: what each is shows in its content, not in its name. */
export function createFileDesk(options: FileDeskOptions) {
  const { store, notices, textChanges, weightsDesk } = options;
  const lanes = () => store.getState().lanes;
  const sayOfText = (notice: Omit<Notice, 'id' | 'about'>) =>
    notices.retell(TEXT_TOPIC, [{ about: 'page', ...notice }]);

  const look = async (file: File): Promise<Recognized> => {
    const ends = endsOf<Blob>(file, file.size).map((part) => part.arrayBuffer());
    const [head, tail] = (await Promise.all(ends)) as [ArrayBuffer, ArrayBuffer];
    return recognize(new Uint8Array(head), new Uint8Array(tail));
  };
  /** The settings that a record or a file of settings names, for a lane. */
  const useSettings = (
    found: Recognized,
    { name }: File,
    id: LaneId | undefined,
  ): NoticeAction | undefined =>
    'settings' in found && readable(found.settings).any && id
      ? {
          label: `Use its settings for lane ${id.toUpperCase()}`,
          run: () => {
            notices.takeBack(TEXT_TOPIC);
            weightsDesk.useSettings(id, found.settings, shortened(name));
          },
        }
      : undefined;
  /** The run that the settings of a file would end, in words. */
  const costOfSettings = (found: Recognized, id: LaneId | undefined): string => {
    const lane = lanes().find((lane) => lane.id === id);
    const step = lane ? engineStep(lane) : 0;
    return lane && step > 0 && 'settings' in found && startsAnew(lane, found.settings)
      ? ` With its settings lane ${lane.id.toUpperCase()} begins anew, and its run ends at step ${step}.`
      : '';
  };
  const useWeights = (found: Recognized, file: File, id: LaneId | undefined) =>
    holdsWeights(found) && id
      ? {
          label: `Start lane ${id.toUpperCase()} from it`,
          run: () => {
            notices.takeBack(TEXT_TOPIC);
            void weightsDesk.load(id, file);
          },
        }
      : undefined;
  const useText = (found: Recognized, file: File): NoticeAction | undefined =>
    ['record', 'settings', 'table', 'lab', 'text'].includes(found.kind)
      ? {
          label: found.kind === 'text' ? 'Learn from it' : 'Learn from it as a text',
          run: () => void textChanges.setTextFile(file),
        }
      : undefined;
  const actions = (...wanted: (NoticeAction | undefined | false)[]) => {
    const [action, otherwise] = wanted.filter((way) => !!way);
    return { ...(action && { action }), ...(otherwise && { otherwise }) };
  };
  /** The furthest step of lanes whose run would end. */
  const stepOf = (concerned: Scope['lanes']) => Math.max(0, ...concerned.map(engineStep));

  return {
    /** A file that is to be a text: one that is plainly something else is asked about. */
    async setTextFile(file: File): Promise<void> {
      notices.takeBack(TEXT_TOPIC);
      const found = await look(file).catch(() => null);
      const what = found && described(found);
      if (!what || found.kind === 'other') return textChanges.setTextFile(file, what);
      const first = lanes()[0]?.id;
      sayOfText({
        level: 'error',
        text: `${shortened(file.name)} was not taken as a text. ${what}${costOfSettings(found, first)}`,
        ...actions(
          useSettings(found, file, first),
          useWeights(found, file, first),
          useText(found, file),
        ),
      });
    },
    /** A file that is to be the weights of a lane. */
    async loadWeights(id: LaneId, file: File): Promise<void> {
      const found = await look(file).catch(() => null);
      const what = found && !holdsWeights(found) ? described(found) : null;
      if (!found || what === null) return weightsDesk.load(id, file);
      weightsDesk.refuse(id, {
        level: 'error',
        text: `${shortened(file.name)} was not loaded. ${what}${costOfSettings(found, id)}`,
        ...actions(useSettings(found, file, id)),
      });
    },
    /** A file that may be anything. What would end a run is asked about first. */
    async openFile(file: File): Promise<void> {
      const name = shortened(file.name);
      notices.takeBack(TEXT_TOPIC);
      let found: Recognized;
      try {
        found = await look(file);
      } catch (error) {
        return sayOfText({
          level: 'error',
          text: `${name} could not be read: ${reasonOf(error)} A folder cannot be opened, only a file.`,
        });
      }
      const first = lanes()[0];
      if (found.kind === 'runs') {
        const problem = await options.openRuns(file);
        if (typeof problem !== 'string') return;
        return sayOfText({
          level: 'error',
          text: `${name} was not opened. ${described(found)} ${problem}`,
        });
      }
      if (found.kind === 'sweep' && options.sweeps) {
        const sweeps = await notices.attempt(options.sweeps());
        const problem = await sweeps?.open(await file.text());
        if (problem === null) return options.setView({ sweep: '' });
        if (problem === undefined) return;
        return sayOfText({ level: 'error', text: `${name} was not opened. ${problem}` });
      }
      if (found.kind === 'lab' && options.labs) {
        const labs = await notices.attempt(options.labs());
        return labs?.openFile(file.name, await file.text());
      }
      const form = formOf(found);
      const readers = lanes().filter(({ config }) => readsText(config));
      if (form) {
        const problem = await options.openRecording(form, file);
        if (problem === undefined) return;
        return sayOfText({
          level: problem === null ? 'info' : 'error',
          text:
            problem === null
              ? `${name} stands beside the lanes, as it was recorded.${costOfSettings(found, first?.id)}`
              : `${name} was not opened. ${described(found)} ${problem}${costOfSettings(found, first?.id)}`,
          ...actions(useSettings(found, file, first?.id), problem !== null && useText(found, file)),
        });
      }
      // Content that names nothing is as its name says: a weights file may be broken.
      const isPlain = found.kind === 'text' || found.kind === 'unknown';
      if (isPlain && first && /\.safetensors$/i.test(file.name)) {
        return weightsDesk.load(first.id, file);
      }
      if (isPlain) {
        const step = stepOf(readers);
        if (found.kind === 'unknown' || step === 0 || file.size === 0)
          return textChanges.setTextFile(file);
        return sayOfText({
          level: 'warning',
          text: `${name} is a text. To learn from it the lanes begin anew, and their run ends at step ${step}.`,
          ...actions(useText(found, file)),
        });
      }
      if (holdsWeights(found) && first) {
        const step = stepOf([first]);
        if (step === 0) return weightsDesk.load(first.id, file);
        return sayOfText({
          level: 'warning',
          text: `${name} is a ${found.kind === 'checkpoint' ? 'checkpoint' : 'weights file'}. To start from its weights lane ${first.id.toUpperCase()} begins anew, and its run ends at step ${step}.`,
          ...actions(useWeights(found, file, first.id)),
        });
      }
      sayOfText({
        level: found.kind === 'other' ? 'error' : 'info',
        text: `${name} was not opened. ${described(found) ?? ''}${costOfSettings(found, first?.id)}`,
        ...actions(useSettings(found, file, first?.id), useText(found, file)),
      });
    },
  };
}
