/**
 * Jobs run one after the other, in the order in which they were asked for, however the one before ended.
 *
 * @param options.patience milliseconds that one job may take before it is called slow
 * @param options.onSlow told that a job is slow, or that a slow one is done after all
 */
export function createQueue(options: { patience: number; onSlow(slow: boolean): void }) {
  let last: Promise<unknown> = Promise.resolve();

  const timed = async <T>(job: () => Promise<T>): Promise<T> => {
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      options.onSlow(true);
    }, options.patience);
    try {
      return await job();
    } finally {
      clearTimeout(timer);
      if (slow) options.onSlow(false);
    }
  };

  return <T>(job: () => Promise<T>): Promise<T> => {
    const done = last.then(() => timed(job));
    last = done.catch(() => undefined);
    return done;
  };
}
