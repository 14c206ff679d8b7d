import { useGround } from './ground';
import { placeLimits, type Limit } from './limits';
import { RaisedTspans } from './Raised';

/** Lines across a plot with their names at the left, as far as they lie in it. */
export function LimitLines({ limits }: { limits: readonly Limit[] }) {
  const { across, rows, y } = useGround();
  const { left, right } = across;
  const ground = { left, top: rows.groundTop, bottom: rows.groundBottom, size: rows.text };
  return placeLimits(limits, y, ground).map((limit) => (
    <g key={limit.label} className="limit" style={limit.colour ? { color: limit.colour } : {}}>
      <line x1={left} x2={right} y1={limit.y} y2={limit.y} />
      <text x={limit.text.x} y={limit.text.y}>
        <RaisedTspans text={limit.label} />
      </text>
    </g>
  ));
}
