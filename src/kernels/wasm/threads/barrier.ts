/** Looks of a thread before it sleeps: a tenth of a millisecond or so, longer than most kernels take. */
const LOOKS = 30_000;
/** Sleep of a thread until it looks again, in ms. */
const NAP = 100;
/**
 * Naps of the leader before it gives up. They are counted, and not the time: a machine that sleeps takes none. The others
 * wait as long as the leader is there.
 */
export const PATIENCE = 100;

/** Counts arrivals in memory that all threads see. */
export type Arrivals = Int32Array<SharedArrayBuffer>;
const [ARRIVED, ASLEEP] = [0, 1];

export const makeArrivals = (): Arrivals => new Int32Array(new SharedArrayBuffer(8));

/**
 * Waits until the count of arrivals, this one included, is `target`. What a thread wrote before, all see
 * after. Counts go round at 2^31.
 *
 * @throws Error when the others do not come within so many naps
 */
export function meet(arrivals: Arrivals, target: number, patience = Infinity): void {
  // Arrivals missing until the target; 0 or less when all have come.
  const missing = (count: number) => (target - count) | 0;
  if (missing(Atomics.add(arrivals, ARRIVED, 1) + 1) <= 0) {
    if (Atomics.load(arrivals, ASLEEP) > 0) Atomics.notify(arrivals, ARRIVED);
    return;
  }
  for (let looks = 0; looks < LOOKS; looks++) {
    if (missing(Atomics.load(arrivals, ARRIVED)) <= 0) return;
  }
  Atomics.add(arrivals, ASLEEP, 1);
  try {
    for (let naps = 0; ;) {
      const count = Atomics.load(arrivals, ARRIVED);
      if (missing(count) <= 0) return;
      if (naps > patience) throw new Error('A thread of the engine has stopped.');
      if (Atomics.wait(arrivals, ARRIVED, count, NAP) === 'timed-out') naps++;
    }
  } finally {
    Atomics.sub(arrivals, ASLEEP, 1);
  }
}
