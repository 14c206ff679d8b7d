import { formatExact, formatSignificant } from './format';
import { useGround } from './ground';
import { textWidth } from './labels';
import { placePlates } from './plates';
import { RaisedTspans } from './Raised';
import type { Value } from './trace';

interface Props {
  at: number;
  readings: readonly Value[];
  isSelected: boolean;
}

/** A vertical line through a plot, with the value of each trace in a small plate that covers no curve. */
export function Readout({ at, readings, isSelected }: Props) {
  const ground = useGround();
  const { rows, across } = ground;
  const x = across.x(at);
  // A value that is not finite has its own text in the plot.
  const shown = readings
    .filter(({ value, isBare }) => Number.isFinite(value) && !isBare)
    .map((reading) => {
      const text = formatSignificant(reading.value);
      return {
        ...reading,
        y: ground.y(reading.value),
        text,
        width: textWidth(text, rows.text) + 10,
      };
    });
  const height = rows.text + 5;
  const plates = placePlates(x, shown, height, ground);
  return (
    <g className={`readout ${isSelected ? 'selected' : 'hovered'}`}>
      <line className="cursor" x1={x} x2={x} y1={rows.groundTop} y2={rows.groundBottom} />
      {shown.map(({ id, colour, y, own }) =>
        y === null ? null : (
          <circle
            key={id}
            className="ring"
            cx={own ? own.across.x(own.at) : x}
            cy={y}
            r={5.5}
            style={{ color: colour }}
          />
        ),
      )}
      {shown.map(({ id, label, colour, value, text, width }, i) => {
        const plate = plates[i]!;
        return (
          <g key={id} className="plate" style={{ color: colour }}>
            <rect {...{ x: plate.x, y: plate.y - height / 2, width, height }} rx={3} />
            <text x={plate.x + 5} y={plate.y} dy="0.35em">
              <RaisedTspans text={text} />
              <title>{`${label}: ${formatExact(value)}`}</title>
            </text>
          </g>
        );
      })}
    </g>
  );
}
