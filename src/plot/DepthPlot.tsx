import { useMemo, type ComponentProps } from 'react';
import type { Domain } from './axis';
import { breaksOf } from './breaks';
import { columnsOf, percentAt, type DepthScale } from './depth';
import { reach, type ValueAxis } from './domain';
import { EndLabels, namesOf } from './EndLabels';
import { DepthLines } from './Graticule';
import { useGround } from './ground';
import { LayerTicks } from './LayerAxis';
import { placeLimits, withNear, type Limit } from './limits';
import type { PlotFrame } from './frame';
import { Plot, xWithin } from './Plot';
import { RaisedTspans } from './Raised';
import { cutSpan, type Span } from './span';
import { Traces } from './Traces';
import { valueOf, valuesOf, type Trace, type Value } from './trace';
import { useSpan } from './useSpan';

export interface DepthPlotProps extends PlotFrame {
  depth: DepthScale;
  traces: Trace[];
  axis: Omit<ValueAxis, 'data'>;
  /** Values that the axis shows besides the traces. */
  data?: Domain | null;
  limits?: Limit[];
  /** The layer under the pointer, and those that stay marked. */
  marks: { hovered: number | null; selected: Span | null };
  onHover(layer: number | null): void;
  onSelect(span: Span | null): void;
  /** Numbers of the layers under the plot: once is enough for plots above one another. */
  ticks?: boolean;
}

const NO_LIMITS: Limit[] = [];

/** Values against depth: a trace per lane, its name at its end, and the layers that are marked. */
export function DepthPlot(props: DepthPlotProps) {
  const { depth, traces, axis, limits = NO_LIMITS, marks, onHover, onSelect, ...frame } = props;
  const { kind, live } = axis;
  const { n_layers } = depth;
  const data = useMemo(
    () => withNear(kind, props.data ?? reach(kind, valuesOf(traces)), limits),
    [kind, props.data, traces, limits],
  );
  const present = traces.filter(({ isGhost }) => !isGhost);
  const broken = present.filter(({ points }) => breaksOf(points).length > 0);
  const selected = useMemo(() => cutSpan(marks.selected, n_layers), [marks.selected, n_layers]);
  const hovered = marks.hovered !== null && marks.hovered < n_layers ? marks.hovered : null;
  const span = useSpan({ depth, selected, onSelect, xOf: xWithin });

  return (
    <Plot
      {...frame}
      across={depth}
      axis={{ ...axis, data }}
      shown={{ across: depth.isFraction ? 'depth' : 'layer', traces, levels: limits }}
      cursor={{
        name: 'layer',
        last: n_layers - 1,
        ...{ hovered, onHover },
        placeAt: depth.layerAt,
        ...(depth.isFraction && { say: (layer) => `${percentAt(layer, n_layers)} of depth` }),
        span: { ...span, selected },
      }}
      readingsAt={(layer) => present.flatMap((trace) => readAt(depth, trace, layer))}
      behind={
        <>
          <DepthGrid depth={depth} />
          <LimitLines limits={limits} />
        </>
      }
    >
      <Traces {...{ traces, broken }} place="layer" glides={!live} />
      <EndLabels labels={namesOf(traces, broken)} />
      {selected && selected.from < selected.to && <SpanMark {...selected} />}
      {frame.ticks !== false && <DepthTicks {...{ depth, hovered, selected }} />}
    </Plot>
  );
}

/** The value of a trace at a layer of the axis; of a model of another depth, of its layer nearest to that. */
function readAt(depth: DepthScale, trace: Trace, layer: number): Value[] {
  if (!depth.isFraction) return valueOf(trace, layer);
  const across = depth.of(trace.n_layers);
  const at = across.nearestLayer(depth.x(layer));
  return valueOf(trace, at).map((value) => ({
    ...value,
    label: `${value.label} layer ${at}`,
    own: { across, at },
  }));
}

function DepthGrid({ depth }: { depth: DepthScale }) {
  const { groundTop, groundBottom } = useGround().rows;
  return <DepthLines depth={depth} top={groundTop} bottom={groundBottom} />;
}

function DepthTicks(props: Omit<ComponentProps<typeof LayerTicks>, 'y' | 'size'>) {
  const { tickY, text } = useGround().rows;
  return <LayerTicks {...props} y={tickY} size={text} />;
}

/** The band behind several layers that are marked together. */
function SpanMark(span: Span) {
  const { across, rows } = useGround();
  const { groundTop: y, groundBottom } = rows;
  return (
    <g className="readout selected">
      <rect className="span" {...columnsOf(across, span)} {...{ y, height: groundBottom - y }} />
    </g>
  );
}

/** Lines across a plot with their names at the left, as far as they lie in it. */
function LimitLines({ limits }: { limits: readonly Limit[] }) {
  const { across, rows, y } = useGround();
  const { left, right } = across;
  const ground = { left, top: rows.groundTop, bottom: rows.groundBottom, size: rows.text };
  return placeLimits(limits, y, ground).map(({ label, colour, y, text }) => (
    <g key={label} className="limit" style={colour ? { color: colour } : {}}>
      <line x1={left} x2={right} y1={y} y2={y} />
      <text {...text}>
        <RaisedTspans text={label} />
      </text>
    </g>
  ));
}
