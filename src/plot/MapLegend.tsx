import { useId } from 'react';
import type { Axis } from './axis';
import { legendStops, type Ramp } from './colours';
import { formatPower, formatSignificant } from './format';
import { textWidth } from './labels';
import { RaisedTspans } from './Raised';

interface Props {
  axis: Axis;
  ramp: Ramp;
  /** Its right end, and the middle of its height. */
  right: number;
  y: number;
  size: number;
}

const LENGTH = 64;
const THICK = 8;

/** An end of an axis in few characters: 10⁻³, 0.25. */
const endText = (kind: Axis['kind'], units: number): string => {
  if (kind === 'log' && Number.isInteger(units)) return units === 0 ? '1' : formatPower(units);
  const text = formatSignificant(kind === 'log' ? 10 ** units : units, 2);
  return text.includes('×') ? text : text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
};

/** Pixels that the legend takes, its numbers included. */
export const legendWidth = ({ kind, domain }: Axis, size: number): number =>
  LENGTH + 12 + domain.reduce((sum, units) => sum + textWidth(endText(kind, units), size), 0);

/** The colours of a map with the values at their ends. */
export function MapLegend({ axis, ramp, right, y, size }: Props) {
  const id = useId();
  const { kind, domain } = axis;
  const [low, high] = domain.map((units) => endText(kind, units)) as [string, string];
  const end = right - textWidth(high, size) - 6;
  return (
    <g className="legend">
      <linearGradient id={id}>
        {legendStops(ramp, domain).map(({ at, colour }) => (
          <stop key={at} offset={at} stopColor={colour} />
        ))}
      </linearGradient>
      <rect
        {...{ x: end - LENGTH, y: y - THICK / 2, width: LENGTH, height: THICK }}
        fill={`url(#${id})`}
      />
      <text className="tick soft end" x={end - LENGTH - 6} y={y} dy="0.35em">
        <RaisedTspans text={low} />
      </text>
      <text className="tick soft start" x={end + 6} y={y} dy="0.35em">
        <RaisedTspans text={high} />
      </text>
    </g>
  );
}
