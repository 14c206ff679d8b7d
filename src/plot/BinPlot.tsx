import { useMemo, useState, type ReactNode } from 'react';
import type { Domain } from './axis';
import { binAt, middlesOf, stepPaths } from './bins';
import { reach, type ValueAxis } from './domain';
import { formatExact, formatSignificant } from './format';
import type { PlotFrame } from './frame';
import { useGround, type Across } from './ground';
import { textWidth } from './labels';
import { TEXT } from './layout';
import { Plot } from './Plot';
import { RaisedTspans } from './Raised';
import { axisTicks } from './ticks';
import type { Trace } from './trace';

/** The values of one lane, a number to a bin; NaN where a bin has none. */
export interface BinRow extends Pick<Trace, 'id' | 'label' | 'colour' | 'mark'> {
  values: readonly number[];
}

/** A place along the horizontal axis with a meaning of its own. */
export interface BinMark {
  at: number;
  label: string;
  colour?: string;
}

export interface BinPlotProps extends PlotFrame {
  /** Ascending, one more than bins. */
  edges: readonly number[];
  rows: readonly BinRow[];
  axis: Omit<ValueAxis, 'data'>;
  /** Name of the horizontal axis. */
  across: string;
  /** Edges are decades. */
  isLogAcross?: boolean;
  /** Of the vertical axis. */
  unit?: string;
  marks?: readonly BinMark[];
  children?: ReactNode;
}

/** Pixels between the ground and the name of the axis. */
const APART = 14;

const NO_MARKS: readonly BinMark[] = [];

/** Values of bins against what the bins divide: a line in steps for each lane, and a faint area below it. */
export function BinPlot(props: BinPlotProps) {
  const { edges, rows, axis, across: name, isLogAcross = false, unit, marks = NO_MARKS } = props;
  const { children, ...frame } = props;
  const { width, text = TEXT } = frame;
  const { kind } = axis;
  const [hovered, setHovered] = useState<number | null>(null);
  const last = Math.max(0, edges.length - 2);
  const middles = useMemo(() => middlesOf(edges), [edges]);
  const domain = useMemo(() => spanned([...edges, ...marks.map(({ at }) => at)]), [edges, marks]);
  const { across, x } = useMemo(() => {
    const left = 4 * text;
    const right = Math.max(left + 1, width - APART - textWidth(name, text) - 2);
    const x = (place: number) =>
      left + ((place - domain[0]) / (domain[1] - domain[0])) * (right - left);
    const across: Across = {
      ...{ width, left, right, column: (right - left) / (last + 1) },
      x: (bin) => x(middles[bin] ?? domain[0]),
    };
    return { across, x };
  }, [width, text, name, domain, last, middles]);
  const valueAt = (place: number) => (isLogAcross ? 10 ** place : place);
  const sayPlace = (place: number) =>
    isLogAcross ? formatSignificant(10 ** place) : formatSignificant(round(place, domain));
  const data = useMemo(
    () =>
      reach(
        kind,
        rows.flatMap(({ values }) => values),
      ),
    [kind, rows],
  );
  return (
    <Plot
      {...{ width, height: frame.height, text, label: frame.label }}
      {...(frame.describedBy && { describedBy: frame.describedBy })}
      across={across}
      axis={{ ...axis, data }}
      shown={{
        ...{ across: name, isLogAcross, unit },
        traces: rows.map(({ values, ...row }) => ({
          ...{ ...row, isBare: true },
          points: values.map((y, bin) => ({ x: valueAt(middles[bin]!), y })),
        })),
      }}
      cursor={{
        ...{ name: 'bin', last, hovered, onHover: setHovered },
        placeAt: (pixel) =>
          binAt(
            edges,
            domain[0] +
              ((pixel - across.left) / (across.right - across.left)) * (domain[1] - domain[0]),
          ),
        say: (bin) => `${name} ${sayPlace(edges[bin]!)} to ${sayPlace(edges[bin + 1]!)}`,
      }}
      readingsAt={(bin) =>
        rows.flatMap(({ values, ...row }) =>
          values[bin] === undefined || Number.isNaN(values[bin])
            ? []
            : [{ ...row, value: values[bin], points: values.map((y, x) => ({ x, y })) }],
        )
      }
      behind={<PlaceLines {...{ name, domain, x }} isLog={isLogAcross} />}
    >
      <Steps {...{ edges, rows, x }} />
      <PlaceMarks {...{ marks, x }} />
      {children}
      {hovered !== null && edges[hovered + 1] !== undefined && (
        <PlaceFlag
          x={across.x(hovered)}
          text={sayPlace((edges[hovered]! + edges[hovered + 1]!) / 2)}
        />
      )}
    </Plot>
  );
}

/** A range that has a width, whatever it is of. */
function spanned(places: readonly number[]): Domain {
  const finite = places.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** An edge that is 0 but for rounding is 0. */
const round = (place: number, [low, high]: Domain) =>
  Math.abs(place) < (high - low) * 1e-9 ? 0 : place;

interface StepsProps extends Pick<BinPlotProps, 'edges' | 'rows'> {
  x(place: number): number;
}

function Steps({ edges, rows, x }: StepsProps) {
  const { y, rows: room, clip } = useGround();
  return (
    <g className="bin-steps" clipPath={clip}>
      {rows.map(({ id, colour, values }) => {
        const { line, area } = stepPaths(edges, values, x, y, room.groundBottom);
        return (
          <g key={id} className="trace" style={{ color: colour }}>
            <path className="area" d={area} />
            <path className="curve" d={line} />
          </g>
        );
      })}
    </g>
  );
}

interface LinesProps {
  name: string;
  domain: Domain;
  isLog: boolean;
  x(place: number): number;
}

/** Lines and numbers of an axis across, and its name after it. */
function PlaceLines({ name, domain, isLog, x }: LinesProps) {
  const { across, rows } = useGround();
  const { left, right } = across;
  // Numbers beside one another need more room than numbers one below the other.
  const ticks = axisTicks({ kind: isLog ? 'log' : 'linear', domain }, (right - left) * 0.32);
  return (
    <g className="step-lines">
      <path
        className="line"
        d={ticks
          .filter(({ major }) => major)
          .map(({ at }) => `M${x(at).toFixed(1)},${rows.groundTop}V${rows.groundBottom}`)
          .join('')}
      />
      {ticks.map(({ at, label, major }) =>
        label && major ? (
          <text key={at} className="tick" x={x(at).toFixed(1)} y={rows.tickY}>
            <RaisedTspans text={label} />
          </text>
        ) : null,
      )}
      <text className="tick soft start" x={right + APART} y={rows.tickY}>
        {name}
      </text>
    </g>
  );
}

/** Lines down the plot; their names stand one below the other, on the side that has room. */
function PlaceMarks({ marks, x }: { marks: readonly BinMark[]; x(place: number): number }) {
  const { across, rows } = useGround();
  const { text: size, groundTop, groundBottom } = rows;
  return marks.map(({ at, label, colour }, i) => {
    const place = x(at);
    const isLeft = place + 6 + textWidth(label, size) > across.right;
    return (
      <g key={`${at} ${label}`} className="limit" style={colour ? { color: colour } : {}}>
        <line x1={place} x2={place} y1={groundTop} y2={groundBottom} />
        <text
          className={isLeft ? 'end' : undefined}
          x={isLeft ? place - 5 : place + 5}
          y={groundTop + (i + 1) * (size + 2)}
        >
          <RaisedTspans text={label} />
          <title>{formatExact(at)}</title>
        </text>
      </g>
    );
  });
}

function PlaceFlag({ x, text }: { x: number; text: string }) {
  const { rows, across } = useGround();
  const width = textWidth(text, rows.text) + 12;
  const middle = Math.min(Math.max(x, width / 2), across.width - width / 2);
  return (
    <g className="flag">
      <rect
        {...{ x: middle - width / 2, y: rows.tickY - rows.text - 1, width }}
        height={rows.text + 5}
        rx={3}
      />
      <text x={middle} y={rows.tickY}>
        <RaisedTspans text={text} />
      </text>
    </g>
  );
}
