/**
 * Jobs run one after the other, in the order in which they were asked for, however the one before ended.
 *
 * @param options.patience milliseconds without a sign of life after which a job is called slow
 * @param options.onSlow told that a job is slow, or that a slow one is alive or done after all
 */
export function createQueue({
  patience,
  onSlow,
}: {
  patience: number;
  onSlow(slow: boolean): void;
}) {
  let last: Promise<unknown> = Promise.resolve();
  let began = 0;
  let slow = false;
  let timer: ReturnType<typeof setTimeout>;

  const become = (now: boolean) => {
    if (slow === now) return;
    slow = now;
    onSlow(now);
  };
  const wait = () => {
    clearTimeout(timer);
    become(false);
    timer = setTimeout(become, patience, true);
  };

  const timed = async <T>(job: () => Promise<T>): Promise<T> => {
    began = performance.now();
    wait();
    try {
      return await job();
    } finally {
      clearTimeout(timer);
      become(false);
    }
  };

  return {
    enqueue<T>(job: () => Promise<T>): Promise<T> {
      const done = last.then(() => timed(job));
      last = done.catch(() => undefined);
      return done;
    },
    /** A sign of life of the job that runs. @returns the milliseconds that it has taken so far */
    heard(): number {
      wait();
      return performance.now() - began;
    },
  };
}
