import { placeLimits, type Limit } from './limits';
import { RaisedTspans } from './Raised';

interface Props {
  limits: readonly Limit[];
  /** The height of a value, or null where it has no place on the axis. */
  y(value: number): number | null;
  left: number;
  right: number;
  top: number;
  bottom: number;
  size: number;
}

/** Lines across a plot with their names at the left, as far as they lie in it. */
export function LimitLines({ limits, y, right, ...ground }: Props) {
  return placeLimits(limits, y, ground).map((limit) => (
    <g key={limit.label} className="limit" style={limit.colour ? { color: limit.colour } : {}}>
      <line x1={ground.left} x2={right} y1={limit.y} y2={limit.y} />
      <text x={limit.text.x} y={limit.text.y}>
        <RaisedTspans text={limit.label} />
      </text>
    </g>
  ));
}
