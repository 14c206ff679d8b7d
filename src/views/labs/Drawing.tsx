import { useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { toUnits, unitsAt, valueScale, type Axis } from '../../plot/axis';
import { formatSignificant } from '../../plot/format';
import { DepthLines, ValueLines } from '../../plot/Graticule';
import { EndLabels, namesOf } from '../../plot/EndLabels';
import { GroundContext, type Ground } from '../../plot/ground';
import { LayerTicks } from '../../plot/LayerAxis';
import { rowsOf } from '../../plot/layout';
import { Traces } from '../../plot/Traces';
import type { Trace } from '../../plot/trace';
import { useSize, type Size } from '../../plot/useSize';
import type { LaneId } from '../../runs/laneId';
import { laneLook, useDepthScale } from '../panels/lanes';
import { Button } from '../ui/buttons';
import { completed, isDrawn, pressed, stroked, type Sketch } from './sketch';

interface DrawingProps {
  /** The quantity that is drawn. */
  name: string;
  lane: LaneId;
  axis: Axis;
  sketch: Sketch;
  /** Measured curves of other lanes, to draw beside. */
  others: readonly Trace[];
  onDraw(sketch: Sketch): void;
  onWiden(): void;
  onRecord(): void;
}

/** A curve is drawn over a panel, in the panel’s columns, before the panel shows it. */
export function Drawing(props: DrawingProps) {
  const { name, sketch, onDraw, onWiden, onRecord } = props;
  const id = useId();
  const [attach, size] = useSize();
  const isEmpty = sketch.every((value) => value === null);
  return (
    <div className="lb-draw" role="group" aria-labelledby={id}>
      <div className="lb-draw-head">
        <p id={id}>
          <b>Draw your prediction:</b> {name}
        </p>
        <Button onClick={onWiden}>Wider axis</Button>
        <Button disabled={isEmpty} onClick={() => onDraw(sketch.map(() => null))}>
          Clear
        </Button>
        <Button className="lb-primary" disabled={!isDrawn(sketch)} onClick={onRecord}>
          Record
        </Button>
      </div>
      <div className="lb-draw-plot" ref={attach}>
        {size && <Sheet {...props} size={size} />}
      </div>
    </div>
  );
}

const LEAST = 60;

function Sheet({ lane, axis, sketch, others, onDraw, size }: DrawingProps & { size: Size }) {
  const clip = useId();
  const depth = useDepthScale(size);
  const { width, text } = size;
  const height = Math.max(LEAST, size.height);
  const rows = useMemo(() => rowsOf(height, text, true), [height, text]);
  const { kind, domain } = axis;
  const [low, high] = domain;
  const ground = useMemo(
    (): Ground => ({
      ...{ rows, across: depth, kind, y: valueScale({ kind, domain: [low, high] }, rows) },
      ...{ clip: `url(#${clip})`, drawing: `${width} ${height}`, isZoomed: false },
    }),
    [rows, depth, kind, low, high, clip, width, height],
  );
  const { groundTop: top, groundBottom: bottom } = rows;
  const traces = useMemo(() => {
    const guess: Trace = {
      ...{ id: 'guess', label: 'yours', ...laneLook(lane), line: 'dashed' },
      n_layers: sketch.length,
      points: sketch.flatMap((y, x) => (y === null ? [] : [{ x, y }])),
      ...(isDrawn(sketch) && {
        strands: [completed(kind, sketch).map((y, x) => ({ x, y }))],
      }),
    };
    return [...others, guess];
  }, [others, sketch, lane, kind]);

  const last = useRef<{ layer: number; units: number } | null>(null);
  const placeOf = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const units = unitsAt(event.clientY - box.top + top, domain, rows);
    return {
      layer: depth.nearestLayer(event.clientX - box.left + depth.left),
      units: Math.min(high, Math.max(low, units)),
    };
  };
  const draw = (event: PointerEvent) => {
    const to = placeOf(event);
    if (to.layer >= sketch.length) return;
    onDraw(stroked(kind, sketch, last.current ?? to, to));
    last.current = to;
  };
  const [at, setAt] = useState(0);
  const handles = useRef<(SVGGElement | null)[]>([]);
  const press = (event: KeyboardEvent) => {
    const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: sketch.length - 1 };
    const to = steps[event.key as keyof typeof steps];
    const moved = pressed(axis, sketch, at, event.key);
    if (to === undefined && !moved) return;
    event.preventDefault();
    event.stopPropagation();
    if (moved) onDraw(moved);
    else handles.current[Math.min(sketch.length - 1, Math.max(0, to!))]?.focus();
  };
  const middle = (top + bottom) / 2;
  return (
    <svg className="plot lb-draw-svg" width={width} height={height}>
      <clipPath id={clip}>
        <rect x={depth.left} y={top} width={depth.right - depth.left} height={bottom - top} />
      </clipPath>
      <GroundContext value={ground}>
        <g aria-hidden="true">
          <ValueLines {...{ low, high }} />
          <DepthLines depth={depth} top={top} bottom={bottom} />
          <LayerTicks depth={depth} hovered={at} selected={null} y={rows.tickY} size={rows.text} />
          <Traces traces={traces} broken={[]} place="layer" />
          <EndLabels labels={namesOf(traces, [])} />
        </g>
      </GroundContext>
      <rect
        className="lb-draw-hit"
        {...{ x: depth.left, y: top, width: depth.right - depth.left, height: bottom - top }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = null;
          draw(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons) draw(event);
        }}
      />
      {sketch.map((value, layer) => (
        <g
          key={layer}
          ref={(element) => {
            handles.current[layer] = element;
          }}
          className="lb-handle"
          role="slider"
          tabIndex={layer === at ? 0 : -1}
          aria-label={`Layer ${layer}`}
          aria-orientation="vertical"
          aria-valuemin={low}
          aria-valuemax={high}
          aria-valuenow={(value === null ? null : toUnits(kind, value)) ?? (low + high) / 2}
          aria-valuetext={value === null ? 'nothing drawn' : formatSignificant(value)}
          onFocus={() => setAt(layer)}
          onKeyDown={press}
        >
          <circle
            cx={depth.x(layer)}
            cy={(value === null ? null : ground.y(value)) ?? middle}
            r={Math.min(6, Math.max(3, depth.column / 3))}
            style={{ color: laneLook(lane).colour }}
            data-set={value !== null || undefined}
          />
        </g>
      ))}
    </svg>
  );
}
