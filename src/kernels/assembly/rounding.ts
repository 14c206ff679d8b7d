import { begin, end, threadNumber } from './share';
import { firstLanes, put, sumLanes } from './simd';

/*
 * Rounding to a format with fewer bits than float32, as it is stored: to nearest, ties to even, with subnormal
 * numbers. The module is built twice (see `asconfig.json`): where ROUNDS is 0 nothing is rounded, and what stands
 * here leaves no trace; where it is 1, kernels round what the policy says.
 */

/** Every operation rounds; else products alone. */
let everyOperation: bool = false;
/** False for bfloat16, whose numbers have the range of float32. */
let hasSubnormals: bool = false;
let dropped: i32 = 0;
let overflowSize: i32 = 0;
/** The size of the smallest number, without the bits that are dropped; where 0 and it follow each other. */
let smallest: i32 = 0;

/*
 * A thread's part of the memory for rounding. First it counts how many numbers became 0, and how many no finite number,
 * 4 int32 each, once for every stage of a kernel after which somebody asks for what was lost since the one before. Then
 * come the rules of the format, four times each: V8 makes a constant of four lanes anew wherever it is used, and a
 * variable of the module takes two loads.
 */
const STAGES: i32 = 8;
const RULES: i32 = 32 * STAGES;
const MAGNITUDE: i32 = 0;
const ONE: i32 = 16;
/** One less than half a step: with the last bit that is kept, a tie goes up from an odd number alone. */
const HALF: i32 = 32;
const KEPT: i32 = 48;
/** The largest size that is not infinite, and the last one that is to be made infinite, or no number. */
const MOST: i32 = 64;
const LAST: i32 = 80;
const OVERFLOW: i32 = 96;
/** The first size that does not become 0. */
const LEAST: i32 = 112;
/** The first size of full precision. */
const NORMAL: i32 = 128;
const EXPONENT: i32 = 144;
/** 2 to the power of the bits that are dropped, as a float32's exponent. */
const DROPPED_POWER: i32 = 160;
/** Bytes of a thread's part. */
const OWN: i32 = RULES + 256;

let part: usize = 0;
let rules: usize = 0;
/** Where the present stage counts. */
let losses: usize = 0;

// @ts-ignore: decorator
@inline
function rule(offset: usize): v128 {
  return v128.load(rules + offset);
}

function setRule(offset: usize, value: i32): void {
  v128.store(rules + offset, i32x4.splat(value));
}

/**
 * The format from now on, with the numbers of `bitRules` of lib/floats.ts, and the policy.
 * @param memory OWN bytes for each thread, in which it counts what is lost
 */
export function setRounding(
  droppedBits: i32,
  normalFrom: i32,
  overflowFrom: i32,
  overflowBits: i32,
  zeroTo: i32,
  smallestPower: i32,
  every: bool,
  memory: usize,
): void {
  part = memory + <usize>(threadNumber() * OWN);
  rules = part + RULES;
  losses = part;
  everyOperation = every;
  dropped = droppedBits;
  overflowSize = overflowFrom;
  smallest = normalFrom ? ((smallestPower + 127) << 23) >> droppedBits : 1;
  hasSubnormals = normalFrom > 0;
  setRule(MAGNITUDE, 0x7fffffff);
  setRule(ONE, 1);
  setRule(HALF, (1 << (droppedBits - 1)) - 1);
  setRule(KEPT, -1 << droppedBits);
  setRule(MOST, overflowFrom - 1);
  // An infinity may stay what it is, where the format has one.
  setRule(LAST, overflowBits == 0x7f800000 ? 0x7f7fffff : 0x7f800000);
  setRule(OVERFLOW, overflowBits);
  setRule(LEAST, zeroTo + 1);
  setRule(NORMAL, normalFrom);
  setRule(EXPONENT, 0x7f800000);
  setRule(DROPPED_POWER, droppedBits << 23);
}

/** Losses from now on are told with the stage of this number. */
// @ts-ignore: decorator
@inline
export function stage(number: i32): void {
  if (ROUNDS) losses = part + (<usize>number << 5);
}

// @ts-ignore: decorator
@inline
function count(lost: v128, offset: usize): void {
  const at = losses + offset;
  v128.store(at, i32x4.sub(v128.load(at), lost));
}

/** y where some x is larger than the format has; and, of bfloat16, what is lost to 0 is counted. */
function lossy(x: v128, y: v128, size: v128, beyond: v128, counts: bool): v128 {
  if (counts) {
    count(v128.and(beyond, i32x4.lt_s(size, i32x4.splat(0x7f800000))), 16);
    if (!hasSubnormals) count(vanishing(size), 0);
  }
  return v128.bitselect(v128.or(v128.xor(x, size), rule(OVERFLOW)), y, beyond);
}

/** Sizes that are not 0 and become 0. */
// @ts-ignore: decorator
@inline
function vanishing(size: v128): v128 {
  return v128.and(i32x4.gt_s(rule(LEAST), size), i32x4.gt_s(size, i32x4.splat(0)));
}

/**
 * To the nearest. Beside 2^(e + the bits that are dropped) a float32 has the steps that the format has from 2^e on, or
 * below its normal numbers: to add and subtract that rounds, ties to even, and leaves what is no number. bfloat16, with
 * the range of float32, has no room for it: half a step is added to the bits, where a mantissa that overflows carries
 * into the exponent, as it should.
 */
// @ts-ignore: decorator
@inline
function nearestOf(x: v128, size: v128): v128 {
  if (hasSubnormals) {
    const exponent = i32x4.max_s(v128.and(size, rule(EXPONENT)), rule(NORMAL));
    const large = i32x4.add(exponent, rule(DROPPED_POWER));
    return v128.or(f32x4.sub(f32x4.add(size, large), large), v128.xor(x, size));
  }
  const odd = v128.and(i32x4.shr_u(x, 16), rule(ONE));
  return v128.and(i32x4.add(i32x4.add(x, rule(HALF)), odd), rule(KEPT));
}

// @ts-ignore: decorator
@inline
function stored4(x: v128, counts: bool): v128 {
  const size = v128.and(x, rule(MAGNITUDE));
  const y = nearestOf(x, size);
  const beyond = v128.andnot(i32x4.gt_s(size, rule(MOST)), i32x4.gt_s(size, rule(LAST)));
  if (hasSubnormals) {
    if (counts) count(vanishing(size), 0);
    return v128.any_true(beyond) ? lossy(x, y, size, beyond, counts) : y;
  }
  const unusual = counts ? v128.or(beyond, vanishing(size)) : beyond;
  return v128.any_true(unusual) ? lossy(x, y, size, beyond, counts) : y;
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
  const until = end(n, 4);
  for (let i = begin(n, 4); i < until; i += 4) {
    const at = <usize>i << 2;
    let value = v128.load(x + at);
    // Of what enters, a NaN may have bits that do not round to one.
    value = v128.bitselect(f32x4.splat(NaN), value, f32x4.ne(value, value));
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
 * is the first from then on; or, to begin anew, there is none.
 */
export function takeLosses(out: usize, memory: usize, threads: i32, anew: bool): void {
  let zeros = i32x4.splat(0);
  let infinite = i32x4.splat(0);
  for (let thread = 0; thread < threads; thread++) {
    const from = memory + <usize>(thread * OWN);
    zeros = i32x4.add(zeros, v128.load(from));
    infinite = i32x4.add(infinite, v128.load(from, 16));
    const last = from + 32 * (STAGES - 1);
    for (let at = from; at < last; at += 16) v128.store(at, anew ? i32x4.splat(0) : v128.load(at, 32));
    v128.store(last, i32x4.splat(0));
    v128.store(last, i32x4.splat(0), 16);
  }
  store<f32>(out, sumLanes(f32x4.convert_i32x4_u(zeros)));
  store<f32>(out, sumLanes(f32x4.convert_i32x4_u(infinite)), 4);
}
