import type { BackendId } from '../../protocol/engine';
import { spawnSafely, type WorkerLike } from '../../runs/client';
import type { Errand, Errands, Report, Timed } from '../errands';
import type { Outcome } from '../outcome';
import type { Maker } from '../lines';
import type { Sweep, SweepRun } from '../sweep';

/** A worker that makes runs, one after the other. Every call rejects once it is dead. */
export interface Hand {
  /** The device on which it runs; rejects where none does. */
  opened: Promise<Omit<Maker, 'app'>>;
  run(sweep: Sweep, run: SweepRun, text: string, tell: (steps: number) => void): Promise<Outcome>;
  time(run: SweepRun, text: string): Promise<Timed>;
  rest(isResting: boolean): void;
  isAlive(): boolean;
  dispose(): void;
}

interface Call {
  resolve(value: never): void;
  reject(error: Error): void;
  tell(steps: number): void;
}

/** Starts a worker on a backend; null leaves the choice to it. */
export function createHand(spawn: () => WorkerLike, backend: BackendId | null): Hand {
  const worker = spawnSafely(spawn);
  const calls = new Map<number, Call>();
  let count = 0;
  let dead: string | null = null;
  /** The text that the worker has. */
  let known: string | undefined;

  const end = (reason: string) => {
    if (dead !== null) return;
    dead = reason;
    worker.terminate();
    for (const { reject } of calls.values()) reject(new Error(reason));
    calls.clear();
  };
  worker.addEventListener('message', (event) => {
    const report = (event as MessageEvent<Report>).data;
    const call = calls.get(report.id);
    if (!call) return;
    if ('progress' in report) return call.tell(report.progress);
    calls.delete(report.id);
    if ('error' in report) call.reject(new Error(report.error));
    else call.resolve(report.value as never);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const { message } = event as ErrorEvent;
    end(
      message
        ? message.replace(/^Uncaught (Error: )?/, '')
        : 'The script of the sweep could not be loaded.',
    );
  });
  const ask = <Method extends keyof Errands>(
    method: Method,
    args: Parameters<Errands[Method]>,
    tell: Call['tell'] = () => {},
  ) =>
    new Promise<Awaited<ReturnType<Errands[Method]>>>((resolve, reject) => {
      if (dead !== null) return reject(new Error(dead));
      const id = count++;
      calls.set(id, { resolve, reject, tell });
      worker.postMessage({ id, method, args } satisfies Errand<Method>, []);
    });
  const fresh = (text: string) => {
    const isKnown = text === known;
    known = text;
    return isKnown ? {} : { text };
  };
  const opened = ask('open', [backend]).then(({ backend, build }) => {
    worker.ended?.().then(
      () => end('A worker of the sweep was ended by the browser.'),
      () => {},
    );
    return { backend, ...(build && { build }) };
  });
  opened.catch(() => {});
  return {
    opened,
    run: (sweep, run, text, tell) => ask('run', [{ sweep, run, ...fresh(text) }], tell),
    time: (run, text) => ask('time', [{ run, ...fresh(text) }]),
    rest: (isResting) => void ask('rest', [isResting]).catch(() => {}),
    isAlive: () => dead === null,
    dispose: () => end('The sweep was stopped.'),
  };
}
