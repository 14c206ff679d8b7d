import { reasonOf } from '../lib/reason';
import {
  WeightsMisfit,
  type Engine,
  type EngineProgress,
  type Reply,
  type Request,
} from './engine';
import { buffersOf, type Raw } from './raw';

/** The worker's side of the line: its global scope, or whatever stands for it. */
export interface Port {
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
  postMessage(message: Reply, transfer: Transferable[]): void;
}

/**
 * Answers requests one at a time, in the order in which they came; an error travels as its message, a misfit with its
 * ways out.
 *
 * @param options.explained the error behind an error of a call, where there is one
 * @param make the engine, given what tells how far the answer is that it works on
 */
export function serve(
  make: (tell: (progress: EngineProgress) => void) => Engine,
  {
    port = globalThis as unknown as Port,
    explained = (error) => Promise.resolve(error),
  }: { port?: Port; explained?(error: unknown): Promise<unknown> } = {},
): void {
  let last: Promise<void> = Promise.resolve();
  let id = -1;
  const engine = make((progress) => {
    port.postMessage({ id, progress }, []);
  });
  port.addEventListener('message', ({ data }) => {
    last = last.then(() => {
      ({ id } = data);
      return answer(engine, data, port, explained);
    });
  });
}

async function answer(
  engine: Engine,
  { id, method, args }: Request,
  port: Port,
  explained: (error: unknown) => Promise<unknown>,
) {
  try {
    const call = engine[method] as (...args: unknown[]) => Promise<unknown>;
    const value = await call.apply(engine, args);
    port.postMessage({ id, value }, transferables(value));
  } catch (thrown) {
    const error = await explained(thrown);
    const ways = error instanceof WeightsMisfit ? { ways: error.ways } : {};
    port.postMessage({ id, error: reasonOf(error), ...ways }, []);
  }
}

/**
 * The buffers that are handed over instead of copied: a frame's numbers, tensors and the bytes of a file, which
 * nobody in the worker reads again. Batches are small, and the task may keep them: they are copied.
 */
function transferables(value: unknown): Transferable[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  const isRaw = (value as Partial<Raw> | undefined)?.paramGradients !== undefined;
  if (isRaw) return buffersOf(value as Raw);
  const packed = (value as { frame?: { packed?: Float32Array } } | undefined)?.frame?.packed;
  return packed ? [packed.buffer as ArrayBuffer] : [];
}
