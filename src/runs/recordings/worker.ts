import { reasonOf } from '../../lib/reason';
import { readRunFile } from '../runFile/read';
import type { Answer, Asked, Contents } from './line';
import { readRun } from './read';

const buffersIn = (content: Contents[keyof Contents]): ArrayBuffer[] => {
  const frames =
    'frames' in content
      ? content.frames
      : content.lanes.flatMap(({ record }) => record.flatMap((one) => one.frames));
  return frames.map(({ packed }) => packed.buffer as ArrayBuffer);
};

/** Reads one file, and ends with the page's word. */
addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  const answer = (message: Answer, transfer: Transferable[] = []) =>
    postMessage(message, { transfer });
  const tell = (share: number) => answer({ share });
  const { form, file, renames } = data;
  (form === 'runs' ? readRunFile(file, tell) : readRun(form, file, tell, renames)).then(
    (content) => answer({ content }, buffersIn(content)),
    (error: unknown) => answer({ error: reasonOf(error) }),
  );
});
