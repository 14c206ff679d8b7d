import { line } from 'd3-shape';
import type { LossPoint } from './loss';

interface Props {
  colour: string;
  raw: LossPoint[];
  mean: LossPoint[];
  x(step: number): number;
  y(loss: number): number | null;
  /** Upper edge of the ground, where a loss that is not finite is marked. */
  top: number;
}

const STRIP = 8;

/** One lane's loss; what is not finite is a break with a label where it begins. */
export function LossCurve({ colour, raw, mean, x, y, top }: Props) {
  const path = line<LossPoint>(
    ({ step }) => Math.round(x(step) * 10) / 10,
    ({ loss }) => Math.round((y(loss) ?? 0) * 10) / 10,
  ).defined(({ loss }) => y(loss) !== null);
  const lost = raw.find(({ loss }) => !Number.isFinite(loss));
  return (
    <g className="loss-curve" style={{ color: colour }}>
      <path className="raw" d={path(raw) ?? ''} />
      <path className="curve" d={path(mean) ?? ''} />
      {lost && (
        <g className="not-finite">
          <line x1={x(lost.step)} x2={x(lost.step)} y1={top} y2={top + 400} />
          <text x={x(lost.step) + 4} y={top + STRIP + 6}>
            {`${Number.isNaN(lost.loss) ? 'NaN' : '∞'} at step ${lost.step}`}
          </text>
        </g>
      )}
    </g>
  );
}
