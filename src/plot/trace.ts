import { markPath, type Mark } from './marks';
import { mean } from 'd3-array';
import type { Across } from './ground';
import { formatExact, formatSignificant } from './format';

/** A value at a depth: x is a layer, or −1 for the embedding. */
export interface Point {
  x: number;
  y: number;
}

export type LineStyle = 'dashed' | 'dotted';

export interface Trace {
  id: string;
  label: string;
  /** The lane’s name, where the label says more or less. */
  lane?: string;
  /** Any CSS colour; as a rule a custom property. */
  colour: string;
  mark: Mark;
  points: Point[];
  /** Of the model that it is of, where it stands against depth. */
  n_layers?: number | undefined;
  /** The style of its line beside a solid one of its colour. */
  line?: LineStyle;
  /** It stays behind the others, of an earlier moment, and is not read. */
  isGhost?: boolean;
  /** It is drawn fainter than the others, and read like them. */
  isFaint?: boolean;
  /** The points that the value axis makes room for, where not all. */
  within?: Point[];
  /** The traces that are compared in one plot where each has its own. */
  group?: string;
  /** It goes without a name at its end, being told from its line. */
  isUnnamed?: boolean;
  /** Its line goes without marks, and where it is pointed at its value is told but not drawn. */
  isBare?: boolean;
  /** The ends of what lies around it at each depth, such as the least and the largest value. */
  band?: { x: number; low: number; high: number }[];
  /** The many that the trace is the mean of, each a thin line. */
  strands?: Point[][];
}

type ToX = (position: number) => number;
type ToY = (value: number) => number | null;

/** Paths hold a tenth of a pixel: enough for the eye, and short. */
const tenth = (n: number) => Math.round(n * 10) / 10;

const placed = (points: readonly Point[], x: ToX, y: ToY) =>
  points.map((point) => {
    const height = y(point.y);
    return {
      place: point.x,
      x: tenth(x(point.x)),
      y: height === null ? null : tenth(height),
      value: point.y,
    };
  });
type Placed = ReturnType<typeof placed>[number];

/** Neighbours that are all there, run by run: a place that is left out ends one. */
function runsOf<T extends { place: number }, Whole extends T>(
  items: readonly T[],
  isThere: (item: T) => item is Whole,
) {
  const runs: Whole[][] = [];
  let open: Whole | null = null;
  for (const item of items) {
    const goesOn = isThere(item) ? item : null;
    if (goesOn && open && goesOn.place - open.place === 1) runs.at(-1)!.push(goesOn);
    else if (goesOn) runs.push([goesOn]);
    open = goesOn;
  }
  return runs;
}

const through = (corners: readonly (readonly [x: number, y: number])[]) => `M${corners.join('L')}`;

/** A line through all points that have a place; one that stands alone is a dot. */
const polyline = (points: readonly Placed[]): string =>
  runsOf(points, (point): point is Placed & { y: number } => point.y !== null)
    .map((run) => through(run.map(({ x, y }) => [x, y])) + (run.length > 1 ? '' : 'Z'))
    .join('');

/** Everything that is drawn of a trace, as paths. The curve breaks where a value has no place. */
export function traceShapes(trace: Trace, x: ToX, y: ToY, radius: number) {
  const points = placed(trace.points, x, y);
  const drawn = points.filter((point) => point.y !== null);
  return {
    line: polyline(points),
    marks:
      radius && !trace.isBare
        ? drawn.map((point) => markPath(trace.mark, point.x, point.y!, radius)).join('')
        : '',
    strands: (trace.strands ?? []).map((strand) => polyline(placed(strand, x, y))).join(''),
    band: bandPath(trace.band ?? [], x, y),
    /** x of values that have no place on a logarithmic axis because they are 0 or less. */
    zeros: points.filter((p) => p.y === null && Number.isFinite(p.value)).map((p) => p.x),
  };
}

function bandPath(band: NonNullable<Trace['band']>, x: ToX, y: ToY): string {
  const spans = band.map((span) => ({
    place: span.x,
    x: tenth(x(span.x)),
    low: y(span.low),
    high: y(span.high),
  }));
  type Span = (typeof spans)[number];
  type Whole = Span & { low: number; high: number };
  return runsOf(spans, (span): span is Whole => span.low !== null && span.high !== null)
    .map((run) => {
      const top = run.map(({ x, high }) => [x, tenth(high)] as const);
      const bottom = run.map(({ x, low }) => [x, tenth(low)] as const);
      return `${through([...top, ...bottom.reverse()])}Z`;
    })
    .join('');
}

export function* valuesOf(traces: readonly Trace[]): Generator<number> {
  for (const { points, within = points, band, strands } of traces) {
    for (const { y } of within) yield y;
    for (const { low, high } of band ?? []) yield* [low, high];
    if (!band) for (const strand of strands ?? []) for (const { y } of strand) yield y;
  }
}

/** A value of a trace at the place that is marked. */
export interface Value {
  id: string;
  label: string;
  colour: string;
  value: number;
  /** It is told, and not drawn. */
  isBare?: boolean;
  /** The curve that the value is read from: plates keep clear of it. */
  points: readonly Point[];
  /** The scale of that curve and its own place there, where these are others than the plot’s. */
  own?: { across: Across; at: number };
}

/** The value at a place with all that a readout says of it; nothing where the trace has no point. */
export const valueOf = (trace: Trace, at: number): Value[] =>
  trace.points.filter(({ x }) => x === at).map(({ y }) => ({ ...trace, value: y }));

/** From here on a position is past what a model was trained on, where that is within the axis. */
export interface TrainedLength {
  tokens: number;
  /** Whose it is, where not everyone's. */
  colour?: string;
}

/** The mean of a trace's finite values from one position up to another one, or null without any. */
export function meanBetween(points: readonly Point[], from: number, to: number): number | null {
  const counted = points.filter(({ x, y }) => x >= from && x < to && Number.isFinite(y));
  return mean(counted, ({ y }) => y) ?? null;
}

export const spoken = (place: string, readings: readonly Value[]): string =>
  [place, ...readings.map(({ label, value }) => `${label} ${formatSignificant(value)}`)].join(', ');

export const spokenRange = (
  places: string,
  first: readonly Value[],
  last: readonly Value[],
): string =>
  [
    places,
    ...first.flatMap(({ id, label, value }) => {
      const end = last.find((reading) => reading.id === id);
      return end ? [`${label} ${formatSignificant(value)} to ${formatSignificant(end.value)}`] : [];
    }),
  ].join(', ');

/** The values at a place to every digit there is, a line each. */
export const exactly = (place: string, readings: readonly Value[]): string =>
  [place, ...readings.map(({ label, value }) => `${label}: ${formatExact(value)}`)].join('\n');
