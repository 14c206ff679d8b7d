import { reasonOf } from '../../lib/reason';
import type { WorkerLike } from '../client';
import { buffersOf } from './chunks';
import type { Archive, StoredSession } from './format';

interface Question {
  id: number;
  method: keyof Archive;
  args: unknown[];
}
type Answer = { id: number; value: unknown } | { id: number; error: string };

/** The worker’s side of the line. */
export interface ArchivePort {
  addEventListener(type: 'message', listener: (event: MessageEvent<Question>) => void): void;
  postMessage(message: Answer, transfer: Transferable[]): void;
}

const buffersOfSession = ({ lanes }: StoredSession) =>
  lanes.flatMap(({ chunks, checkpoint }) => [
    ...buffersOf(chunks),
    ...(checkpoint ? [checkpoint.bytes.buffer as ArrayBuffer] : []),
  ]);

/** Answers one question at a time, in the order in which they came. */
export function serveArchive(archive: Archive, port: ArchivePort): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, method, args }: Question) => {
    try {
      const call = archive[method] as (...args: unknown[]) => Promise<unknown>;
      const value = await call(...args);
      const buffers = method === 'take' ? buffersOfSession(value as StoredSession) : [];
      port.postMessage({ id, value }, buffers);
    } catch (error) {
      port.postMessage({ id, error: reasonOf(error) }, []);
    }
  };
  port.addEventListener('message', ({ data }) => {
    last = last.then(() => answer(data));
  });
}

/** The page’s side: chunks are handed over, all else is copied, so that the page keeps it. */
export function archiveBehind(spawn: () => WorkerLike): Archive & { dispose(): void } {
  const open = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let nextId = 0;
  let dead: Error | null = null;
  const die = (reason: string) => {
    dead = new Error(reason);
    for (const { reject } of open.values()) reject(dead);
    open.clear();
  };
  const start = () => {
    const worker = spawn();
    worker.addEventListener('message', (event) => {
      const { id, ...answer } = (event as MessageEvent<Answer>).data;
      const call = open.get(id);
      open.delete(id);
      if ('error' in answer) call?.reject(new Error(answer.error));
      else call?.resolve(answer.value as never);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      die((event as ErrorEvent).message || 'The script that keeps it could not be loaded.');
    });
    return worker;
  };
  let worker: WorkerLike | null = null;
  try {
    worker = start();
  } catch (error) {
    // The browser’s settings may forbid it.
    die(reasonOf(error));
  }
  const ask = <T>(method: keyof Archive, args: unknown[], buffers: Transferable[] = []) =>
    new Promise<T>((resolve, reject) => {
      if (dead) {
        reject(dead);
        return;
      }
      const id = nextId++;
      open.set(id, { resolve, reject });
      worker?.postMessage({ id, method, args } satisfies Question, buffers);
    });
  return {
    list: () => ask('list', []),
    take: (id) => ask('take', [id]),
    write: (news) =>
      ask(
        'write',
        [news],
        news.news.flatMap(({ chunks }) => buffersOf(chunks)),
      ),
    leave: () => ask('leave', []),
    decline: (id) => ask('decline', [id]),
    remove: (id) => ask('remove', [id]),
    dispose: () => worker?.terminate(),
  };
}
