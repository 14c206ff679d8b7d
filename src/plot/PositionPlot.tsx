import { useMemo } from 'react';
import { hatching, stripHeight } from './breaks';
import { depthMargins } from './depth';
import { reach } from './domain';
import { NotFinite } from './NotFinite';
import type { TrainedLength } from './position';
import { endOf, traceShapes, valueAt, valuesOf, type Trace } from './trace';
import { WholePlot, type Ground, type WholePlotProps } from './WholePlot';

export interface PositionPlotProps extends WholePlotProps {
  /** x of their points is a position, 0-based. */
  traces: Trace[];
  /** Positions that the axis spans. */
  tokens: number;
  /** Where training ended, for traces that go on. */
  trained: TrainedLength[];
  subject: string;
}

/** Up to so many positions each value has its mark. */
const MARKED = 48;

/** Values against the position in the sequence, a trace per lane, and where training ended. */
export function PositionPlot({ traces, tokens, trained, ...props }: PositionPlotProps) {
  const { width, kind } = props;
  const margins = useMemo(() => depthMargins(width), [width]);
  const data = useMemo(() => reach(kind, valuesOf(traces)), [kind, traces]);
  const radius = tokens <= MARKED ? 2.6 : 0;
  const lost = traces.filter(({ points }) => points.every((point) => !Number.isFinite(point.y)));
  const last = tokens - 1;

  return (
    <WholePlot
      {...props}
      {...{ name: 'position', last, end: Math.max(1, last), margins, data }}
      readingsAt={(position) =>
        traces.flatMap((trace) => {
          const value = valueAt(trace, position);
          return value === null ? [] : [{ ...trace, value }];
        })
      }
      behind={(ground) =>
        trained.map((mark) => <TrainedLine key={mark.tokens} {...mark} ground={ground} />)
      }
      traces={({ x, y, left, right, rows }) => (
        <>
          {traces.map((trace) => {
            const shapes = traceShapes(trace, x, y, radius);
            return (
              <g key={trace.id} className="trace" style={{ color: trace.colour }}>
                <path className="curve" d={shapes.line} />
                <path className="marks" d={shapes.marks} />
              </g>
            );
          })}
          {lost.map((trace, strip) => {
            const extent = { first: left, end: right, column: 8, whole: true, text: 'not finite' };
            return (
              <g key={trace.id} style={{ color: trace.colour }}>
                <NotFinite
                  {...hatching(extent, [left, right], rows, strip)}
                  text={extent.text}
                  title={`${trace.label}: not finite`}
                />
              </g>
            );
          })}
        </>
      )}
      ends={({ x, y, right, rows }) =>
        traces.map((trace) => ({
          ...{ id: trace.id, text: trace.label, colour: trace.colour, mark: trace.mark },
          end: lost.includes(trace)
            ? { x: right, y: stripHeight(rows, lost.indexOf(trace)) }
            : endOf(trace.points, x, y, rows.groundBottom),
        }))
      }
    />
  );
}

/** A vertical line with its name beside it, on the side that has room. */
function TrainedLine({ tokens, colour, ground }: TrainedLength & { ground: Ground }) {
  const { groundTop, groundBottom } = ground.rows;
  const x = ground.x(tokens - 0.5);
  const leftward = x > ground.right - 130;
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
