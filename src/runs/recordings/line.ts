import type { WorkerLike } from '../client';
import type { OpenedRuns } from '../runFile/format';
import type { FileForm, ReadRun, Renames } from './read';

/** The content of each kind of file: one run, or the runs of a page. */
export type Contents = Record<FileForm, ReadRun> & { runs: OpenedRuns };

export type Answer = { share: number } | { content: Contents[keyof Contents] } | { error: string };

/** The file that a reader is asked for. */
export interface Asked {
  form: keyof Contents;
  file: Blob;
  renames?: Renames | undefined;
}

/** Reads a file; `tell` hears how much of it was read, as a share. */
export type Reader = <Form extends keyof Contents>(
  form: Form,
  file: File,
  options: { tell(share: number): void; signal: AbortSignal; renames?: Renames },
) => Promise<Contents[Form]>;

/** A reader with a worker for each file, which ends with it. */
export const readerIn =
  (spawn: () => WorkerLike): Reader =>
  (form, file, { tell, signal, renames }) =>
    new Promise((resolve, reject) => {
      const worker = spawn();
      signal.addEventListener('abort', () => {
        worker.terminate();
        reject(new Error('It was called off.'));
      });
      worker.addEventListener('message', (event) => {
        const answer = (event as MessageEvent<Answer>).data;
        if ('share' in answer) tell(answer.share);
        else if ('content' in answer) resolve(answer.content as Contents[typeof form]);
        else reject(new Error(answer.error));
      });
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error((event as ErrorEvent).message || 'Its reader could not be loaded.'));
      });
      worker.postMessage({ form, file, renames } satisfies Asked, []);
    });
