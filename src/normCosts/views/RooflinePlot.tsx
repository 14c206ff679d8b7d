import { useId, useState } from 'react';
import { toUnits, valueScale, type Domain } from '../../plot/axis';
import { ValueLines } from '../../plot/Graticule';
import { spreadLabels, textWidth } from '../../plot/labels';
import { rowsOf } from '../../plot/layout';
import { markPath, type Mark } from '../../plot/marks';
import { DataGround, HitArea, PlotShell } from '../../plot/PlotShell';
import { RaisedTspans } from '../../plot/Raised';
import { logTicks } from '../../plot/ticks';

export interface RoofLine {
  id: string;
  /** Bytes and operations a second. */
  bandwidth: number;
  peak: number;
  label: string;
}

export interface RoofPoint {
  id: string;
  label: string;
  /** Where it is set off. */
  colour?: string;
  mark?: Mark;
  /** Operations for each byte, and a second. */
  intensity: number;
  rate: number;
  spoken: string;
}

interface Props {
  width: number;
  height: number;
  text: number;
  points: readonly RoofPoint[];
  /** The first one drawn through, others dashed. */
  lines: readonly RoofLine[];
  peakLabel: string;
  label: string;
  describedBy?: string;
}

/** Pixels beside the ground, and from a column of names to what they name. */
const LEFT = 48;
const RIGHT = 18;
const APART = 26;
const GIGA = 1e9;

const units = (value: number) => toUnits('log', value)!;
const around = (values: readonly number[]): Domain => [
  Math.floor(Math.min(...values.map(units))),
  Math.ceil(Math.max(...values.map(units))),
];

/** Operations a second against operations for each byte, both in decades, under one roof or several. */
export function RooflinePlot(props: Props) {
  const { width, height, text, points, lines, peakLabel, label, describedBy } = props;
  const [marked, setMarked] = useState<number | null>(null);
  const clip = useId();
  const rows = rowsOf(height, text);
  const [left, right] = [LEFT, width - RIGHT];
  const ridges = lines.map(({ bandwidth, peak }) => peak / bandwidth);
  const [from, to] = around([...points.map((point) => point.intensity), ...ridges]);
  const end = Math.max(to, from + 2);
  const domain = around([
    ...points.map(({ rate }) => rate / GIGA),
    ...lines.map(({ peak }) => peak / GIGA),
  ]);
  const x = (intensity: number) =>
    left + ((units(intensity) - from) / (end - from)) * (right - left);
  const scale = valueScale({ kind: 'log', domain }, rows);
  const y = (rate: number) => scale(rate / GIGA)!;
  const roofPath = ({ bandwidth, peak }: RoofLine) =>
    `M${x(10 ** from)},${y(10 ** from * bandwidth)}L${x(peak / bandwidth)},${y(peak)}H${right}`;

  const places = points.map(({ intensity, rate }) => ({ x: x(intensity), y: y(rate) }));
  const column = Math.min(
    Math.max(...places.map((place) => place.x)) + APART,
    right - Math.max(...points.map((point) => textWidth(point.label, text))),
  );
  const heights = spreadLabels(
    places.map((place) => place.y),
    text + 2,
    [rows.top + text, rows.bottom],
  );
  const nearest = (px: number) =>
    places.reduce((best, place, i) => {
      return Math.abs(place.x - px) < Math.abs(places[best]!.x - px) ? i : best;
    }, 0);

  return (
    <PlotShell
      {...{ width, height, label, describedBy, marked }}
      last={points.length - 1}
      spoken={marked === null ? 'no norm marked' : points[marked]!.spoken}
      onStep={setMarked}
      onBlur={() => setMarked(null)}
      isZoomed={false}
      onZoom={() => undefined}
      onReset={() => undefined}
      ground={
        <>
          <ValueLines
            {...{ kind: 'log', low: domain[0], high: domain[1], left, right, size: text }}
            top={rows.top}
            bottom={rows.bottom}
          />
          <IntensityLines {...{ from, to: end, left, right, rows }} />
        </>
      }
    >
      <clipPath id={clip}>
        <rect
          x={left}
          y={rows.groundTop}
          width={right - left}
          height={rows.groundBottom - rows.groundTop}
        />
      </clipPath>
      <DataGround {...{ left, right }} top={rows.groundTop} bottom={rows.groundBottom} />
      <g clipPath={`url(#${clip})`}>
        {lines.map((line, i) => (
          <path key={line.id} className={i ? 'roof other' : 'roof'} d={roofPath(line)}>
            <title>{line.label}</title>
          </path>
        ))}
      </g>
      <text className="roof-name" x={right - 4} y={y(lines[0]!.peak) - 6}>
        {peakLabel}
      </text>
      {points.map((point, i) => {
        const { x: px, y: py } = places[i]!;
        return (
          <g
            key={point.id}
            className={point.colour ? 'roof-point own' : 'roof-point'}
            data-marked={i === marked || undefined}
            style={point.colour ? { color: point.colour } : undefined}
          >
            <path className="leader" d={`M${px + 5},${py}L${column - 4},${heights[i]}`} />
            <path
              className="mark"
              d={markPath(point.mark ?? 'circle', px, py, point.colour ? 4.2 : 3.2)}
            />
            <text x={column} y={heights[i]} dy="0.35em">
              {point.label}
            </text>
          </g>
        );
      })}
      <HitArea
        x={left}
        y={0}
        width={right - left}
        height={height}
        title={marked === null ? null : points[marked]!.spoken}
        onMove={(px) => setMarked(nearest(px))}
        onLeave={() => setMarked(null)}
      />
    </PlotShell>
  );
}

interface IntensityProps {
  from: number;
  to: number;
  left: number;
  right: number;
  rows: ReturnType<typeof rowsOf>;
}

/** The vertical half: decades of operations a byte. */
function IntensityLines({ from, to, left, right, rows }: IntensityProps) {
  const x = (at: number) => left + ((at - from) / (to - from)) * (right - left);
  const ticks = logTicks([from, to], right - left);
  const d = (wanted: boolean) =>
    ticks
      .filter(({ major }) => major === wanted)
      .map(({ at }) => `M${x(at).toFixed(1)},${rows.groundTop}V${rows.groundBottom}`)
      .join('');
  return (
    <g className="value-lines log intensity">
      <path className="line minor" d={d(false)} />
      <path className="line" d={d(true)} />
      {ticks.map(({ at, label, major }) =>
        label && major ? (
          <text key={at} className="tick middle" x={x(at).toFixed(1)} y={rows.tickY}>
            <RaisedTspans text={label} />
          </text>
        ) : null,
      )}
      <text className="tick soft axis-name" x={right - 4} y={rows.bottom - 7}>
        flop/byte
      </text>
      <text className="tick soft start" x={left + 4} y={rows.top + 14}>
        GFLOP/s
      </text>
    </g>
  );
}
