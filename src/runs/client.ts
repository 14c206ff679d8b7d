import { reasonOf } from '../lib/reason';
import {
  WeightsMisfit,
  type Engine,
  type EngineProgress,
  type Method,
  type Reply,
  type Request,
} from '../protocol/engine';

export interface WorkerLike {
  addEventListener(
    type: 'message' | 'error' | 'messageerror',
    listener: (event: Event) => void,
  ): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
  /** Done when the worker is no more; asked once it has answered. Left out where the browser cannot tell. */
  ended?(): Promise<unknown>;
}

/** An engine in a worker. A worker that died answers every call with an error that says how. */
export interface Client extends Engine {
  isAlive(): boolean;
  /** Ends the worker; nothing that it was asked is answered any more. */
  dispose(): void;
}

const METHODS = Object.keys({
  open: true,
  useThreads: true,
  configure: true,
  probe: true,
  step: true,
  evaluate: true,
  inspect: true,
  roof: true,
  normCost: true,
  reset: true,
  saveWeights: true,
  saveCheckpoint: true,
  restore: true,
  advance: true,
  loadWeights: true,
} satisfies Record<Method, true>) as Method[];

/** Milliseconds that an answer may take. A model may take as long as it takes; a device may not. */
const PATIENCE: Partial<Record<Method, number>> = { open: 20_000 };

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: Parameters<typeof clearTimeout>[0];
}

/** A worker that cannot even be made (the browser’s settings forbid it) fails when it is first asked. */
export function spawnSafely(spawn: () => WorkerLike): WorkerLike {
  try {
    return spawn();
  } catch (error) {
    const message = reasonOf(error);
    return {
      addEventListener: () => undefined,
      postMessage: () => {
        throw new Error(`The engine could not be started: ${message}`);
      },
      terminate: () => undefined,
    };
  }
}

/**
 * Speaks with the engine in `worker`; `onDeath` is told once why it stopped, unless it was disposed, and `onProgress`
 * how far the answer to a call is that still waits for it.
 */
export function connect(
  worker: WorkerLike,
  onDeath: (reason: string) => void,
  onProgress: (progress: EngineProgress) => void = () => {},
): Client {
  const calls = new Map<number, Call>();
  let nextId = 0;
  let dead: string | null = null;
  let isWatched = false;

  const end = (reason: string) => {
    if (dead !== null) return false;
    dead = reason;
    worker.terminate();
    for (const { reject, timer } of calls.values()) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    calls.clear();
    return true;
  };
  const die = (reason: string) => {
    if (end(reason)) onDeath(reason);
  };

  worker.addEventListener('message', (event) => {
    const reply = (event as MessageEvent<Reply>).data;
    const call = calls.get(reply.id);
    if (!call) return;
    if ('progress' in reply) {
      onProgress(reply.progress);
      return;
    }
    calls.delete(reply.id);
    clearTimeout(call.timer);
    if (!isWatched) {
      isWatched = true;
      worker.ended?.().then(
        () => die('The engine’s worker was ended by the browser.'),
        () => {},
      );
    }
    if ('error' in reply)
      call.reject(reply.ways ? new WeightsMisfit(reply.error, reply.ways) : new Error(reply.error));
    else call.resolve(reply.value);
  });
  worker.addEventListener('error', (event) => {
    // Said beside the lane: the browser's console need not say it again.
    event.preventDefault();
    // An error without a message is the browser's way to say that the script did not load.
    const { message } = event as ErrorEvent;
    die(
      message
        ? `The engine stopped: ${message.replace(/^Uncaught (Error: )?|[.\s]+$/g, '')}.`
        : 'The engine’s script could not be loaded.',
    );
  });
  worker.addEventListener('messageerror', () =>
    die('The engine sent an answer that could not be read.'),
  );

  const ask = (method: Method, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead !== null) {
        reject(new Error(dead));
        return;
      }
      const id = nextId++;
      const request: Request = { id, method, args };
      worker.postMessage(request, wholeBuffers(args));
      const patience = PATIENCE[method];
      const giveUp = (ms: number) =>
        die(`The engine gave no sign of life for ${ms / 1000} seconds.`);
      const timer = patience && setTimeout(giveUp, patience, patience);
      calls.set(id, { resolve, reject, timer });
    });

  const engine = Object.fromEntries(
    METHODS.map((method) => [method, (...args: unknown[]) => ask(method, args)]),
  ) as unknown as Engine;
  return {
    ...engine,
    isAlive: () => dead === null,
    dispose: () => void end('The engine was ended.'),
  };
}

/** The bytes of a file go to the worker whole, not as a copy. */
const wholeBuffers = (args: unknown[]): Transferable[] =>
  args
    .filter((arg) => arg instanceof Uint8Array)
    .filter((bytes) => bytes.byteLength === bytes.buffer.byteLength)
    .map((bytes) => bytes.buffer as ArrayBuffer);
