import { useId, useMemo } from 'react';
import { valueScale, type Axis, type Domain } from './axis';
import { AxisHandle } from './AxisHandle';
import { breaksOf, stripHeight } from './breaks';
import { depthScale } from './depth';
import { reach } from './domain';
import { EndLabels } from './EndLabels';
import { DepthLines, DepthTicks, ValueLines } from './Graticule';
import { rowsOf } from './layout';
import { LimitLine, type Limit } from './LimitLine';
import { HitArea, PlotShell } from './PlotShell';
import { exactly, Readout, spoken, type Reading } from './Readout';
import { TraceLayer } from './TraceLayer';
import { endOf, valueAt, valuesOf, type Trace } from './trace';
import { useDomain } from './useDomain';

export interface DepthPlotProps {
  traces: Trace[];
  /** Layers that the axis spans: those of the deepest lane. */
  n_layers: number;
  width: number;
  height: number;
  /** Size of the text, in pixels. */
  text?: number;
  kind: Axis['kind'];
  /** What a linear axis always shows: the ends of a bounded statistic, or 0. */
  always?: Domain;
  limits?: Limit[];
  /** Names what is shown; when it changes, the axis starts afresh. */
  subject: string;
  /** The plot's name, and the id of the sentence that says what it shows. */
  label: string;
  describedBy?: string;
  hovered: number | null;
  selected: number | null;
  onHover(layer: number | null): void;
  onSelect(layer: number | null): void;
  /** Whether changes glide to their new place: only while nothing is playing. */
  glides?: boolean;
}

const NO_LIMITS: Limit[] = [];

/** Values against depth: the graticule, a trace per lane, its name at its end, and what is marked. */
export function DepthPlot(props: DepthPlotProps) {
  const {
    traces,
    n_layers,
    width,
    height,
    text,
    kind,
    always,
    limits = NO_LIMITS,
    subject,
  } = props;
  const { label, describedBy, hovered, selected, onHover, onSelect, glides = false } = props;
  const clip = useId();
  const rows = useMemo(() => rowsOf(height, text), [height, text]);
  const depth = useMemo(() => depthScale(n_layers, width), [n_layers, width]);
  const { left, right } = depth;
  const { groundTop, groundBottom, tickY } = rows;

  const data = useMemo(() => reach(kind, valuesOf(traces)), [kind, traces]);
  const axis = useDomain({ kind, data, subject, always });
  const [low, high] = axis.domain;
  const y = useMemo(() => valueScale({ kind, domain: [low, high] }, rows), [kind, low, high, rows]);

  const broken = traces.filter(({ points }) => breaksOf(points).length > 0);
  const there = (layer: number | null) => (layer !== null && layer < n_layers ? layer : null);
  const marked = there(hovered) ?? there(selected);
  const readings: Reading[] = traces.flatMap((trace) => {
    const value = marked === null ? null : valueAt(trace, marked);
    return value === null ? [] : [{ ...trace, value, y: y(value) }];
  });
  /** A trace that is not finite at its end goes on in its strip. */
  const labelPlace = (trace: Trace) => {
    const last = trace.points.at(-1);
    return last && !Number.isFinite(last.y)
      ? { x: depth.x(last.x) + 8, y: stripHeight(rows, broken.indexOf(trace)) }
      : endOf(trace.points, depth.x, y, groundBottom);
  };
  const cursor = (layer: number) => ({
    ...{ x: depth.x(layer), name: String(layer), left, right, tickY },
    ...{ top: groundTop, bottom: groundBottom, size: rows.text },
  });

  return (
    <PlotShell
      {...{ width, height, describedBy, marked, isZoomed: axis.isZoomed }}
      label={`${label}: layer`}
      last={n_layers - 1}
      from={there(selected) ?? marked}
      spoken={marked === null ? 'no layer marked' : spoken(`layer ${marked}`, readings)}
      onStep={(layer) => {
        onHover(null);
        onSelect(layer);
      }}
      onZoom={(factor) => axis.zoom(factor, (low + high) / 2)}
      onReset={axis.reset}
    >
      <clipPath id={clip}>
        <rect x={left} y={groundTop} width={right - left} height={groundBottom - groundTop} />
      </clipPath>
      <DepthLines {...{ n_layers, width }} top={groundTop} bottom={groundBottom} />
      <ValueLines {...{ kind, low, high, left, right }} top={rows.top} bottom={rows.bottom} />
      <DepthTicks {...{ n_layers, width }} y={tickY} size={rows.text} />
      {limits.map((limit) => (
        <LimitLine
          key={limit.label}
          {...{ label: limit.label, y: y(limit.value), left, right }}
          {...{ top: groundTop, bottom: groundBottom }}
        />
      ))}
      {/* Another subject or size is another drawing: nothing glides there from the last one. */}
      <g key={`${subject} ${width} ${height}`} clipPath={`url(#${clip})`}>
        {traces.map((trace) => (
          <TraceLayer
            key={trace.id}
            {...{ trace, kind, low, high, rows, n_layers, width }}
            glides={glides && !axis.isZoomed}
            strip={broken.indexOf(trace)}
          />
        ))}
      </g>
      <EndLabels
        labels={traces.map((trace) => ({
          ...{ id: trace.id, text: trace.label, colour: trace.colour, mark: trace.mark },
          end: labelPlace(trace),
        }))}
        x={right}
        width={width - right}
        top={rows.top}
        bottom={rows.bottom}
        size={rows.text}
      />
      {there(selected) !== null && selected !== marked && (
        <Readout {...cursor(selected!)} readings={[]} className="selected" />
      )}
      {marked !== null && (
        <Readout
          {...cursor(marked)}
          readings={readings}
          className={marked === selected ? 'selected' : 'hovered'}
        />
      )}
      <HitArea
        x={left}
        y={0}
        width={right - left}
        height={height}
        title={marked === null ? null : exactly(`layer ${marked}`, readings)}
        onMove={(px) => {
          const layer = depth.layerAt(px);
          if (layer !== hovered) onHover(layer);
        }}
        onLeave={() => onHover(null)}
        onClick={(px) => {
          const layer = depth.layerAt(px);
          onSelect(layer === selected ? null : layer);
        }}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}
