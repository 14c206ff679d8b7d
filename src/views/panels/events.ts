import { EMBED } from '../../plot/depth';
import type { Point } from '../../plot/trace';

/** A part of a curve in which it goes one way: over layers, or in a jump. */
export interface Move {
  from: Point;
  to: Point;
  isJump: boolean;
  /** Layers before and after its end at which the curve is there, too, with others between. */
  also?: Point[];
}

/** The outline of a curve over its layers, as one would draw it from memory. */
export type Shape = {
  /** The jump from the embedding to the first layer, where there is one. */
  first: Move | null;
  /** Lone layers that are left out of it: the curve comes back right after each. */
  apart: Point[];
} & (
  | /** It stays where it is, or jitters around there. */ { kind: 'level'; value: number }
  | /** It goes one way after the other; between its moves, before and after them it stays. */ {
      kind: 'moves';
      moves: Move[];
      /** The last layer is as far as the last move goes, or it stays there from then on. */
      isOver: boolean;
      /** It goes there up and down. */
      isUneven: boolean;
    }
  | /** It jumps a few times; in between it stays, or comes back slowly from where all jumps go. */ {
      kind: 'jumps';
      jumps: Move[];
      /** Its way to the first of them, where there is one. */
      before: Move | null;
    }
  | /** It goes one way in many jumps. */ { kind: 'stairs'; from: Point; to: Point; jumps: Move[] }
  | /** It goes up and down, and comes to nothing. */ { kind: 'swings'; low: Point; high: Point }
);

/**
 * The distance of two values: by their ratio where a curve is drawn on a logarithmic axis, else as a share of the
 * largest. The thresholds below are distances, so that a shape is the same whatever the size of the curve.
 */
export type Measure = 'ratio' | 'difference';

/** A way back of less than this is not told: many times the jitter of curves in training. */
export const TURN = Math.log(1.25);
/** A jump is this large, and so many times what goes on at either side of it. */
const JUMP: Record<Measure, number> = { ratio: 0.3, difference: 0.4 };
const STEEPER = 3;
/** Magnitudes change from the embedding to the first layer in every model; twofold is worth a word. */
const FIRST_JUMP = Math.log(2);
/** A curve that comes so far is where it was; one that comes less far than its jitter may make it, too. */
const SAME = 0.02;
const ABOVE_JITTER = 6;
/** A curve that stays this near for this share of a part has stopped. */
const REST = 0.08;
const PLATEAU = 0.4;
/** More moves than this are not kept in mind. */
export const MOST = 3;
/** Jumps nearer than this many layers are swings. */
const FAR = 4;
/** A lone layer is this many times farther off than the rest of the curve goes in any step. */
const APART = 1.25;
/** The share of its way that stairs go in their jumps. */
const STAIRS = 0.75;
/** In fewer layers than this every step is large, and none stands out. */
const FEWEST = 5;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;

/** The values as numbers whose differences are distances. */
function scaled(ys: readonly number[], measure: Measure): number[] {
  if (measure === 'ratio') return ys.map(Math.log);
  const size = Math.max(...ys.map(Math.abs)) || 1;
  return ys.map((y) => y / size);
}

/** The ends of a curve, and between them where it turns to come back by at least `least`. */
function turns(u: readonly number[], least: number): number[] {
  const found = [0];
  let [low, high, way] = [0, 0, 0];
  u.forEach((value, i) => {
    if (value > u[high]!) high = i;
    if (value < u[low]!) low = i;
    if (way >= 0 && u[high]! - value >= least) {
      if (way > 0) found.push(high);
      [way, low] = [-1, i];
    } else if (way <= 0 && value - u[low]! >= least) {
      if (way < 0) found.push(low);
      [way, high] = [1, i];
    }
  });
  return [...found, u.length - 1];
}

/** Tests of a step from i to i + 1 that stands out from the three at either side of it; past the ends nothing moves. */
function isJump(u: readonly number[], i: number, least: number): boolean {
  const step = (at: number) => Math.abs((u[at + 1] ?? NaN) - (u[at] ?? NaN)) || 0;
  const around = (from: number) => median([from, from + 1, from + 2].map(step));
  return step(i) >= Math.max(least, STEEPER * around(i - 3), STEEPER * around(i + 1));
}

/** A part of a curve, by indices. */
interface Part {
  from: number;
  to: number;
  isJump: boolean;
}

const size = (u: readonly number[], { from, to }: Pick<Part, 'from' | 'to'>) =>
  Math.abs(u[to]! - u[from]!);

/** Parts with one more, which goes on the last where both are jumps, or both are none. */
function joined(all: Part[], part: Part): Part[] {
  const last = all.at(-1);
  return last?.isJump === part.isJump
    ? [...all.slice(0, -1), { ...last, to: part.to }]
    : [...all, part];
}

/** A part between two turns, cut at its jumps. */
function cut(u: readonly number[], from: number, to: number, least: number, jump: number): Part[] {
  const enough = Math.max(jump, least, size(u, { from, to }) / 5);
  const step = (i: number) => (i < from || i >= to ? 0 : size(u, { from: i, to: i + 1 }));
  /** The curve goes on nearly as fast before or after it. */
  const isPartOfMore = (part: Part) =>
    Math.max(step(part.from - 1), step(part.to)) > size(u, part) / (part.to - part.from) / 2;
  return Array.from({ length: to - from }, (_, k): Part => {
    const i = from + k;
    return { from: i, to: i + 1, isJump: u.length >= FEWEST && isJump(u, i, enough) };
  })
    .reduce(joined, [])
    .map((part) => (part.isJump && isPartOfMore(part) ? { ...part, isJump: false } : part))
    .reduce(joined, []);
}

/** A part without the layers at its ends in which the curve has not begun to move, or has stopped. */
function trimmed(u: readonly number[], part: Part): Part {
  const near = Math.min(REST, size(u, part) / 10);
  const some = Math.max(2, Math.ceil(PLATEAU * (part.to - part.from)));
  const values = u.slice(part.from, part.to + 1);
  if (part.isJump || values.length <= some + 1) return part;
  const stays = (of: number[]) => {
    const middle = median(of.slice(0, some));
    const end = of.findIndex((value) => Math.abs(value - middle) > near);
    return end > some ? end - 1 : 0;
  };
  return { ...part, from: part.from + stays(values), to: part.to - stays(values.toReversed()) };
}

/** A part that goes on to a jump, where it nearly ends there: the layers between are its crest. */
function touching(u: readonly number[], part: Part, next: Part | undefined): Part {
  if (part.isJump || !next?.isJump || next.from - part.to > u.length / 8) return part;
  return size(u, { from: part.to, to: next.from }) < REST ? { ...part, to: next.from } : part;
}

/** The moves of at least this distance. */
function parts(u: readonly number[], least: number, jump: number): Part[] {
  const ends = turns(u, least);
  return ends
    .slice(1)
    .flatMap((to, i) => cut(u, ends[i]!, to, least, jump))
    .filter((part) => size(u, part) >= least)
    .map((part) => trimmed(u, part))
    .map((part, i, all) => touching(u, part, all[i + 1]));
}

/** The distances between one turn and the next. */
function legs(u: readonly number[], least: number): number[] {
  const ends = turns(u, least);
  return ends.slice(1).map((to, i) => size(u, { from: ends[i]!, to }));
}

/** The layers on either side of the end of a part, up to a bound, that are like it, with others between them. */
function visits(u: readonly number[], { from, to }: Part, until: number): number[] {
  const enough = Math.max(REST, size(u, { from, to }) / 4);
  const walk = (step: number, bound: number): number[] => {
    const found: number[] = [];
    let hasLeft = false;
    for (let i = to + step; step * (bound - i) > 0; i += step) {
      const away = size(u, { from: i, to });
      if (hasLeft && away < SAME) found.push(i);
      hasLeft = away < SAME ? false : hasLeft || away > enough;
    }
    return found;
  };
  const found = [...walk(-1, from).toReversed(), ...walk(1, until)];
  return found.length < MOST ? found : [];
}

/** Tests of a curve that comes to another level than it began at, by more than its jitter can make. */
function hasTrend(u: readonly number[]): boolean {
  const net = size(u, { from: 0, to: u.length - 1 });
  const some = Math.max(1, u.length >> 2);
  const moved = Math.abs(median(u.slice(-some)) - median(u.slice(0, some)));
  const even = (u.at(-1)! - u[0]!) / (u.length - 1);
  const jitter = median(u.slice(1).map((value, i) => Math.abs(value - u[i]! - even)));
  return net >= SAME && moved >= Math.max(SAME / 2, (ABOVE_JITTER * jitter) / Math.sqrt(some));
}

/** The jump from the embedding to the first layer, if it is one. */
function firstJump(points: readonly Point[], measure: Measure): Move | null {
  const [from, to] = points;
  if (from?.x !== EMBED || !to || !(from.y > 0) || measure === 'difference') return null;
  const u = scaled(
    points.map(({ y }) => y),
    measure,
  );
  return isJump(u, 0, FIRST_JUMP) ? { from, to, isJump: true } : null;
}

/**
 * The layers that a curve leaves for, and comes back from at once, all in one direction: few, and each farther off than
 * the rest of it goes in any step.
 */
function apartOf(u: readonly number[], least: number, most: number): number[] {
  if (u.length < FEWEST) return [];
  for (const way of [1, -1]) {
    const off = (i: number) => way * u[i]! - Math.max(way * u[i - 1]!, way * u[i + 1]!);
    const found = u.flatMap((_, i) => (off(i) >= least ? [i] : []));
    const rest = u.filter((_, i) => !found.includes(i));
    const step = Math.max(0, ...rest.slice(1).map((value, i) => Math.abs(value - rest[i]!)));
    const isFew = found.length > 0 && found.length <= Math.min(most, u.length / 3);
    const isOneWay = turns(rest, least).length === 2;
    const mean = (i: number) => way * (u[i]! - (u[i - 1]! + u[i + 1]!) / 2);
    if (isFew && isOneWay && found.every((i) => mean(i) >= APART * step)) return found;
  }
  return [];
}

/** The jumps of a curve that goes nearly all its way in them. */
function stairsOf(u: readonly number[], turn: number, jump: number): Part[] {
  if (u.length < FEWEST || turns(u, turn).length > 2) return [];
  const found = u
    .slice(1)
    .map((_, i): Part => ({ from: i, to: i + 1, isJump: isJump(u, i, Math.max(turn, jump)) }))
    .reduce(joined, [])
    .filter((part) => part.isJump);
  const sum = found.reduce((all, part) => all + size(u, part), 0);
  return sum >= STAIRS * size(u, { from: 0, to: u.length - 1 }) ? found : [];
}

/** The jumps among parts that are jumps, or ways back from where all jumps go: a few, and far apart. */
function fewJumps(u: readonly number[], found: readonly Part[]): Part[] {
  const isUp = ({ from, to }: Part) => u[to]! > u[from]!;
  const isSlow = ({ from, to, isJump }: Part) => !isJump && to - from > 1;
  const goesOn = (a: Part, b: Part) => isUp(a) === isUp(b) && (a.to === b.from || b.to === a.from);
  // A jump that a slow part goes on from, or to, is part of that.
  const slow = found.filter(
    (part) => isSlow(part) || found.some((other) => isSlow(other) && goesOn(part, other)),
  );
  const jumps = found.filter((part) => !slow.includes(part));
  const isFew = jumps.length > 1 && jumps.length <= MOST;
  const areFar = jumps.every(({ from }, i) => i === 0 || from - jumps[i - 1]!.from >= FAR);
  const isBack = slow.every((part) => jumps.every((one) => isUp(one) !== isUp(part)));
  return isFew && areFar && isBack ? jumps : [];
}

interface Detail {
  /** So many moves are told. */
  most?: number;
  /** A curve must come back so far to be told. */
  turn?: number;
}

/**
 * The shape of a curve of finite values, positive ones where they are measured by ratio; a point at `EMBED` may stand
 * before its layers.
 */
export function shapeOf(points: readonly Point[], measure: Measure, detail: Detail = {}): Shape {
  const layers = points.filter(({ x }) => x >= 0);
  const u = scaled(
    layers.map(({ y }) => y),
    measure,
  );
  const { most = MOST, turn = TURN } = detail;
  const apart = apartOf(u, Math.max(JUMP[measure], turn), most).map((i) => layers[i]!);
  const whole = () => outlineOf(points, measure, detail);
  if (!apart.length) return whole();
  const rest = outlineOf(
    points.filter((point) => !apart.includes(point)),
    measure,
    detail,
  );
  if (rest.kind === 'level') return { ...rest, apart };
  if (rest.kind !== 'moves' || rest.moves.length > 1 || rest.moves[0]!.isJump) return whole();
  // Beside a layer that stands apart, a trend too small for a turn is none.
  const ys = layers.filter((point) => !apart.includes(point)).map(({ y }) => y);
  const { from, to } = rest.moves[0]!;
  const [a, b] = scaled([from.y, to.y, Math.max(...ys.map(Math.abs))], measure);
  return Math.abs(b! - a!) < turn
    ? { first: rest.first, apart, kind: 'level', value: median(ys) }
    : { ...rest, apart };
}

/** The shape of a curve, whatever stands apart. */
function outlineOf(
  points: readonly Point[],
  measure: Measure,
  { most = MOST, turn = TURN }: Detail,
): Shape {
  const layers = points.filter(({ x }) => x >= 0);
  const ys = layers.map(({ y }) => y);
  const u = scaled(ys, measure);
  const last = u.length - 1;
  const first = firstJump(points, measure);
  const level: Shape = { first, apart: [], kind: 'level', value: median(ys) };
  const at = (i: number) => layers[i]!;
  const move = (part: Part): Move => ({
    ...part,
    from: layers[part.from]!,
    to: layers[part.to]!,
  });
  const told = (found: Part[]): Shape => ({
    first,
    apart: [],
    kind: 'moves',
    // Of the first turn alone: a sentence is short.
    moves: found.map((part, i) => {
      const next = found[1];
      const isTurn = i === 0 && next && !part.isJump;
      return isTurn ? { ...move(part), also: visits(u, part, next.to).map(at) } : move(part);
    }),
    isOver: found.at(-1)!.to === last,
    isUneven: found.length === 1 && legs(u, turn).length > 2 * MOST,
  });

  let least = turn;
  let found = parts(u, least, JUMP[measure]);
  const room = first ? most - 1 : most;
  const stairs = stairsOf(u, turn, JUMP[measure]);
  const isTold =
    found.length <= room && found.filter((part) => part.isJump).length >= stairs.length;
  if (stairs.length > 1 && !isTold) {
    const jumps = stairs.map(move);
    return { first, apart: [], kind: 'stairs', from: layers[0]!, to: layers[last]!, jumps };
  }
  const jumps = found.length > room ? fewJumps(u, found) : [];
  if (jumps.length) {
    const before = jumps.includes(found[0]!) ? null : move(found[0]!);
    return { first, apart: [], kind: 'jumps', jumps: jumps.map(move), before };
  }
  const largestOf = (some: Part[]) => Math.max(0, ...some.map((part) => size(u, part)));
  // Where something must be left out, it is all that is small beside the rest.
  const isSmall = (part: Part) => least > turn && size(u, part) < largestOf(found) / 4;
  while (found.length > room || found.some(isSmall)) {
    found = parts(u, (least *= 1.25), JUMP[measure]);
  }
  const all = legs(u, turn);
  const largest = found.length ? largestOf(found) : Math.max(...all);
  if (all.filter((leg) => leg > largest / 2).length > most) {
    const [low, high] = [Math.min(...u), Math.max(...u)].map((value) => at(u.indexOf(value)));
    return { first, apart: [], kind: 'swings', low: low!, high: high! };
  }
  if (found.length > 0) return told(found);
  return last > 0 && hasTrend(u) ? told([{ from: 0, to: last, isJump: false }]) : level;
}
