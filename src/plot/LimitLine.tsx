import { RaisedTspans } from './Raised';

/** A horizontal line that data cannot pass, or should not: where a number format ends, say. */
export interface Limit {
  value: number;
  label: string;
}

interface Props {
  label: string;
  /** Its height, or null where it has no place on the axis. */
  y: number | null;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function LimitLine({ label, y, left, right, top, bottom }: Props) {
  if (y === null || y < top || y > bottom) return null;
  return (
    <g className="limit">
      <line x1={left} x2={right} y1={y} y2={y} />
      <text x={left + 6} y={y - 5}>
        <RaisedTspans text={label} />
      </text>
    </g>
  );
}
