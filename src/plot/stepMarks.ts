import type { Recorded } from '../lib/timeSeries';
import { inkOf } from './ink';

interface Look {
  colour: string;
  alpha?: number | undefined;
}
interface Curve extends Look {
  raw: readonly Recorded[];
  mean: readonly Recorded[];
}
interface Area extends Look {
  low: Pick<Curve, 'mean'>;
  mean: Pick<Curve, 'mean'>;
  high: Pick<Curve, 'mean'>;
}
type Scale<T> = (value: number) => T;

/** Each step faintly behind, the mean over it. */
const RAW = { of: 'raw', width: 1, alpha: 0.4 } as const;
const MEAN = { of: 'mean', width: 2, alpha: 1 } as const;
/** As bands are drawn against depth (plot.css). */
const BAND = { width: 2, alpha: 0.12, dashes: [6, 4] };

/** One line; it breaks where a value has no place on the axis. */
function trace(
  context: CanvasRenderingContext2D,
  points: readonly Recorded[],
  x: Scale<number>,
  y: Scale<number | null>,
): void {
  context.beginPath();
  let draws = false;
  for (const { step, value } of points) {
    const height = y(value);
    if (height === null) draws = false;
    else if (draws) context.lineTo(x(step), height);
    else {
      context.moveTo(x(step), height);
      draws = true;
    }
  }
  context.stroke();
}

/** The ground between two lines, as far as they have a place on the axis. */
function ground(
  context: CanvasRenderingContext2D,
  { low, high }: Pick<Area, 'low' | 'high'>,
  x: Scale<number>,
  y: Scale<number | null>,
): void {
  context.beginPath();
  for (const { step, value } of [...high.mean, ...low.mean.toReversed()]) {
    const height = y(value);
    if (height !== null) context.lineTo(x(step), height);
  }
  context.fill();
}

/** Draws bands with their means behind everything, and over them curves against steps: each step as a thin line, their mean as a thick one. */
export function drawSteps(
  context: CanvasRenderingContext2D,
  curves: readonly Curve[],
  areas: readonly Area[],
  x: Scale<number>,
  y: Scale<number | null>,
): void {
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const { colour, alpha = 1, ...area } of areas) {
    context.strokeStyle = context.fillStyle = inkOf(colour);
    context.globalAlpha = BAND.alpha * alpha;
    ground(context, area, x, y);
    context.globalAlpha = alpha;
    context.lineWidth = BAND.width;
    context.setLineDash(BAND.dashes);
    trace(context, area.mean.mean, x, y);
    context.setLineDash([]);
  }
  for (const curve of curves) {
    context.strokeStyle = inkOf(curve.colour);
    // Where each step is the curve itself there is nothing to be drawn behind it.
    for (const { of, width, alpha } of curve.raw === curve.mean ? [MEAN] : [RAW, MEAN]) {
      context.lineWidth = width;
      context.globalAlpha = alpha * (curve.alpha ?? 1);
      trace(context, curve[of], x, y);
    }
  }
}
