import { line } from 'd3-shape';
import type { BreakShapes } from './breaks';
import type { LossPoint } from './loss';
import { NotFinite } from './NotFinite';

interface Props {
  label: string;
  colour: string;
  raw: LossPoint[];
  mean: LossPoint[];
  x(step: number): number;
  y(loss: number): number | null;
  /** Where it broke off, if it did. */
  lost: { text: string; shapes: BreakShapes } | null;
}

const tenth = (n: number) => Math.round(n * 10) / 10;

/** One lane's loss: each step as a thin line, the running mean as a thick one. */
export function LossCurve({ label, colour, raw, mean, x, y, lost }: Props) {
  const path = line<LossPoint>(
    ({ step }) => tenth(x(step)),
    ({ loss }) => tenth(y(loss) ?? 0),
  ).defined(({ loss }) => y(loss) !== null);
  return (
    <g className="loss-curve" style={{ color: colour }}>
      <path className="raw" d={path(raw) ?? ''} />
      <path className="curve" d={path(mean) ?? ''} />
      {lost && <NotFinite {...lost.shapes} text={lost.text} title={`${label}: ${lost.text}`} />}
    </g>
  );
}
