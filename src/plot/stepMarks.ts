import type { Recorded } from '../lib/timeSeries';
import { inkOf } from './ink';

interface Curve {
  colour: string;
  alpha?: number;
  raw: readonly Recorded[];
  mean: readonly Recorded[];
}
type Scale<T> = (value: number) => T;

/** Each step faintly behind, the mean over it. */
const RAW = { of: 'raw', width: 1, alpha: 0.4 } as const;
const MEAN = { of: 'mean', width: 2, alpha: 1 } as const;

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

/** Draws curves against steps: each step as a thin line, their mean as a thick one. */
export function drawSteps(
  context: CanvasRenderingContext2D,
  curves: readonly Curve[],
  x: Scale<number>,
  y: Scale<number | null>,
): void {
  context.lineJoin = 'round';
  context.lineCap = 'round';
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
