/** A tenant's time in memory: from one command to another, both included. */
export interface Lifetime {
  bytes: number;
  first: number;
  last: number;
}

/** Which of a few buffers each of many tenants lives in. */
export interface MemoryPlan {
  buffers: number[];
  places: number[];
}

const overlap = (a: Lifetime, b: Lifetime) => a.first <= b.last && b.first <= a.last;

/**
 * Buffers shared by tenants that are never in use at one time. The largest tenants choose first, and each
 * takes the smallest buffer that is free while it lives: no buffer is larger than its first tenant, so that
 * the sum is never above that of all tenants (Pisarchyk, Lee 2020, Efficient Memory Management for Deep
 * Neural Net Inference, section 4, “greedy by size” for shared objects).
 *
 * Whole buffers and not places in one: WebGPU refuses a dispatch that reads one part of a buffer and writes
 * another.
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const order = [...lifetimes.keys()].sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes);
  const buffers: number[] = [];
  const tenants: Lifetime[][] = [];
  const places = new Array<number>(lifetimes.length);
  for (const i of order) {
    const life = lifetimes[i]!;
    // They stand in descending order of size: the last that is free is the smallest.
    let at = tenants.findLastIndex((others) => !others.some((other) => overlap(life, other)));
    if (at < 0) {
      at = buffers.push(life.bytes) - 1;
      tenants.push([]);
    }
    tenants[at]!.push(life);
    places[i] = at;
  }
  return { buffers, places };
}
