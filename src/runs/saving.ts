import type { StoreApi } from 'zustand/vanilla';
import type { Address } from './address';
import { fileName, recordBytes } from './files';
import type { LaneSet } from './laneSet';
import { encodeLink } from './link';
import type { FrameLog } from './log';
import type { NoticeBoard } from './notices';
import type { Actions, LaneId, Scope } from './state';
import { readsText } from './textDesk';

interface SavingOptions {
  store: StoreApi<Scope>;
  laneSet: LaneSet;
  log: FrameLog<LaneId>;
  notices: NoticeBoard;
  address: Address;
  app: string;
}

/** Everything of the page that can be taken away: files of a lane, and the link. */
export const savingActions = ({ store, laneSet, log, notices, address, app }: SavingOptions) => {
  const { getState } = store;
  return {
    async saveWeights(id) {
      const engine = laneSet.get(id);
      if (!engine) throw new Error(`There is no lane ${id.toUpperCase()}.`);
      const bytes = await engine.saveWeights();
      return { name: fileName(getState().lanes, id, 'safetensors'), bytes };
    },
    saveRecord(id) {
      const { lanes } = getState();
      const segments = log.segments(id);
      if (!lanes.find((lane) => lane.id === id)?.engine.latest || !segments.length) {
        throw new Error(`Lane ${id.toUpperCase()} has measured nothing yet.`);
      }
      if (segments.length > 1) {
        const { step } = segments.at(-1)!.frames[0]!;
        const text = `Settings were changed at step ${step} of this run; the record names those that hold since.`;
        notices.notify({ level: 'info', about: id, text });
      }
      return { name: fileName(lanes, id, 'json'), bytes: recordBytes(segments, app) };
    },
    link(withMoment = false) {
      const { lanes, view, moment, text: own } = getState();
      if (own.content !== null && lanes.some(({ config }) => readsText(config))) {
        const text = `The link does not hold ${own.name}: who opens it sees the text that comes with Normscope.`;
        notices.notify({ level: 'info', about: 'page', text });
      }
      const configs = lanes.map((lane) => (withMoment && lane.shown?.config) || lane.config);
      const step = withMoment && moment !== 'live' ? moment : undefined;
      return address.withHash(encodeLink({ configs, view, step }));
    },
  } satisfies Partial<Actions>;
};
