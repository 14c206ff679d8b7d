import { threadNumber } from './share';
import { firstLanes, put } from './simd';

/*
 * Rounding to a format with fewer bits than float32, as it is stored: to nearest, ties to even, with subnormal
 * numbers. The module is built twice (see `asconfig.json`): where ROUNDS is 0 nothing is rounded, and what stands
 * here leaves no trace; where it is 1, kernels round what the policy says.
 */

// The rules of the format, as `bitRules` of lib/floats.ts has them.
let dropped: i32 = 0;
let overflowSize: i32 = 0;
/** The size of the smallest number, without the bits that are dropped; where 0 and it follow each other. */
let smallest: i32 = 0;
/** One less than half a step: with the last bit that is kept, a tie goes up from an odd number alone. */
let half: v128 = i32x4.splat(0);
let kept: v128 = i32x4.splat(0);
/** The largest size that is not infinite. */
let most: v128 = i32x4.splat(0);
let overflow: v128 = i32x4.splat(0);
/** The first size that does not become 0. */
let least: v128 = i32x4.splat(0);
/** The first size of full precision, and whether there are smaller ones that float32 holds as normal numbers. */
let normal: v128 = i32x4.splat(0);
let hasSubnormals: bool = false;
/** A float32 beside this has steps of the format's smallest number. */
let large: v128 = f32x4.splat(0);
/** Every operation rounds; else products alone. */
let everyOperation: bool = false;
/**
 * Where this thread counts how many numbers became 0, and how many no finite number, 4 int32 each: once for every stage
 * of a kernel after which somebody asks for what was lost since the one before.
 */
let counted: usize = 0;
/** The same, of the present stage. */
let losses: usize = 0;
const STAGES: i32 = 8;
/** Bytes in which a thread counts. */
const COUNTED: i32 = 32 * STAGES;

/**
 * The format from now on, and the policy.
 * @param counters where threads count what is lost: COUNTED bytes for each
 */
export function setRounding(
  droppedBits: i32,
  normalFrom: i32,
  overflowFrom: i32,
  overflowBits: i32,
  zeroTo: i32,
  smallestPower: i32,
  every: bool,
  counters: usize,
): void {
  dropped = droppedBits;
  overflowSize = overflowFrom;
  smallest = normalFrom ? ((smallestPower + 127) << 23) >> droppedBits : 1;
  half = i32x4.splat((1 << (droppedBits - 1)) - 1);
  kept = i32x4.splat(-1 << droppedBits);
  most = i32x4.splat(overflowFrom - 1);
  overflow = i32x4.splat(overflowBits);
  least = i32x4.splat(zeroTo + 1);
  normal = i32x4.splat(normalFrom);
  hasSubnormals = normalFrom > 0;
  large = f32x4.splat(reinterpret<f32>((smallestPower + 23 + 127) << 23) * 1.5);
  everyOperation = every;
  counted = counters + <usize>(threadNumber() * COUNTED);
  losses = counted;
}

/** What is lost from now on is told with the stage of this number. */
// @ts-ignore: decorator
@inline
export function stage(number: i32): void {
  if (ROUNDS) losses = counted + (<usize>number << 5);
}

// @ts-ignore: decorator
@inline
function count(lost: v128, offset: usize): void {
  const at = losses + offset;
  v128.store(at, i32x4.sub(v128.load(at), lost));
}

/** y where some x is a number larger than the format has; and, where nothing was counted yet, lost to 0. */
function lossy(x: v128, y: v128, size: v128, counts: bool): v128 {
  const infinity = i32x4.splat(0x7f800000);
  const beyond = v128.and(i32x4.gt_s(size, most), i32x4.le_s(size, infinity));
  if (counts) {
    count(v128.and(beyond, i32x4.lt_s(size, infinity)), 16);
    if (!hasSubnormals) count(v128.and(i32x4.gt_s(size, i32x4.splat(0)), i32x4.lt_s(size, least)), 0);
  }
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(v128.or(sign, overflow), y, beyond);
}

// @ts-ignore: decorator
@inline
function stored4(x: v128, counts: bool): v128 {
  const magnitude = i32x4.splat(0x7fffffff);
  const size = v128.and(x, magnitude);
  const odd = v128.and(i32x4.shr_u(x, dropped), i32x4.splat(1));
  // A mantissa that overflows carries into the exponent, as it should.
  let y = v128.and(i32x4.add(i32x4.add(x, half), odd), kept);
  const isNaN = f32x4.ne(x, x);
  let unusual = v128.andnot(i32x4.gt_s(size, most), isNaN);
  const vanishing = v128.and(i32x4.gt_s(least, size), i32x4.gt_s(size, i32x4.splat(0)));
  if (hasSubnormals) {
    const small = f32x4.sub(f32x4.add(size, large), large);
    const signed = v128.or(small, v128.andnot(x, magnitude));
    y = v128.bitselect(signed, y, i32x4.gt_s(normal, size));
    if (counts) count(vanishing, 0);
  } else unusual = v128.or(unusual, vanishing);
  if (v128.any_true(unusual)) y = lossy(x, y, size, counts);
  return v128.bitselect(x, y, isNaN);
}

/** The first `left` of four numbers as they are stored, with what that loses counted; the others are 0. */
// @ts-ignore: decorator
@inline
export function stored(x: v128, left: i32): v128 {
  if (!ROUNDS) return x;
  return stored4(left < 4 ? v128.and(x, firstLanes(left)) : x, true);
}

/** The result of an operation that is no product: stored where every operation rounds. */
// @ts-ignore: decorator
@inline
export function rounded(x: v128, left: i32): v128 {
  if (!ROUNDS) return x;
  return everyOperation ? stored(x, left) : x;
}

/** The same of what was rounded before, and counted then. */
// @ts-ignore: decorator
@inline
export function roundedAgain(x: v128): v128 {
  if (!ROUNDS) return x;
  return everyOperation ? stored4(x, false) : x;
}

/** Four numbers as they are stored, which were counted before. */
// @ts-ignore: decorator
@inline
export function storedAgain(x: v128): v128 {
  if (!ROUNDS) return x;
  return stored4(x, false);
}

/** One number, likewise. */
// @ts-ignore: decorator
@inline
export function stored1(x: f32): f32 {
  if (!ROUNDS) return x;
  return f32x4.extract_lane(stored4(f32x4.replace_lane(f32x4.splat(0), 0, x), true), 0);
}

// @ts-ignore: decorator
@inline
export function rounded1(x: f32): f32 {
  if (!ROUNDS) return x;
  return everyOperation ? stored1(x) : x;
}

/** One number of those that were counted before, or need not be. */
// @ts-ignore: decorator
@inline
export function roundedAgain1(x: f32): f32 {
  return f32x4.extract_lane(roundedAgain(f32x4.splat(x)), 0);
}

/** True where products alone round, and what they are given is cast. */
// @ts-ignore: decorator
@inline
export function castsOperands(): bool {
  return ROUNDS && !everyOperation;
}

/** The counts so far, to go back to after what was counted before is computed again. */
// @ts-ignore: decorator
@inline
export function zerosSoFar(): v128 {
  return v128.load(losses);
}
// @ts-ignore: decorator
@inline
export function infinitiesSoFar(): v128 {
  return v128.load(losses, 16);
}
// @ts-ignore: decorator
@inline
export function countFrom(zeros: v128, infinities: v128): void {
  v128.store(losses, zeros);
  v128.store(losses, infinities, 16);
}

/** True where every operation rounds. */
// @ts-ignore: decorator
@inline
export function roundsAll(): bool {
  return ROUNDS && everyOperation;
}

/** n results of operations, where they lie. */
export function roundAll(x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = x + (<usize>i << 2);
    put(at, rounded(v128.load(at), n - i), n - i);
  }
}

/*
 * Numbers of the format without a sign have the indices 0, 1, 2, …; after the largest come ∞ and NaN. The format itself
 * may have no infinity: something else may.
 */

/** The number of indices. */
export function tableEntries(): i32 {
  return (overflowSize >> dropped) - firstIndex() + 3;
}

/** Subtracted from the bits that are kept to give an index. */
// @ts-ignore: decorator
@inline
export function firstIndex(): i32 {
  return smallest - 1;
}

/** The index of a number of the format, whatever its sign. */
// @ts-ignore: decorator
@inline
export function indexOf(bits: i32, first: i32, entries: i32): i32 {
  const size = bits & 0x7fffffff;
  if (size >= overflowSize) return size > 0x7f800000 ? entries - 1 : entries - 2;
  return max((size >> dropped) - first, 0);
}

export function numberAt(index: i32): f32 {
  const entries = tableEntries();
  if (index == entries - 1) return NaN;
  if (index == entries - 2) return Infinity;
  return index == 0 ? 0 : reinterpret<f32>((index + firstIndex()) << dropped);
}

/** y = x as it is stored, over n numbers; where `mask` is given, of those alone that have 1 there. y may be x. */
export function round(y: usize, x: usize, mask: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    let value = v128.load(x + at);
    if (mask) {
      const chosen = f32x4.ne(v128.load(mask + at), f32x4.splat(0));
      const inFormat = stored(v128.and(value, chosen), n - i);
      value = v128.bitselect(inFormat, value, chosen);
    } else value = stored(value, n - i);
    put(y + at, value, n - i);
  }
}

/**
 * The numbers lost on all threads in the first stage since the last time, [2]: to 0, to no finite number. The next stage
 * is the first from then on.
 */
export function takeLosses(out: usize, counters: usize, threads: i32): void {
  let zeros: i64 = 0;
  let infinite: i64 = 0;
  for (let thread = 0; thread < threads; thread++) {
    const at = counters + <usize>(thread * COUNTED);
    for (let lane: usize = 0; lane < 16; lane += 4) {
      zeros += <i64>load<i32>(at + lane);
      infinite += <i64>load<i32>(at + lane, 16);
    }
    memory.copy(at, at + 32, COUNTED - 32);
    memory.fill(at + COUNTED - 32, 0, 32);
  }
  store<f32>(out, <f32>zeros);
  store<f32>(out, <f32>infinite, 4);
}
