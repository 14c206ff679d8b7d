import { useMemo, useState, type ReactNode } from 'react';
import { reach, type ValueAxis } from './domain';
import { EndLabels, namesOf } from './EndLabels';
import { useGround } from './ground';
import type { PlotFrame } from './frame';
import { type TrainedLength, valueOf, valuesOf, type Trace } from './trace';
import { Traces } from './Traces';
import { useWholeScale, WholePlot } from './WholePlot';

export interface PositionPlotProps extends PlotFrame {
  /** x of their points is a position, 0-based. */
  traces: Trace[];
  axis: Omit<ValueAxis, 'data'>;
  tokens: number;
  /** Lengths that were trained on, where traces go on. */
  trained?: TrainedLength[];
  /** One place, where it is not a position: a rank, say. */
  name?: string;
  unit?: string;
  children?: ReactNode;
}

const NONE: TrainedLength[] = [];

/** Values against the position in the sequence, a trace per lane, and where training ended. */
export function PositionPlot(props: PositionPlotProps) {
  const {
    traces,
    axis,
    tokens,
    trained = NONE,
    name = 'position',
    unit,
    children,
    ...frame
  } = props;
  const { kind } = axis;
  const [hovered, onHover] = useState<number | null>(null);
  const last = tokens - 1;
  const names = traces.filter(({ isUnnamed }) => !isUnnamed).map(({ label }) => label);
  const across = useWholeScale(Math.max(1, last), frame, names);
  const data = useMemo(() => reach(kind, valuesOf(traces)), [kind, traces]);
  // NaN at some positions only: there no target is counted.
  const lost = traces.filter(({ points }) => points.every((point) => !Number.isFinite(point.y)));

  return (
    <WholePlot
      {...frame}
      {...{ name, last, across, hovered, onHover }}
      axis={{ ...axis, data }}
      shown={{ across: name, unit, traces }}
      readingsAt={(position) => traces.flatMap((trace) => valueOf(trace, position))}
      behind={trained.map((mark) => (
        <TrainedLine key={mark.tokens} {...mark} />
      ))}
    >
      <Traces traces={traces} broken={lost} place={name} />
      {children}
      <EndLabels labels={namesOf(traces, lost)} />
    </WholePlot>
  );
}

/** A vertical line with its name beside it, on the side that has room. */
function TrainedLine({ tokens, colour }: TrainedLength) {
  const { across, rows } = useGround();
  const { groundTop, groundBottom } = rows;
  const x = across.x(tokens - 0.5);
  const leftward = x > across.right - 130;
  return (
    <g className="limit" style={colour ? { color: colour } : {}}>
      <line x1={x} x2={x} y1={groundTop} y2={groundBottom} />
      <text
        className={leftward ? 'end' : undefined}
        x={leftward ? x - 6 : x + 6}
        y={groundBottom - 6}
      >
        {`trained on ${tokens} tokens`}
      </text>
    </g>
  );
}
