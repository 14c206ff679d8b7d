import { extent, leastIndex } from 'd3-array';
import { useMemo, useState } from 'react';
import { toUnits, type Domain } from '../../plot/axis';
import { useGround, type Across } from '../../plot/ground';
import { spreadLabels, textWidth } from '../../plot/labels';
import { markPath, type Mark } from '../../plot/marks';
import type { PlotFrame } from '../../plot/frame';
import { Plot } from '../../plot/Plot';
import type { Trace } from '../../plot/trace';
import { RaisedTspans } from '../../plot/Raised';
import { logTicks } from '../../plot/ticks';
import type { Ceilings } from '../work';

export interface RoofLine extends Ceilings {
  label: string;
}

export interface RoofPoint {
  label: string;
  /** A colour and a mark of its own set it off from the others. */
  colour?: string;
  mark?: Mark;
  /** Operations for each byte, and a second. */
  intensity: number;
  rate: number;
  spoken: string;
}

interface Props extends PlotFrame {
  points: readonly RoofPoint[];
  /** The first one drawn through, others dashed. */
  lines: readonly RoofLine[];
  peakLabel: string;
}

/** Pixels beside the ground, and from a column of names to what they name. */
const LEFT = 48;
const RIGHT = 18;
const APART = 26;
const GIGA = 1e9;

const units = (value: number) => toUnits('log', value)!;
const decadesAround = (values: readonly number[]): Domain => {
  const [low, high] = extent(values, units);
  return [Math.floor(low!), Math.ceil(high!)];
};

const SOFT = { colour: 'var(--ink-soft)', mark: 'circle' } as const;

/** The roofs as traces, by their corners between two intensities. */
const roofTraces = (lines: readonly RoofLine[], from: number, end: number): Trace[] =>
  lines.map(({ label, bandwidth, peak }, i) => ({
    ...{ ...SOFT, id: label, lane: 'roof', label, isBare: true, ...(i > 0 && { line: 'dashed' }) },
    points: [from, peak / bandwidth, end].map((x) => ({
      ...{ x, y: Math.min(peak, x * bandwidth) / GIGA },
    })),
  }));

/** The norms as traces of one point each, which are named where they stand. */
const normTraces = (points: readonly RoofPoint[]): Trace[] =>
  points.map(({ label, colour = SOFT.colour, mark = SOFT.mark, intensity, rate }) => ({
    ...{ id: label, lane: 'norm', label, isUnnamed: true, colour, mark },
    points: [{ x: intensity, y: rate / GIGA }],
  }));

/** Operations a second against operations for each byte, both in decades, under one roof or several. */
export function RooflinePlot({ points, lines, peakLabel, ...frame }: Props) {
  const [marked, setMarked] = useState<number | null>(null);
  const { width } = frame;
  const [from, to] = decadesAround([
    ...points.map(({ intensity }) => intensity),
    ...lines.map(({ bandwidth, peak }) => peak / bandwidth),
  ]);
  const end = Math.max(to, from + 2);
  const across = useMemo((): Across => {
    const column = (width - RIGHT - LEFT) / (end - from);
    const x = (intensity: number) => LEFT + (units(intensity) - from) * column;
    return { width, left: LEFT, right: width - RIGHT, column, x };
  }, [width, from, end]);
  return (
    <Plot
      {...frame}
      across={across}
      shown={{
        ...{ across: 'flop/byte', isLogAcross: true, unit: 'GFLOP/s' },
        traces: [...roofTraces(lines, 10 ** from, 10 ** end), ...normTraces(points)],
      }}
      axis={{
        kind: 'log',
        subject: 'roofline',
        data: decadesAround([
          ...points.map(({ rate }) => rate / GIGA),
          ...lines.map(({ peak }) => peak / GIGA),
        ]),
      }}
      cursor={{
        name: 'norm',
        last: points.length - 1,
        hovered: marked,
        onHover: setMarked,
        placeAt: (x) => leastIndex(points, ({ intensity }) => Math.abs(across.x(intensity) - x))!,
        say: (i) => points[i]!.spoken,
      }}
      behind={<IntensityLines domain={[from, end]} />}
    >
      <Roofs {...{ lines, peakLabel }} from={10 ** from} />
      <RoofPoints {...{ points, marked }} />
    </Plot>
  );
}

interface RoofsProps extends Pick<Props, 'lines' | 'peakLabel'> {
  from: number;
}

/** Up with the memory, then along with the processor. */
function Roofs({ lines, peakLabel, from }: RoofsProps) {
  const { across, clip, y: heightOf } = useGround();
  const y = (rate: number) => heightOf(rate / GIGA)!;
  const path = ({ bandwidth, peak }: RoofLine) =>
    `M${across.x(from)},${y(from * bandwidth)}L${across.x(peak / bandwidth)},${y(peak)}H${across.right}`;
  return (
    <>
      <g clipPath={clip}>
        {lines.map((line, i) => (
          <path key={line.label} className={i ? 'roof other' : 'roof'} d={path(line)}>
            <title>{line.label}</title>
          </path>
        ))}
      </g>
      <text className="roof-name" x={across.right - 4} y={y(lines[0]!.peak) - 6}>
        {peakLabel}
      </text>
    </>
  );
}

/** A mark for each norm, and its name in a column to the right of all marks. */
function RoofPoints({ points, marked }: Pick<Props, 'points'> & { marked: number | null }) {
  const { across, rows, y } = useGround();
  const places = points.map(({ intensity, rate }) => ({
    x: across.x(intensity),
    y: y(rate / GIGA)!,
  }));
  const column = Math.min(
    Math.max(...places.map((place) => place.x)) + APART,
    across.right - Math.max(...points.map((point) => textWidth(point.label, rows.text))),
  );
  const heights = spreadLabels(
    places.map((place) => place.y),
    rows.text + 2,
    [rows.top + rows.text, rows.bottom],
  );
  return points.map(({ label, colour, mark = 'circle' }, i) => {
    const { x, y } = places[i]!;
    return (
      <g
        key={label}
        className={colour ? 'roof-point own' : 'roof-point'}
        data-marked={i === marked || undefined}
        style={colour ? { color: colour } : undefined}
      >
        <path className="leader" d={`M${x + 5},${y}L${column - 4},${heights[i]}`} />
        <path className="mark" d={markPath(mark, x, y, colour ? 4.2 : 3.2)} />
        <text x={column} y={heights[i]} dy="0.35em">
          {label}
        </text>
      </g>
    );
  });
}

/** The vertical half of the graticule: decades of operations a byte. */
function IntensityLines({ domain }: { domain: Domain }) {
  const { across, rows } = useGround();
  const { left, right } = across;
  const ticks = logTicks(domain, right - left);
  const x = (at: number) => across.x(10 ** at).toFixed(1);
  const d = (wanted: boolean) =>
    ticks
      .filter(({ major }) => major === wanted)
      .map(({ at }) => `M${x(at)},${rows.groundTop}V${rows.groundBottom}`)
      .join('');
  return (
    <g className="value-lines log intensity">
      <path className="line minor" d={d(false)} />
      <path className="line" d={d(true)} />
      {ticks.map(({ at, label, major }) =>
        label && major ? (
          <text key={at} className="tick middle" x={x(at)} y={rows.tickY}>
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
