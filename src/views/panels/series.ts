import type { Quantity } from '../../config/quantity';
import { EMBED } from '../../plot/depth';
import type { LineStyle, Point, Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import { read, type Curve } from '../../protocol/read';

/** A curve of a lane: a value per layer, and the strands that it is the mean of. */
export interface Series extends Pick<Trace, 'points' | 'isUnnamed' | 'band' | 'strands'> {
  /** The word after the lane's name that sets it apart from the lane's other series. */
  suffix?: string;
  line?: LineStyle;
}

/** Holds curves of a model of so many layers against those of the baseline, where there is one. */
export type Hold = (series: Series[], n_layers: number | undefined) => Series[];

/** The values of a curve, with that of the embedding before them where it has one. */
export const pointsOf = ({ embed, layers }: Curve): Point[] =>
  embed === null ? layers : [{ x: EMBED, y: embed }, ...layers];

/** The least and the largest of the strands at each layer. */
const bandOf = (strands: Point[][]) =>
  strands[0]!.map(({ x }, i) => {
    const values = strands.map((points) => points[i]!.y);
    return { x, low: Math.min(...values), high: Math.max(...values) };
  });

/** A quantity against depth: modalities are a series each, heads the strands of their mean. */
export function seriesOf(
  measured: Pick<Measurement, 'layout' | 'frame'>,
  quantity: Quantity,
): Series[] {
  const reading = read(measured, quantity);
  const strands = reading.strands.map(pointsOf);
  if (quantity.of === 'site' && quantity.each) {
    return strands.map((points, m) => ({
      points,
      suffix: `m${m}`,
      ...(m > 0 && { line: 'dotted' as const }),
    }));
  }
  const points = pointsOf(reading);
  return [strands.length ? { points, band: bandOf(strands), strands } : { points }];
}
