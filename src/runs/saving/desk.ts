import type { StoreApi } from 'zustand/vanilla';
import { fileName, headOf } from '../files';
import type { FrameLog } from '../log';
import type { NoticeBoard } from '../notices';
import { chunksFrom } from '../sessions/chunks';
import type { Segment } from '../run';
import type { LaneId, SavedFile, Scope } from '../state';
import type { FileLine } from './line';
import type { Outline } from './writer';

interface SavingOptions {
  store: StoreApi<Scope>;
  log: FrameLog<LaneId>;
  notices: NoticeBoard;
  app: string;
  /** A file, written beside the page. */
  write(): FileLine;
}

/** Bytes of frames that are handed over at once. */
const PIECE = 2e6;
const ENDINGS: Record<Outline['form'], string> = { record: 'json', parquet: 'parquet', csv: 'csv' };

/** The files of a lane that can be taken away. */
export function createSaving({ store, log, notices, app, write }: SavingOptions) {
  const { getState, setState } = store;
  let under: { isWanted: boolean } | null = null;

  const outlineOf = (form: Outline['form'], segments: readonly Segment[], id: LaneId): Outline => ({
    form,
    head: headOf(segments, app, getState().lanes.find((lane) => lane.id === id)?.fork),
    layouts: segments.map(({ layout }) => layout),
    evaluates: segments.some(({ evaluations }) => evaluations.size > 0),
  });
  /** Writes the frames as they are by now; null where that was called off. */
  async function written(
    line: FileLine,
    outline: Outline,
    segments: readonly Segment[],
    tell: (share: number) => boolean,
  ): Promise<Blob | null> {
    const all = segments.reduce((sum, { frames }) => sum + frames.length, 0);
    let done = 0;
    await line.begin(outline);
    for (const segment of segments) {
      for (let from = 0; from < segment.frames.length;) {
        if (!tell(done / all)) return null;
        const chunks = chunksFrom(segment, from, PIECE);
        for (const chunk of chunks) await line.add(chunk);
        const steps = chunks.reduce((sum, chunk) => sum + chunk.steps.length, 0);
        from += steps;
        done += steps;
      }
    }
    return line.finish();
  }

  return {
    weights: (id: LaneId, bytes: Uint8Array): SavedFile => ({
      name: fileName(getState().lanes, id, 'safetensors'),
      blob: new Blob([new Uint8Array(bytes)]),
    }),
    /** Everything that was recorded of a lane; null where that was called off. */
    async run(id: LaneId, form: Outline['form']): Promise<SavedFile | null> {
      const { lanes, recordings } = getState();
      const { segments } = log.run(id);
      if (!segments.length) throw new Error(`Lane ${id.toUpperCase()} has measured nothing yet.`);
      if (segments.length > 1 && form === 'record') {
        const { step } = segments.at(-1)!.frames[0]!;
        const text = `Settings were changed at step ${step} of this run; the record names those that hold since.`;
        notices.notify({ level: 'info', about: id, text });
      }
      const name = fileName([...lanes, ...recordings], id, ENDINGS[form]);
      if (under) under.isWanted = false;
      const mine = (under = { isWanted: true });
      const tell = (share: number) => {
        if (mine.isWanted) setState({ transfer: { does: 'Saving', name, share } });
        return mine.isWanted;
      };
      const line = write();
      try {
        const blob = await written(line, outlineOf(form, segments, id), segments, tell);
        return blob && { name, blob };
      } finally {
        line.dispose();
        if (under === mine) setState({ transfer: null });
      }
    },
    cancel(): void {
      if (under) under.isWanted = false;
    },
  };
}
