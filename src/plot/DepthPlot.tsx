import { useId, useMemo } from 'react';
import { valueScale, type Axis, type Domain } from './axis';
import { AxisHandle } from './AxisHandle';
import { breaksOf, stripHeight } from './breaks';
import { depthScale } from './depth';
import { reach } from './domain';
import { EndLabels } from './EndLabels';
import { DepthLines, ValueLines } from './Graticule';
import { LayerTicks } from './LayerAxis';
import { rowsOf } from './layout';
import { LimitLines } from './LimitLines';
import { withNear, type Limit } from './limits';
import { DataGround, HitArea, PlotShell, xWithin } from './PlotShell';
import { exactly, Readout, spoken, spokenRange, type Reading } from './Readout';
import { cutSpan, onlyLayer, saySpan, type Span } from './span';
import { TraceLayer } from './TraceLayer';
import { endOf, valueAt, valuesOf, type Trace } from './trace';
import { useDomain } from './useDomain';
import { useSpan } from './useSpan';

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
  /** Layers that stay marked. */
  selected: Span | null;
  onHover(layer: number | null): void;
  onSelect(span: Span | null): void;
  /** Whether changes glide to their new place: only while nothing is playing. */
  glides?: boolean;
  /** Whether the numbers of the layers stand under it: once is enough for plots above one another. */
  ticks?: boolean;
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
  const { label, describedBy, hovered, onHover, onSelect, glides = false, ticks = true } = props;
  const clip = useId();
  const rows = useMemo(() => rowsOf(height, text, ticks), [height, text, ticks]);
  const depth = useMemo(() => depthScale(n_layers, width), [n_layers, width]);
  const { left, right } = depth;
  const { groundTop, groundBottom, tickY } = rows;

  const data = useMemo(
    () => withNear(kind, reach(kind, valuesOf(traces)), limits),
    [kind, traces, limits],
  );
  const axis = useDomain({ kind, data, subject, always });
  const [low, high] = axis.domain;
  const y = useMemo(() => valueScale({ kind, domain: [low, high] }, rows), [kind, low, high, rows]);

  const broken = traces.filter(({ points }) => breaksOf(points).length > 0);
  const selected = cutSpan(props.selected, n_layers);
  const one = onlyLayer(selected);
  const marked = (hovered !== null && hovered < n_layers ? hovered : null) ?? one;
  const readingsAt = (layer: number | null): Reading[] =>
    traces.flatMap((trace) => {
      const value = layer === null ? null : valueAt(trace, layer);
      return value === null ? [] : [{ ...trace, value, y: y(value) }];
    });
  const readings = readingsAt(marked);
  const several = one === null ? selected : null;
  const span = useSpan({ depth, selected, onSelect, xOf: xWithin });
  /** A trace that is not finite at its end goes on in its strip. */
  const labelPlace = (trace: Trace) => {
    const last = trace.points.at(-1);
    return last && !Number.isFinite(last.y)
      ? { x: depth.x(last.x) + 8, y: stripHeight(rows, broken.indexOf(trace)) }
      : endOf(trace.points, depth.x, y, groundBottom);
  };
  const cursor = (layer: number) => ({
    ...{ x: depth.x(layer), left, right, size: rows.text },
    ...{ top: groundTop, bottom: groundBottom },
  });
  const said = () => {
    if (marked !== null) return spoken(`layer ${marked}`, readings);
    if (!several) return 'no layer marked';
    const ends = [readingsAt(several.from), readingsAt(several.to)] as const;
    return spokenRange(saySpan(several), ...ends);
  };

  return (
    <PlotShell
      {...{ width, height, describedBy, marked, isZoomed: axis.isZoomed }}
      label={`${label}: layer`}
      last={n_layers - 1}
      from={() => span.head() ?? marked}
      spoken={said()}
      onStep={(layer, extending) => {
        onHover(null);
        span.step(layer, extending);
      }}
      onZoom={(factor) => axis.zoom(factor, (low + high) / 2)}
      onReset={axis.reset}
    >
      <clipPath id={clip}>
        <rect x={left} y={groundTop} width={right - left} height={groundBottom - groundTop} />
      </clipPath>
      <DataGround {...{ left, right }} top={groundTop} bottom={groundBottom} />
      <DepthLines {...{ n_layers, width }} top={groundTop} bottom={groundBottom} />
      <ValueLines
        {...{ kind, low, high, left, right, size: rows.text }}
        top={rows.top}
        bottom={rows.bottom}
      />
      <LimitLines
        {...{ limits, y, left, right }}
        {...{ top: groundTop, bottom: groundBottom, size: rows.text }}
      />
      {/* Another subject or size is another drawing: nothing glides there from the last one. */}
      <g key={`${subject} ${width} ${height}`} className="traces" clipPath={`url(#${clip})`}>
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
        labels={traces
          .filter(({ isUnnamed }) => !isUnnamed)
          .map((trace) => ({
            ...{ id: trace.id, text: trace.label, colour: trace.colour, mark: trace.mark },
            isHollow: trace.line !== undefined,
            end: labelPlace(trace),
          }))}
        x={right}
        width={width - right}
        top={rows.top}
        bottom={rows.bottom}
        size={rows.text}
      />
      {several && (
        <g className="readout selected">
          <rect
            className="span"
            x={depth.x(several.from) - depth.column / 2}
            y={groundTop}
            width={(several.to - several.from + 1) * depth.column}
            height={groundBottom - groundTop}
          />
        </g>
      )}
      {one !== null && one !== marked && (
        <Readout {...cursor(one)} readings={[]} className="selected" />
      )}
      {marked !== null && (
        <Readout
          {...cursor(marked)}
          readings={readings}
          className={marked === one ? 'selected' : 'hovered'}
        />
      )}
      {ticks && <LayerTicks {...{ depth, selected, marked }} y={tickY} size={rows.text} />}
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
        pointer={span.pointer}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}
