export interface QueueOptions {
  /** Milliseconds that one job may take before it is called slow. */
  patience: number;
  /** A job is slow, or a slow one is done after all. */
  onSlow(slow: boolean): void;
}

/** Jobs run one after the other, in the order in which they were asked for, however the one before ended. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

export function createQueue({ patience, onSlow }: QueueOptions): Queue {
  let last: Promise<unknown> = Promise.resolve();

  const timed = async <T>(job: () => Promise<T>): Promise<T> => {
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      onSlow(true);
    }, patience);
    try {
      return await job();
    } finally {
      clearTimeout(timer);
      if (slow) onSlow(false);
    }
  };

  return (job) => {
    const done = last.then(() => timed(job));
    last = done.catch(() => undefined);
    return done;
  };
}
