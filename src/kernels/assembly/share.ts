/*
 * Several threads may make the same calls of the module, each in an instance of its own on the same memory.
 * Kernels that can be divided then do this thread's part: whole units, so that every number is computed as one
 * thread would compute it.
 */

let part: i32 = 0;
let parts: i32 = 1;
let offset: usize = 0;
let thread: i32 = 0;

/** From now on this instance does part p of n. */
export function share(p: i32, n: i32): void {
  part = p;
  parts = n;
}

/** From now on this instance is thread t; its scratch begins t times so many bytes after the one that calls name. */
export function be(t: i32, scratchBytes: i32): void {
  thread = t;
  offset = <usize>(t * scratchBytes);
}

/** The number of this thread; its part of a call may be another. */
// @ts-ignore: decorator
@inline
export function threadNumber(): i32 {
  return thread;
}

/** True for a unit, of `count`, that is this thread's. */
// @ts-ignore: decorator
@inline
export function isMine(unit: i32, count: i32): bool {
  return unit >= (count * part) / parts && unit < (count * (part + 1)) / parts;
}

/** Where this thread's part of n numbers begins, which are divided in units of so many. */
// @ts-ignore: decorator
@inline
export function begin(n: i32, unit: i32): i32 {
  return ((((n + unit - 1) / unit) * part) / parts) * unit;
}

/** And where it ends. */
// @ts-ignore: decorator
@inline
export function end(n: i32, unit: i32): i32 {
  return min(n, ((((n + unit - 1) / unit) * (part + 1)) / parts) * unit);
}

// @ts-ignore: decorator
@inline
export function own(scratch: usize): usize {
  return scratch + offset;
}
