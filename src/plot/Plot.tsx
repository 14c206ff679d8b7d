import { useId, useMemo, type ReactNode, type MouseEvent } from 'react';
import { valueScale } from './axis';
import { AxisHandle } from './AxisHandle';
import type { ValueAxis } from './domain';
import type { Shown } from './drawn';
import { ValueLines } from './Graticule';
import { GroundContext, type Across, type Ground } from './ground';
import { rowsOf } from './layout';
import { PlotShell } from './PlotShell';
import type { Cursor, PlotFrame } from './frame';
import { Readout } from './Readout';
import { exactly, spoken, spokenRange, type Value } from './trace';
import { onlyLayer } from './span';
import { useDomain } from './useDomain';
import type { SpanSelection } from './useSpan';

interface Props extends PlotFrame {
  across: Across;
  axis: ValueAxis;
  shown: Shown;
  cursor: Cursor;
  /** Numbers of the horizontal axis in a row under the ground. */
  ticks?: boolean;
  /** The values that are read at a place. */
  readingsAt?(at: number): Value[];
  /** Marks under the traces: the horizontal axis, and lines that give the traces their meaning. */
  behind?: ReactNode;
  /** Marks too many for elements, drawn on a canvas; stable while they are the same. */
  dense?(context: CanvasRenderingContext2D, ground: Ground): void;
  children?: ReactNode;
}

/** Pixels past either end of the ground, for the mark that stands there. */
const ROOM = 5;

/** The frame that marks are drawn in: scales, value axis, keyboard, pointer and what is read there. */
export function Plot(props: Props) {
  const { width, height, text, ticks = true, across, cursor, readingsAt, dense } = props;
  const { kind, subject } = props.axis;
  const id = useId();
  const rows = useMemo(() => rowsOf(height, text, ticks), [height, text, ticks]);
  const { groundTop: top, groundBottom: bottom } = rows;
  const { left, right } = across;
  const axis = useDomain(props.axis);
  const { isZoomed } = axis;
  const [low, high] = axis.domain;
  const ground = useMemo((): Ground => {
    const y = valueScale({ kind, domain: [low, high] }, rows);
    const drawing = `${subject} ${width} ${height}`;
    return { rows, across, kind, y, clip: `url(#${id})`, drawing, isZoomed };
  }, [rows, across, kind, low, high, id, subject, width, height, isZoomed]);
  const clip = useMemo(
    () => ({ x: left - ROOM, y: top, width: right - left + 2 * ROOM, height: bottom - top }),
    [left, right, top, bottom],
  );
  const draw = useMemo(() => {
    if (!dense) return undefined;
    return (context: CanvasRenderingContext2D) => {
      context.beginPath();
      context.rect(clip.x, clip.y, clip.width, clip.height);
      context.clip();
      dense(context, ground);
    };
  }, [dense, ground, clip]);

  const { name, hovered, onHover, span } = cursor;
  const selected = span?.selected ?? null;
  const one = onlyLayer(selected);
  const marked = hovered ?? one ?? cursor.rest ?? null;
  const sayPlace = cursor.say ?? ((at: number) => `${name} ${at}`);
  const readings = (at: number): Value[] => readingsAt?.(at) ?? [];
  const here = marked === null ? [] : readings(marked);
  const said = () => {
    if (marked !== null) return spoken(sayPlace(marked), here);
    if (!selected) return `no ${name} marked`;
    const { from, to } = selected;
    const places = cursor.say
      ? `${sayPlace(from)} to ${sayPlace(to)}`
      : `${name}s ${from} to ${to}`;
    return spokenRange(places, readings(from), readings(to));
  };

  return (
    <PlotShell
      {...{ width, height, cursor, axis, marked }}
      shown={{ kind, ground, ...props.shown }}
      label={props.label}
      describedBy={props.describedBy}
      spoken={said()}
      dense={draw}
      ground={
        <GroundContext value={ground}>
          <rect
            data-ground=""
            fill="none"
            {...{ x: left, y: top, width: right - left, height: bottom - top }}
          />
          <ValueLines {...{ low, high }} />
          {props.behind}
        </GroundContext>
      }
    >
      <clipPath id={id}>
        <rect {...clip} />
      </clipPath>
      <GroundContext value={ground}>
        {props.children}
        {one !== null && one !== marked && <Readout at={one} readings={[]} isSelected />}
        {marked !== null && readingsAt && (
          <Readout at={marked} readings={here} isSelected={marked === one} />
        )}
      </GroundContext>
      <HitArea
        {...{ x: left, y: 0, width: right - left, height }}
        title={marked === null ? null : exactly(sayPlace(marked), here)}
        onMove={(x) => {
          const at = cursor.placeAt(x);
          if (at !== hovered) onHover(at);
        }}
        onLeave={() => onHover(null)}
        pointer={span?.pointer}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}

interface HitAreaProps {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Full precision, for whoever rests the pointer. */
  title: string | null;
  onMove(x: number): void;
  onLeave(): void;
  /** Presses, drags and clicks, if they do anything. */
  pointer?: SpanSelection['pointer'] | undefined;
}

/** x of a pointer within the drawing that it moves over. */
export const xWithin = (event: MouseEvent): number =>
  event.clientX - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().left;

/** The ground that the pointer moves over: one rectangle above everything drawn. */
export const HitArea = ({ title, onMove, onLeave, pointer, ...rect }: HitAreaProps) => (
  <rect
    className="hit"
    {...rect}
    {...pointer}
    onPointerMove={(event) => {
      onMove(xWithin(event));
      pointer?.onPointerMove(event);
    }}
    onPointerLeave={onLeave}
  >
    {title && <title>{title}</title>}
  </rect>
);
