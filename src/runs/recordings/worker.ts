import { reasonOf } from '../../lib/reason';
import { readRun, type FileForm } from './read';
import type { Answer } from './line';

/** Reads one file, and ends with the page's word. */
addEventListener('message', ({ data }: MessageEvent<{ form: FileForm; file: Blob }>) => {
  const answer = (message: Answer, transfer: Transferable[] = []) =>
    postMessage(message, { transfer });
  readRun(data.form, data.file, (share) => answer({ share })).then(
    (run) =>
      answer(
        { run },
        run.frames.map(({ packed }) => packed.buffer as ArrayBuffer),
      ),
    (error: unknown) => answer({ error: reasonOf(error) }),
  );
});
