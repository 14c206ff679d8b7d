import { useId, useMemo, type MouseEvent } from 'react';
import { valueScale } from './axis';
import { AxisHandle } from './AxisHandle';
import { legendStops, type Ramp } from './colours';
import { columnsOf, percentAt, type DepthScale } from './depth';
import type { ValueAxis } from './domain';
import { EndLabels } from './EndLabels';
import { formatCount, formatSignificant } from './format';
import type { PlotFrame } from './frame';
import { DepthLines, ValueLines } from './Graticule';
import { GroundContext, type Ground } from './ground';
import { textWidth } from './labels';
import { LayerTicks } from './LayerAxis';
import { rowsOf } from './layout';
import { PlotShell } from './PlotShell';
import { RaisedTspans } from './Raised';
import { cutSpan, onlyLayer, type Span } from './span';
import { useDomain } from './useDomain';
import { useSpan } from './useSpan';
import { cellOf, drawStrips, stripsIn, type Cell, type Strip } from './waterfall';

export interface WaterfallPlotProps extends PlotFrame {
  depth: DepthScale;
  strips: Strip[];
  axis: ValueAxis;
  ramp: Ramp;
  /** Steps from 0 to this one have room. */
  end: number;
  marks: { hovered: number | null; selected: Span | null };
  /** The step under the pointer, and the one on show where that is a past one. */
  hoveredStep: number | null;
  moment: number | null;
  onHover(layer: number | null, step: number | null): void;
  onSelect(span: Span | null): void;
  /** A cell was clicked. */
  onGo(layer: number, step: number): void;
}

const LEGEND = 6;

const yWithin = (event: MouseEvent): number =>
  event.clientY - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().top;
const xWithin = (event: MouseEvent): number =>
  event.clientX - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().left;

const valueText = (value: number) =>
  Number.isFinite(value) ? formatSignificant(value) : 'not finite';

/** Depth to the right, steps downwards, a strip per lane, values as colours with their axis at the left. */
export function WaterfallPlot(props: WaterfallPlotProps) {
  const { depth, strips, ramp, end, marks, hoveredStep, moment, onHover, onSelect, onGo } = props;
  const { width, height, text, label, describedBy } = props;
  const { kind, subject } = props.axis;
  const id = useId();
  const rows = useMemo(() => rowsOf(height, text), [height, text]);
  const axis = useDomain(props.axis);
  const [low, high] = axis.domain;
  const { n_layers, left } = depth;
  const places = stripsIn(rows, Math.max(1, strips.length), end);
  const ground: Ground = {
    ...{ rows, across: depth, kind },
    y: valueScale({ kind, domain: [low, high] }, rows),
    clip: '',
    drawing: subject,
    isZoomed: axis.isZoomed,
  };
  const selected = cutSpan(marks.selected, n_layers);
  const hovered = marks.hovered !== null && marks.hovered < n_layers ? marks.hovered : null;
  const span = useSpan({ depth, selected, onSelect, xOf: xWithin });
  const marked = hovered ?? onlyLayer(selected);
  const lastStep = Math.max(0, ...strips.map(({ steps }) => steps.at(-1) ?? 0));
  const step = hoveredStep ?? moment ?? lastStep;
  /** The cell of a strip at a layer of the axis. */
  const cellIn = (strip: Strip, layer: number, step: number) =>
    cellOf(strip, depth.of(strip.columns - 1).nearestLayer(depth.x(layer)), step);
  const cells = marked === null ? [] : strips.map((strip) => cellIn(strip, marked, step));
  const sayPlace = (layer: number) =>
    depth.isFraction ? `${percentAt(layer, n_layers)} of depth` : `layer ${layer}`;
  const said = cells.flatMap((cell) =>
    cell
      ? [
          `${cell.strip.label}${depth.isFraction ? ` layer ${cell.layer}` : ''} ${valueText(cell.value)}`,
        ]
      : [],
  );
  const cellAt = (event: MouseEvent): { layer: number | null; step: number | null } => {
    const at = places.at(yWithin(event));
    const layer = depth.layerAt(xWithin(event));
    const cell = at && layer !== null && cellIn(strips[at.strip]!, layer, at.step);
    return { layer, step: cell ? cell.step : null };
  };
  const draw = (context: CanvasRenderingContext2D) =>
    drawStrips(context, strips, places, depth, ramp, { kind, domain: [low, high] });

  return (
    <PlotShell
      {...{ width, height, label, axis, marked }}
      {...(describedBy && { describedBy })}
      shown={{ across: depth.isFraction ? 'depth' : 'layer', kind, strips }}
      cursor={{
        name: 'layer',
        last: n_layers - 1,
        hovered,
        onHover: (layer) => onHover(layer, hoveredStep),
        span: { ...span, selected },
      }}
      spoken={
        marked === null
          ? 'no layer marked'
          : [`${sayPlace(marked)} at step ${formatCount(step)}`, ...said].join(', ')
      }
      dense={draw}
      ground={
        <GroundContext value={ground}>
          <rect
            data-ground=""
            fill="none"
            {...{ x: left, y: rows.groundTop, width: depth.right - left }}
            height={rows.groundBottom - rows.groundTop}
          />
          <DepthLines depth={depth} top={rows.groundTop} bottom={rows.groundBottom} />
        </GroundContext>
      }
    >
      <GroundContext value={ground}>
        <g className="legend">
          <linearGradient id={id} x1="0" x2="0" y1="1" y2="0">
            {legendStops(ramp, [low, high]).map(({ at, colour }) => (
              <stop key={at} offset={at} stopColor={colour} />
            ))}
          </linearGradient>
          <rect
            {...{ x: left - LEGEND - 1, y: rows.top, width: LEGEND }}
            height={rows.bottom - rows.top}
            fill={`url(#${id})`}
          />
          <ValueLines {...{ low, high }} />
        </g>
        {strips.map((strip, i) => (
          <StepEnds
            key={strip.id}
            {...{ depth, end }}
            top={places.top(i)}
            height={places.height}
            size={rows.text}
          />
        ))}
        <GroundContext value={{ ...ground, y: (pixels) => pixels }}>
          <EndLabels
            labels={strips.map(({ id, label, colour, mark }, i) => ({
              ...{ id, text: label, colour, mark },
              end: { x: n_layers, y: places.top(i) + places.height / 2 },
            }))}
          />
        </GroundContext>
        {strips.map((strip, i) => (
          <g key={strip.id} className="strip-marks">
            {moment !== null && (
              <StepLine className="moment" {...{ depth }} y={places.y(i, moment + 0.5)} />
            )}
            {hoveredStep !== null && (
              <StepLine className="hovered" {...{ depth }} y={places.y(i, hoveredStep + 0.5)} />
            )}
          </g>
        ))}
        {selected && (
          <rect
            className="strip-span"
            {...columnsOf(depth, selected)}
            y={rows.groundTop}
            height={rows.groundBottom - rows.groundTop}
          />
        )}
        <LayerTicks {...{ depth, hovered, selected }} y={rows.tickY} size={rows.text} />
        {hoveredStep !== null &&
          cells.map(
            (cell, i) =>
              cell && (
                <CellPlate
                  key={cell.strip.id}
                  {...{ cell, depth }}
                  y={places.y(i, cell.step + 0.5)}
                  size={rows.text}
                  top={places.top(i)}
                  bottom={places.top(i) + places.height}
                />
              ),
          )}
      </GroundContext>
      <rect
        className="hit"
        {...{ x: left, y: 0, width: depth.right - left, height }}
        onPointerDown={span.pointer.onPointerDown}
        onPointerMove={(event) => {
          const { layer, step } = cellAt(event);
          onHover(layer, step);
          span.pointer.onPointerMove(event);
        }}
        onPointerUp={span.pointer.onPointerUp}
        onPointerCancel={span.pointer.onPointerCancel}
        onPointerLeave={() => onHover(null, null)}
        onClick={(event) => {
          const { layer, step } = cellAt(event);
          if (layer === null || step === null || event.shiftKey) span.pointer.onClick(event);
          else if (!span.wasDrag()) onGo(layer, step);
        }}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}

interface StepEndsProps {
  depth: DepthScale;
  end: number;
  top: number;
  height: number;
  size: number;
}

/** The first and the last step of a strip in the column after the last layer, where there is room. */
function StepEnds({ depth, end, top, height, size }: StepEndsProps) {
  const x = depth.right - depth.column + 4;
  const ends: [string, number][] = [
    ['0', top + size * 0.5 + 1],
    [formatCount(end), top + height - size * 0.5 - 1],
  ];
  if (height < 2 * size || depth.column < textWidth(formatCount(end), size) + 4) return null;
  return ends.map(([text, y]) => (
    <text key={text} className="tick soft start" x={x} y={y} dy="0.35em">
      {text}
    </text>
  ));
}

/** A step of a strip: a line that is seen on any colour. */
function StepLine({ depth, y, className }: { depth: DepthScale; y: number; className: string }) {
  const ends = { x1: depth.left, x2: depth.right - depth.column, y1: y, y2: y };
  return (
    <g className={`step-line ${className}`}>
      <line className="halo" {...ends} />
      <line {...ends} />
    </g>
  );
}

interface CellPlateProps {
  cell: Cell;
  depth: DepthScale;
  y: number;
  size: number;
  top: number;
  bottom: number;
}

/** The reading of a cell, beside it and within its strip. */
function CellPlate({ cell, depth, y, size, top, bottom }: CellPlateProps) {
  const text = `step ${formatCount(cell.step)}: ${valueText(cell.value)}`;
  const width = textWidth(text, size) + 10;
  const height = size + 5;
  const own = depth.of(cell.strip.columns - 1);
  const middleX = own.x(cell.layer);
  const half = own.column / 2 + 6;
  const x = middleX + half + width < depth.right ? middleX + half : middleX - half - width;
  const middle =
    bottom - top < height
      ? (top + bottom) / 2
      : Math.min(Math.max(y, top + height / 2), bottom - height / 2);
  return (
    <g className="readout">
      <g className="plate" style={{ color: cell.strip.colour }}>
        <rect {...{ x, y: middle - height / 2, width, height }} rx={3} />
        <text x={x + 5} y={middle} dy="0.35em">
          <RaisedTspans text={text} />
        </text>
      </g>
    </g>
  );
}
