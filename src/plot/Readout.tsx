import { formatExact, formatSignificant } from './format';
import { spreadLabels, textWidth } from './labels';
import { RaisedTspans } from './Raised';

export interface Reading {
  id: string;
  label: string;
  colour: string;
  value: number;
  /** Height of the trace there, or null where the value has no place on the axis. */
  y: number | null;
}

/** What the marked place shows, to be spoken. */
export const spoken = (place: string, readings: readonly Reading[]): string =>
  [place, ...readings.map(({ label, value }) => `${label} ${formatSignificant(value)}`)].join(', ');

/** The same of what is marked from one place to another: the values at both ends. */
export const spokenRange = (
  place: string,
  first: readonly Reading[],
  last: readonly Reading[],
): string =>
  [
    place,
    ...first.flatMap(({ id, label, value }) => {
      const end = last.find((reading) => reading.id === id);
      return end ? [`${label} ${formatSignificant(value)} to ${formatSignificant(end.value)}`] : [];
    }),
  ].join(', ');

/** The same to every digit there is, a line each. */
export const exactly = (place: string, readings: readonly Reading[]): string =>
  [place, ...readings.map(({ label, value }) => `${label}: ${formatExact(value)}`)].join('\n');

interface Props {
  x: number;
  readings: Reading[];
  /** Ends of the plot, which the values keep within. */
  left: number;
  right: number;
  top: number;
  bottom: number;
  className: string;
  size: number;
}

/** Values stand in small plates, clear of the curve that they are read from. */
const LIFT = 15;
const ASIDE = 8;

/** A vertical line through a plot with the exact value beside each trace. */
export function Readout(props: Props) {
  const { x, readings, left, right, top, bottom, className, size } = props;
  const plate = size + 5;
  // What is not finite has its own text in the plot.
  const shown = readings.filter(({ value }) => Number.isFinite(value));
  const heights = spreadLabels(
    shown.map(({ y }) => Math.min(Math.max((y ?? bottom) - LIFT, top), bottom)),
    plate,
    [top + plate / 2, bottom - plate / 2],
  );
  const leftward = x > left + (right - left) * 0.8;
  return (
    <g className={`readout ${className}`}>
      <line className="cursor" x1={x} x2={x} y1={top} y2={bottom} />
      {shown.map(({ id, colour, y }) =>
        y === null ? null : (
          <circle key={id} className="ring" cx={x} cy={y} r={5.5} style={{ color: colour }} />
        ),
      )}
      {shown.map(({ id, label, colour, value }, i) => {
        const text = formatSignificant(value);
        const width = textWidth(text, size) + 10;
        const from = leftward ? x - ASIDE - width : x + ASIDE;
        return (
          <g key={id} className="plate" style={{ color: colour }}>
            <rect x={from} y={heights[i]! - plate / 2} width={width} height={plate} rx={3} />
            <text x={from + 5} y={heights[i]} dy="0.35em">
              <RaisedTspans text={text} />
              <title>{`${label}: ${formatExact(value)}`}</title>
            </text>
          </g>
        );
      })}
    </g>
  );
}
