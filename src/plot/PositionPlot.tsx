import { useId, useMemo, useState } from 'react';
import { valueScale, type Axis, type Domain } from './axis';
import { AxisHandle } from './AxisHandle';
import { hatching, stripHeight } from './breaks';
import { depthMargins } from './depth';
import { reach } from './domain';
import { EndLabels } from './EndLabels';
import { ValueLines, WholeLines } from './Graticule';
import { rowsOf } from './layout';
import { NotFinite } from './NotFinite';
import { HitArea, PlotShell } from './PlotShell';
import { positionScale, type TrainedLength } from './position';
import { exactly, Readout, spoken, type Reading } from './Readout';
import { endOf, traceShapes, valueAt, valuesOf, type Trace } from './trace';
import { useDomain } from './useDomain';

export interface PositionPlotProps {
  /** x of their points is a position, 0-based. */
  traces: Trace[];
  /** Positions that the axis spans. */
  tokens: number;
  /** Where training ended, for traces that go on. */
  trained: TrainedLength[];
  width: number;
  height: number;
  /** Size of the text, in pixels. */
  text?: number;
  kind: Axis['kind'];
  /** What a linear axis always shows. */
  always?: Domain;
  subject: string;
  label: string;
  describedBy?: string;
}

/** Up to so many positions each value has its mark. */
const MARKED = 48;

/** Values against the position in the sequence, a trace per lane, and where training ended. */
export function PositionPlot(props: PositionPlotProps) {
  const { traces, tokens, trained, width, height, text, kind, always, subject, label } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const clip = useId();
  const rows = useMemo(() => rowsOf(height, text), [height, text]);
  const { groundTop: top, groundBottom: bottom, tickY } = rows;
  const { left, right } = useMemo(() => {
    const margins = depthMargins(width);
    return { left: margins.left, right: Math.max(margins.left + 1, width - margins.right) };
  }, [width]);
  const scale = useMemo(() => positionScale(tokens, left, right), [tokens, left, right]);

  const data = useMemo(() => reach(kind, valuesOf(traces)), [kind, traces]);
  const axis = useDomain({ kind, data, subject, ...(always && { always }) });
  const [low, high] = axis.domain;
  const y = useMemo(() => valueScale({ kind, domain: [low, high] }, rows), [kind, low, high, rows]);

  const marked = cursor !== null && cursor < tokens ? cursor : null;
  const readings: Reading[] = traces.flatMap((trace) => {
    const value = marked === null ? null : valueAt(trace, marked);
    return value === null ? [] : [{ ...trace, value, y: y(value) }];
  });
  const name = `position ${marked}`;
  const radius = tokens <= MARKED ? 2.6 : 0;
  const lost = traces.filter(({ points }) => points.every((point) => !Number.isFinite(point.y)));
  const ends = { top, bottom, left, right };

  return (
    <PlotShell
      {...{ width, height, marked, isZoomed: axis.isZoomed }}
      {...(props.describedBy && { describedBy: props.describedBy })}
      label={`${label}: position`}
      last={tokens - 1}
      spoken={marked === null ? 'no position marked' : spoken(name, readings)}
      onStep={setCursor}
      onBlur={() => setCursor(null)}
      onZoom={(factor) => axis.zoom(factor, (low + high) / 2)}
      onReset={axis.reset}
    >
      <clipPath id={clip}>
        <rect x={left - 5} y={top} width={right - left + 10} height={bottom - top} />
      </clipPath>
      <WholeLines last={tokens - 1} name="position" {...ends} tickY={tickY} />
      <ValueLines {...{ kind, low, high, left, right }} top={rows.top} bottom={rows.bottom} />
      {trained.map((mark) => (
        <TrainedLine key={mark.tokens} {...mark} {...ends} x={scale.x(mark.tokens - 0.5)} />
      ))}
      <g clipPath={`url(#${clip})`}>
        {traces.map((trace) => {
          const shapes = traceShapes(trace, scale.x, y, radius);
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
      </g>
      <EndLabels
        labels={traces.map((trace) => ({
          ...{ id: trace.id, text: trace.label, colour: trace.colour, mark: trace.mark },
          end: lost.includes(trace)
            ? { x: right, y: stripHeight(rows, lost.indexOf(trace)) }
            : endOf(trace.points, scale.x, y, bottom),
        }))}
        x={right}
        width={width - right}
        top={rows.top}
        bottom={rows.bottom}
        size={rows.text}
      />
      {marked !== null && (
        <Readout
          {...{ x: scale.x(marked), name: String(marked), readings, tickY, size: rows.text }}
          {...ends}
          className="hovered"
        />
      )}
      <HitArea
        x={left}
        y={0}
        width={right - left}
        height={height}
        title={marked === null ? null : exactly(name, readings)}
        onMove={(px) => setCursor(scale.at(px))}
        onLeave={() => setCursor(null)}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}

interface TrainedLineProps extends TrainedLength {
  x: number;
  top: number;
  bottom: number;
  right: number;
}

/** A vertical line with its name beside it, on the side that has room. */
function TrainedLine({ tokens, colour, x, top, bottom, right }: TrainedLineProps) {
  const leftward = x > right - 130;
  return (
    <g className="limit" style={colour ? { color: colour } : {}}>
      <line x1={x} x2={x} y1={top} y2={bottom} />
      <text className={leftward ? 'end' : undefined} x={leftward ? x - 6 : x + 6} y={bottom - 6}>
        {`trained on ${tokens} tokens`}
      </text>
    </g>
  );
}
