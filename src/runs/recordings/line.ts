import type { WorkerLike } from '../client';
import type { FileForm, ReadRun } from './read';

export type Answer = { share: number } | { run: ReadRun } | { error: string };

/** Reads the run in a file; `tell` hears how much of it was read, as a share. */
export type Reader = (
  form: FileForm,
  file: File,
  options: { tell(share: number): void; signal: AbortSignal },
) => Promise<ReadRun>;

/** A reader with a worker for each file, which ends with it. */
export const readerIn =
  (spawn: () => WorkerLike): Reader =>
  (form, file, { tell, signal }) =>
    new Promise<ReadRun>((resolve, reject) => {
      const worker = spawn();
      signal.addEventListener('abort', () => reject(new Error('It was called off.')));
      worker.addEventListener('message', (event) => {
        const answer = (event as MessageEvent<Answer>).data;
        if ('share' in answer) tell(answer.share);
        else if ('run' in answer) resolve(answer.run);
        else reject(new Error(answer.error));
      });
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error((event as ErrorEvent).message || 'Its reader could not be loaded.'));
      });
      worker.postMessage({ form, file }, []);
      signal.addEventListener('abort', () => worker.terminate());
    });
