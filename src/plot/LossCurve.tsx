import { line } from 'd3-shape';
import type { BreakShapes } from './breaks';
import type { LossPoint } from './loss';
import { markPath, type Mark } from './marks';
import { NotFinite } from './NotFinite';

interface Props {
  label: string;
  colour: string;
  raw: LossPoint[];
  mean: LossPoint[];
  /** Where the mean ends; the mark stands there. */
  end: LossPoint | null;
  mark: Mark;
  x(step: number): number;
  y(loss: number): number | null;
  /** Where it broke off, if it did. */
  lost: { text: string; shapes: BreakShapes } | null;
}

const tenth = (n: number) => Math.round(n * 10) / 10;

/** One lane's loss: each step as a thin line, the running mean as a thick one. */
export function LossCurve(props: Props) {
  const { label, colour, raw, mean, end, mark, x, y, lost } = props;
  const path = line<LossPoint>(
    ({ step }) => tenth(x(step)),
    ({ loss }) => tenth(y(loss) ?? 0),
  ).defined(({ loss }) => y(loss) !== null);
  const endY = end && y(end.loss);
  return (
    <g className="loss-curve" style={{ color: colour }}>
      <path className="raw" d={path(raw) ?? ''} />
      <path className="curve" d={path(mean) ?? ''} />
      {end && endY !== null && <path className="end" d={markPath(mark, x(end.step), endY, 3.6)} />}
      {lost && <NotFinite {...lost.shapes} text={lost.text} title={`${label}: ${lost.text}`} />}
    </g>
  );
}
