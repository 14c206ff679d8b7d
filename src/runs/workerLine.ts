import { reasonOf } from '../lib/reason';
import type { WorkerLike } from './client';

type Numbered<Question> = Question & { id: number };
type Reply<Answer> = { id: number } & ({ answer: Answer } | { error: string });

/** Questions to a worker. */
export interface WorkerLine<Question, Answer> {
  /** @param buffers are handed over */
  ask(question: Question, buffers?: Transferable[]): Promise<Answer>;
  /** Ends what is at hand, which rejects. */
  cancel(): void;
}

/**
 * A line to a worker, which is started with its first question, and anew after it was called off or failed.
 *
 * @param missing says that its code did not come, where the browser has no words for it
 * @param onEnd told that what the worker was given is gone
 */
export function lineTo<Question extends object, Answer>(
  spawn: () => WorkerLike,
  missing: string,
  onEnd: () => void = () => undefined,
): WorkerLine<Question, Answer> {
  let worker: WorkerLike | null = null;
  let count = 0;
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  const end = (reason: string) => {
    worker?.terminate();
    worker = null;
    onEnd();
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const start = () => {
    const started = spawn();
    started.addEventListener('message', (event) => {
      const reply = (event as MessageEvent<Reply<Answer>>).data;
      const call = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('error' in reply) call?.reject(new Error(reply.error));
      else call?.resolve(reply.answer);
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      end((event as ErrorEvent).message || missing);
    });
    return started;
  };
  return {
    ask: (question, buffers = []) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = count++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...question, id } satisfies Numbered<Question>, buffers);
      }),
    cancel: () => end('It was called off.'),
  };
}

/** The worker’s side of the line. */
export function answerWith<Question, Answer>(answer: (question: Question) => Answer): void {
  const replyTo = (data: Numbered<Question>): Reply<Answer> => {
    const { id } = data;
    try {
      return { id, answer: answer(data) };
    } catch (error) {
      return { id, error: reasonOf(error) };
    }
  };
  addEventListener('message', ({ data }: MessageEvent<Numbered<Question>>) => {
    postMessage(replyTo(data));
  });
}
