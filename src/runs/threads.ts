/**
 * Threads that each lane's kernels may have: lanes run side by side, and one processor is left to the
 * page. An engine takes as many as it can use, and tries whether it gains by them.
 *
 * @param processors as the browser counts them, two for a core that has two
 */
export const threadsPerLane = (processors: number, lanes: number): number =>
  Math.max(1, Math.floor((processors - 1) / Math.max(1, lanes)));
