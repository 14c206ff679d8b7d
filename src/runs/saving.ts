import type { StoreApi } from 'zustand/vanilla';
import { fileName, recordBytes, runOf } from './files';
import type { FrameLog } from './log';
import type { NoticeBoard } from './notices';
import type { LaneId, Scope } from './state';

interface SavingOptions {
  store: StoreApi<Scope>;
  log: FrameLog<LaneId>;
  notices: NoticeBoard;
  app: string;
}

/** The files of a lane that can be taken away. */
export const createSaving = ({ store, log, notices, app }: SavingOptions) => ({
  weights: (id: LaneId, bytes: Uint8Array) => ({
    name: fileName(store.getState().lanes, id, 'safetensors'),
    bytes,
  }),
  record(id: LaneId) {
    const { lanes } = store.getState();
    const segments = log.segments(id);
    const lane = lanes.find((lane) => lane.id === id);
    if (!lane?.engine.latest || !segments.length) {
      throw new Error(`Lane ${id.toUpperCase()} has measured nothing yet.`);
    }
    if (segments.length > 1) {
      const { step } = segments.at(-1)!.frames[0]!;
      const text = `Settings were changed at step ${step} of this run; the record names those that hold since.`;
      notices.retell(`record ${id}`, [{ level: 'info', about: id, text }]);
    }
    const run = runOf(segments, app, lane.fork);
    return { name: fileName(lanes, id, 'json'), bytes: recordBytes(run) };
  },
});
