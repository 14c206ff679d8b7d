import { formatCount, formatSignificant } from '../../plot/format';
import { breaksOf } from '../../plot/breaks';
import { EMBED } from '../../plot/depth';
import type { Point } from '../../plot/trace';
import { MOST, shapeOf, TURN, type Move, type Shape } from './events';

export interface Told {
  name: string;
  points: readonly Point[];
  step: number;
}

export const NOTHING_YET = 'Nothing measured yet.';

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const sentence = (clauses: readonly string[]) =>
  clauses.length ? `${capitalized(clauses.join('; '))}.` : NOTHING_YET;

/** Two values nearer than this are the same to whoever looks at the plot. */
export const SAME = 0.02;
/** A curve that moves less than this over the layers stays where it is. */
const STEADY = 0.05;
export const same = (a: number, b: number, within = SAME) =>
  Math.abs(a - b) <= within * Math.max(Math.abs(a), Math.abs(b));

/** A whole number of at most three significant digits: more would only flicker. */
const rounded = (ratio: number) => Number(Math.round(ratio).toPrecision(3));

/** A ratio not far below 1 or above: 0.59, 1.2, 14, 580, 1.2×10⁶. */
export const times = (ratio: number): string =>
  ratio < 1
    ? ratio.toFixed(2)
    : ratio < 10
      ? ratio.toFixed(1)
      : ratio < 1e4
        ? formatCount(rounded(ratio))
        : formatSignificant(ratio, 2);

/** A ratio below 1: 0.59, 1/14, 8.1×10⁻⁷. */
const share = (ratio: number): string =>
  isFraction(ratio) ? `1/${formatCount(rounded(1 / ratio))}` : formatSignificant(ratio, 2);
const isFraction = (ratio: number) => ratio <= 0.3 && ratio > 1e-4;

/** The layers alone: what stands before the first is not compared with them. */
export const layersOf = (points: readonly Point[]) => points.filter(({ x }) => x >= 0);

interface Ends {
  first: Point;
  last: Point;
}

/** The layers at which a curve is not finite, or is 0: “from layer 7”, “at layer 1 and at layer 3”. */
export function placesWhere<T extends Pick<Point, 'x'>>(
  points: readonly T[],
  isOne: (point: T) => boolean,
): string | null {
  const runs = breaksOf(points.map((point) => ({ x: point.x, y: isOne(point) ? NaN : 0 })));
  const places = runs.map(({ text }) => text.replace(/^\S+ /, ''));
  if (places.length > 2) {
    return `at ${points.filter(isOne).length} of ${points.length} layers`;
  }
  return places.length ? places.join(' and ') : null;
}

const extent = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((y) => formatSignificant(y));
  return low === high ? low! : `${low} to ${high}`;
};

/** “0 from layer 7, elsewhere 1.00 to 2.40”; null where there is no 0, or too few layers for a pattern. */
function zeros(points: readonly Point[]): string | null {
  const others = points.filter(({ y }) => y !== 0).map(({ y }) => y);
  const where = placesWhere(points, ({ y }) => y === 0);
  if (!where || points.length < 3) return null;
  return others.length ? `0 ${where}, elsewhere ${extent(others)}` : `0 ${where}`;
}

/** The lanes under names that say their steps, where these are not the same: one that diverged stops. */
export function atSteps<T extends { name: string; step: number }>(lanes: readonly T[]): T[] {
  const isOne = lanes.every(({ step }) => step === lanes[0]!.step);
  return lanes.map((lane) =>
    isOne ? lane : { ...lane, name: `${lane.name} (step ${formatCount(lane.step)})` },
  );
}

/**
 * One clause per lane: what is not there or not finite is said so, the rest by `tell`. The layers that
 * are compared are named once, and again only where a lane has others.
 */
function clauses(
  lanes: readonly Told[],
  subject: string,
  tell: (name: string, ends: Ends, named: boolean, points: readonly Point[]) => string,
): string {
  let range = '';
  const stepped = atSteps(lanes);
  return sentence(
    lanes.map(({ name, points, step }, i) => {
      const layers = layersOf(points);
      const first = layers[0];
      const last = layers.at(-1);
      if (!first || !last) return `${name} has no ${subject}`;
      const place = placesWhere(layers, ({ y }) => !Number.isFinite(y));
      if (place) return `${name}: not finite ${place} at step ${formatCount(step)}`;
      const here = `${first.x} ${last.x}`;
      const named = here !== range;
      range = here;
      return tell(stepped[i]!.name, { first, last }, named, points);
    }),
  );
}

/** Moves that are told of a lane: sentences of many lanes are short. */
const mostOf = (lanes: readonly unknown[]) => (lanes.length > 2 ? MOST - 1 : MOST);

const at = (value: number) => formatSignificant(value);
/** The ratio of the ends of a move, 1 or more: “2.4-fold”. */
const fold = ({ from, to }: Pick<Move, 'from' | 'to'>): string =>
  `${times(Math.max(from.y, to.y) / Math.min(from.y, to.y))}-fold`;
const isUp = ({ from, to }: Pick<Move, 'from' | 'to'>) => to.y > from.y;

/** The article before a number in digits, as it is spoken: an 8-fold, an 11-fold, an 18,000-fold, a 110-fold. */
const article = (number: string) => (/^(8|1[18](?!\d|\.))/.test(number) ? 'an' : 'a');

/** The layers at which a curve is where a move ends. */
const endsOf = ({ to, also = [] }: Move) => [...also, to].sort((a, b) => a.x - b.x);

/** A move after those before it: where it begins is said only where they did not end there. */
function moveText(move: Move, before: Move | undefined): string {
  const { from, to, isJump } = move;
  if (isJump) {
    const where = to.x - from.x > 1 ? `from layer ${from.x} to ${to.x}` : `at layer ${to.x}`;
    return `${isUp(move) ? 'jumps' : 'drops'} ${fold(move)} to ${at(to.y)} ${where}`;
  }
  if (move.also?.length) {
    return `${isUp(move) ? 'grows' : 'falls'} ${fold(move)} to ${valuesText(endsOf(move))}`;
  }
  const range = before?.to === from ? `to layer ${to.x}` : `from layer ${from.x} to ${to.x}`;
  return `${isUp(move) ? 'grows' : 'falls'} ${fold(move)} ${range}`;
}

/** A curve that stays around a value: at it, where it is as good as constant. */
const levelText = (value: number, layers: readonly Point[], within: number) =>
  `stays ${layers.every(({ y }) => same(y, value, within)) ? 'at' : 'around'} ${at(value)}`;

/** “grows 4.5-fold from layer 0 to 39, then drops 6.0-fold to 1.00 at layer 40”. */
function movesText(
  shape: Shape & { kind: 'moves' },
  last: Point,
  text: typeof moveText,
  most: number,
): string {
  const { first, moves, isOver, isUneven } = shape;
  const all = first ? [first, ...moves] : moves;
  const end = all.at(-1)!;
  const rests = !isOver && !end.isJump && all.length < most;
  const rest = `${same(end.to.y, last.y) ? 'stays' : 'levels off'} at ${at(last.y)}`;
  const told = [...all.map((move, i) => text(move, all[i - 1])), ...(rests ? [rest] : [])];
  return told.join(', then ') + (isUneven ? ', up and down' : '') + butFor(shape);
}

/** “a, b and c”. */
export const listed = (texts: readonly string[]): string =>
  [texts.slice(0, -1).join(', '), texts.at(-1)!].filter(Boolean).join(' and ');

/** Values at layers: “50.0 at layers 3 and 8”, “50.0 and 20.0 at layers 3 and 8”. */
function valuesText(points: readonly Point[]): string {
  const isOne = points.every(({ y }) => same(y, points[0]!.y, 2 * STEADY));
  const values = listed((isOne ? points.slice(0, 1) : points).map(({ y }) => at(y)));
  const layers = listed(points.map(({ x }) => String(x)));
  return `${values} at layer${points.length > 1 ? 's' : ''} ${layers}`;
}

/** “ but for 50.0 at layers 3 and 8” */
const butFor = ({ apart }: Shape): string => (apart.length ? ` but for ${valuesText(apart)}` : '');

/** “in 5 jumps, the first at layer 8” */
const stairsText = ({ jumps }: Shape & { kind: 'stairs' }): string =>
  `in ${jumps.length} jumps, the first at layer ${jumps[0]!.to.x}`;

/** “drops to 1.00 at layers 15 and 30”; of jumps both ways: “jumps to 4.00, 1.00 and 4.00 at layers 8, 16 and 24”. */
const jumpsText = (jumps: readonly Move[]): string =>
  `${jumps.some(isUp) ? 'jumps' : 'drops'} to ${valuesText(jumps.map(({ to }) => to))}`;

/** Any other shape. `text` tells a move, and only what is short is told where `isShort`. */
function shapeText(
  shape: Exclude<Shape, { kind: 'moves' }>,
  layers: readonly Point[],
  text: typeof moveText,
  isShort: boolean,
): string {
  switch (shape.kind) {
    case 'level': {
      const others = layers.filter((point) => !shape.apart.includes(point));
      return levelText(shape.value, others, 2 * STEADY) + butFor(shape);
    }
    case 'stairs': {
      const { from, to } = shape;
      return `${text({ from, to, isJump: false }, undefined)} ${stairsText(shape)}`;
    }
    case 'jumps': {
      const jumps = jumpsText(shape.jumps);
      return shape.before && !isShort ? `${text(shape.before, undefined)}, then ${jumps}` : jumps;
    }
    case 'swings': {
      const [low, high] = [shape.low, shape.high].map(({ x, y }) => `${at(y)} (layer ${x})`);
      return `swings between ${low} and ${high}`;
    }
  }
}

/** A hump or a hollow that ends where it began: its far point. */
function humpOf(shape: Shape, { first, last }: Ends): Point | null {
  if (shape.kind !== 'moves' || shape.first || shape.moves.length !== 2) return null;
  const isSmooth = shape.moves.every(({ isJump }) => !isJump);
  return isSmooth && same(first.y, last.y) ? shape.moves[1]!.from : null;
}

/** “Pre-LN grows 2.4-fold from layer 0 to 11; post-LN stays at 1.00.” */
export const magnitudeSentence = (lanes: readonly Told[], subject: string): string =>
  clauses(lanes, subject, (name, ends, named, points) => {
    const { first, last } = ends;
    const layers = layersOf(points);
    if (first === last) {
      const jump = first.y > 0 && shapeOf(points, 'ratio').first;
      return jump
        ? `${name} ${moveText(jump, undefined)}`
        : `${name}: ${at(first.y)} at layer ${first.x}`;
    }
    const range = named ? ` from layer ${first.x} to ${last.x}` : '';
    const zero = zeros(layers);
    if (zero) return `${name} is ${zero}`;
    if (layers.some(({ y }) => y <= 0)) {
      return `${name} goes from ${at(first.y)} to ${at(last.y)}${range}`;
    }
    const shape = shapeOf(points, 'ratio', { most: mostOf(lanes) });
    if (!shape.first && layers.every(({ y }) => same(y, first.y, STEADY))) {
      return `${name} stays at ${at(last.y)}${range}`;
    }
    const far = humpOf(shape, ends);
    if (far) return `${name} begins and ends at ${at(last.y)}, with ${at(far.y)} at layer ${far.x}`;
    if (shape.kind !== 'moves') {
      const jump = shape.first && moveText(shape.first, undefined);
      if (jump && shape.kind === 'level' && !shape.apart.length) {
        return `${name} ${jump} and stays there`;
      }
      return `${name} ${[...(jump ? [jump] : []), shapeText(shape, layers, moveText, lanes.length > 2)].join(', then ')}`;
    }
    if (!isPlain(shape, ends, lanes.length > 2))
      return `${name} ${movesText(shape, last, moveText, mostOf(lanes))}`;
    const move = { from: first, to: last };
    if (same(first.y, last.y, STEADY))
      return `${name} stays around ${at(last.y)}${range}${butFor(shape)}`;
    return `${name} ${isUp(move) ? 'grows' : 'falls'} ${fold(move)}${range}${butFor(shape)}`;
  });

/** Tests of a curve that goes one way from its first layer to its last, or in short: that goes one way. */
const isPlain = (shape: Shape, { first, last }: Ends, isShort: boolean): boolean =>
  shape.kind === 'moves' &&
  shape.first === null &&
  shape.moves.length === 1 &&
  !shape.moves[0]!.isJump &&
  !shape.isUneven &&
  (isShort || (shape.moves[0]!.from === first && shape.moves[0]!.to === last));

/** Gradients of neighbouring layers differ more than activations: what is told of them is larger. */
const GRADIENT_TURN = Math.log(1.6);

/** The largest event of a curve on the way between its ends, of at least this ratio, after a comparison of these. */
function aside(shape: Shape, points: readonly Point[], least: number): string {
  if (shape.apart.length) return `, but ${valuesText(shape.apart)}`;
  if (shape.kind === 'stairs') return `, ${stairsText(shape)}`;
  if (shape.kind === 'swings')
    return `, with swings from ${at(shape.low.y)} to ${at(shape.high.y)}`;
  const ratio = ({ from, to }: Pick<Move, 'from' | 'to'>) => Math.abs(Math.log(to.y / from.y));
  if (shape.kind === 'jumps') {
    const far = shape.jumps.map(({ to }) => to);
    return `, with ${shape.jumps.every((jump) => !isUp(jump)) ? 'falls' : 'jumps'} to ${valuesText(far)}`;
  }
  const moves = shape.kind === 'moves' ? shape.moves : [];
  const jumps = [...(shape.first ? [shape.first] : []), ...moves.filter((m) => m.isJump)];
  const jump = jumps.sort((a, b) => ratio(b) - ratio(a))[0];
  const extreme = moves.length ? extremeOf(points) : null;
  if (Math.max(jump ? ratio(jump) : 0, extreme?.by ?? 0) < least) return '';
  // A jump to or from the least or the most says more than that alone.
  if (jump && !(extreme && extreme.by / 2 > ratio(jump))) {
    const from = jump.from.x === EMBED ? 'the embedding' : `layer ${jump.from.x}`;
    const to = jump.from.x === EMBED ? `layer ${jump.to.x}` : jump.to.x;
    const by = fold(jump);
    return `, with ${article(by)} ${by} ${isUp(jump) ? 'rise' : 'fall'} from ${from} to ${to}`;
  }
  return extreme ? `, with its ${extreme.kind} at layer ${extreme.at.x}` : '';
}

/** The layer at which a curve is clearly below or above both its ends, and by how much, as a logarithm. */
function extremeOf(points: readonly Point[]) {
  const ends = [points[0]!.y, points.at(-1)!.y];
  const [least, most] = [
    points.reduce((a, b) => (b.y < a.y ? b : a)),
    points.reduce((a, b) => (b.y > a.y ? b : a)),
  ];
  const down = { kind: 'least', at: least, by: Math.log(Math.min(...ends) / least.y) };
  const up = { kind: 'most', at: most, by: Math.log(most.y / Math.max(...ends)) };
  const larger = up.by > down.by ? up : down;
  return larger.by >= TURN ? larger : null;
}

/** “Post-LN: the gradient at layer 0 is 1/14 of that at layer 11; pre-LN: 2.6 times.” */
export const gradientSentence = (
  lanes: readonly Told[],
  subject: string,
  quantity: string,
): string => {
  /** A clause before has named the comparison: only then may the next one leave it out. */
  let isSaid = false;
  return clauses(lanes, subject, (name, { first, last }, _named, points) => {
    const layers = layersOf(points);
    if (first === last) {
      const extra = first.y > 0 ? aside(shapeOf(points, 'ratio'), layers, 0) : '';
      return `${name}: ${quantity} is ${at(first.y)}${extra}`;
    }
    if (layers.every(({ y }) => y === 0)) return `${name}: ${quantity} is 0 at every layer`;
    const zero = zeros(layers);
    if (zero) return `${name}: ${quantity} is ${zero}`;
    if (layers.some(({ y }) => y <= 0)) {
      const [a, b] = [first, last].map(({ y }) => at(y));
      return `${name}: ${quantity} is ${a} at layer ${first.x} and ${b} at layer ${last.x}`;
    }
    const shape = shapeOf(points, 'ratio', { turn: GRADIENT_TURN });
    const extra = aside(shape, layers, lanes.length > 2 ? Math.log(3) : 0);
    const ratio = first.y / last.y;
    const equal = same(ratio, 1) || times(ratio) === times(1);
    const amount = ratio > 0.3 ? `${times(ratio)} times` : share(ratio);
    if (isSaid) return `${name}: ${equal ? 'the same' : amount}${extra}`;
    isSaid = true;
    const compared = equal ? 'the same as' : ratio > 0.3 ? amount : `${amount} of`;
    return `${name}: ${quantity} at layer ${first.x} is ${compared} that at layer ${last.x}${extra}`;
  });
};

/** A move between levels, after those before it: “rises from 0.60 at layer 0 to 0.95 at layer 5”. */
function stepText(move: Move, before: Move | undefined): string {
  const { from, isJump } = move;
  const [up, down] = isJump ? ['jumps', 'drops'] : ['rises', 'falls'];
  const start = before?.to === from ? '' : ` from ${at(from.y)} at layer ${from.x}`;
  return `${isUp(move) ? up : down}${start} to ${valuesText(endsOf(move))}`;
}

/** “Entropy of pre-LN rises from 0.850 at layer 0 to 0.930 at layer 11; of post-LN from 0.600 to 0.999.” */
export const levelSentence = (
  lanes: readonly Told[],
  subject: string,
  quantity: string,
): string => {
  let told = false;
  return clauses(lanes, subject, (name, ends, named, points) => {
    const { first, last } = ends;
    const layers = layersOf(points);
    const [a, b] = [first, last].map(({ y }) => at(y)) as [string, string];
    const verb = last.y > first.y ? 'rises' : 'falls';
    const owner = told ? `${name}:` : `${quantity} of ${name}`;
    const lead = told ? owner : `${owner} ${verb}`;
    told = true;
    if (first === last) return `${owner} ${b} at layer ${first.x}`;
    if (layers.every(({ y }) => same(y, first.y))) return `${owner} stays at ${b}`;
    const shape = shapeOf(layers, 'difference', { most: mostOf(lanes) });
    if (shape.kind !== 'moves')
      return `${owner} ${shapeText(shape, layers, stepText, lanes.length > 2)}`;
    if (!isPlain(shape, ends, lanes.length > 2))
      return `${owner} ${movesText(shape, last, stepText, mostOf(lanes))}`;
    const range = named
      ? `from ${a} at layer ${first.x} to ${b} at layer ${last.x}`
      : `${a} to ${b}`;
    return `${lead} ${range}${butFor(shape)}`;
  });
};
