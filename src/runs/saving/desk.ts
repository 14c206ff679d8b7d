import type { StoreApi } from 'zustand/vanilla';
import { fileName, headOf, headOfRecorded } from '../files';
import type { FrameLog } from '../log';
import type { NoticeBoard } from '../notices';
import type { Segment } from '../run';
import { chunksFrom } from '../sessions/chunks';
import type { Lane, LaneId, SavedFile, Scope } from '../state';
import type { Transfer, Transfers } from '../transfers';
import type { FileLine } from './line';
import type { TableOutline } from './table';
import type { Outline } from './writer';

export interface SavingOptions {
  store: StoreApi<Scope>;
  log: FrameLog<LaneId>;
  notices: NoticeBoard;
  transfers: Transfers;
  app: string;
  /** A file, written beside the page. */
  write(): FileLine;
}

/** Bytes of frames that are handed over at once. */
const PIECE = 2e6;
type RunForm = Exclude<Outline['form'], 'runs'>;
const ENDINGS: Record<RunForm, string> = { record: 'json', parquet: 'parquet', csv: 'csv' };

/** All of a table, or a record, but its frames. */
export const outlineOf = (
  segments: readonly Segment[],
  app: string,
  { fork, recorded }: Partial<Pick<Lane, 'fork' | 'recorded'>>,
): Omit<TableOutline, 'form'> => ({
  head: recorded ? headOfRecorded(segments, recorded) : headOf(segments, app, fork),
  layouts: segments.map(({ layout }) => layout),
  evaluates: segments.some(({ evaluations }) => evaluations.size > 0),
});

/** Writes the frames of runs, one after the other, into a file. */
export async function written(
  line: FileLine,
  outline: Outline,
  runs: readonly (readonly Segment[])[],
  { tell, signal }: Transfer,
): Promise<Blob> {
  signal.addEventListener('abort', line.dispose);
  const all = runs.flat().reduce((sum, { frames }) => sum + frames.length, 0);
  let done = 0;
  await line.begin(outline);
  for (const [lane, segments] of runs.entries()) {
    for (const segment of segments) {
      for (let from = 0; from < segment.frames.length;) {
        if (signal.aborted) throw new Error('It was called off.');
        tell(done / all);
        for (const chunk of chunksFrom(segment, from, PIECE)) {
          // Handed over, it is empty.
          const { length } = chunk.steps;
          await line.add(chunk, lane);
          from += length;
          done += length;
        }
      }
    }
  }
  return line.finish();
}

/** The files of a lane that can be taken away. */
export function createSaving(options: SavingOptions) {
  const { store, log, notices, transfers, app, write } = options;
  return {
    weights: (id: LaneId, bytes: Uint8Array): SavedFile => ({
      name: fileName(store.getState().lanes, id, 'safetensors'),
      blob: new Blob([new Uint8Array(bytes)]),
    }),
    /** Everything that was recorded of a lane; undefined where that was called off. */
    async run(id: LaneId, form: RunForm): Promise<SavedFile | undefined> {
      const { lanes, recordings } = store.getState();
      const { segments } = log.run(id);
      if (!segments.length) throw new Error(`Lane ${id.toUpperCase()} has measured nothing yet.`);
      if (segments.length > 1 && form === 'record') {
        const { step } = segments.at(-1)!.frames[0]!;
        const text = `Settings were changed at step ${step} of this run; the record names those that hold since.`;
        notices.retell(`record ${id}`, [{ level: 'info', about: id, text }]);
      }
      const all = [...lanes, ...recordings];
      const name = fileName(all, id, ENDINGS[form]);
      const lane = all.find((one) => one.id === id)!;
      const outline = { form, ...outlineOf(segments, app, lane) } as Outline;
      const blob = await transfers.run('Saving', name, (transfer) =>
        written(write(), outline, [segments], transfer),
      );
      return blob && { name, blob };
    },
  };
}
