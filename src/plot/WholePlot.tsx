import { useId, useMemo, useState, type ReactNode } from 'react';
import { valueScale, type Axis, type Domain } from './axis';
import { AxisHandle } from './AxisHandle';
import type { Margins } from './depth';
import { EndLabels, type EndLabel } from './EndLabels';
import { Flag } from './Flag';
import { formatCount } from './format';
import { ValueLines, WholeLines } from './Graticule';
import { rowsOf, type Rows } from './layout';
import { DataGround, HitArea, PlotShell } from './PlotShell';
import { exactly, Readout, spoken, type Reading } from './Readout';
import { useDomain } from './useDomain';

/** Where things lie in a plot against whole numbers. */
export interface Ground {
  rows: Rows;
  left: number;
  right: number;
  /** x of a whole number. */
  x(at: number): number;
  /** y of a value, or null where it has no place on the axis. */
  y(value: number): number | null;
}

/** What every plot against steps or positions is given. */
export interface WholePlotProps {
  width: number;
  height: number;
  /** Size of the text, in pixels. */
  text?: number;
  kind: Axis['kind'];
  /** What a linear axis always shows. */
  always?: Domain;
  label: string;
  describedBy?: string;
}

interface Props extends WholePlotProps {
  /** What is counted along the axis. */
  name: string;
  /** The last one that there is, and the one at which the axis ends. */
  last: number;
  end: number;
  margins: Margins;
  /** Pixels from the right end to the axis's name. */
  apart?: number;
  /** What the value axis must hold, in its units. */
  data: Domain | null;
  /** Names what is shown; when it changes, the axis starts afresh. */
  subject: string;
  /** What the traces are at one place. */
  readingsAt(at: number): Omit<Reading, 'y'>[];
  /** Behind the traces: what gives them their meaning. */
  behind(ground: Ground): ReactNode;
  /** Dense marks; stable while they are the same. */
  dense?(context: CanvasRenderingContext2D, ground: Ground): void;
  /** The rest of the traces. */
  traces(ground: Ground): ReactNode;
  ends(ground: Ground): EndLabel[];
}

/** Values against whole numbers from 0 up: both axes, a mark that reads the values, names at the ends. */
export function WholePlot(props: Props) {
  const { width, height, text, kind, always, label, describedBy } = props;
  const { name, last, end, margins, apart, data, subject, dense } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const clip = useId();
  const rows = useMemo(() => rowsOf(height, text), [height, text]);
  const { groundTop, groundBottom, tickY } = rows;
  const { left } = margins;
  const right = Math.max(left + 1, width - margins.right);
  const axis = useDomain({ kind, data, subject, ...(always && { always }) });
  const [low, high] = axis.domain;
  const ground = useMemo(
    (): Ground => ({
      ...{ rows, left, right },
      x: (at) => left + (at / end) * (right - left),
      y: valueScale({ kind, domain: [low, high] }, rows),
    }),
    [rows, left, right, end, kind, low, high],
  );
  const draw = useMemo(() => {
    if (!dense) return undefined;
    return (context: CanvasRenderingContext2D) => {
      context.beginPath();
      context.rect(left - ROOM, groundTop, right - left + 2 * ROOM, groundBottom - groundTop);
      context.clip();
      dense(context, ground);
    };
  }, [dense, ground, left, right, groundTop, groundBottom]);

  const marked = cursor === null ? null : Math.min(Math.max(Math.round(cursor), 0), last);
  const readings: Reading[] =
    marked === null
      ? []
      : props.readingsAt(marked).map((reading) => ({ ...reading, y: ground.y(reading.value) }));
  const place = `${name} ${formatCount(marked ?? 0)}`;
  const ends = { left, right, top: groundTop, bottom: groundBottom };

  return (
    <PlotShell
      {...{ width, height, describedBy, marked, last, isZoomed: axis.isZoomed }}
      label={`${label}: ${name}`}
      spoken={marked === null ? `no ${name} marked` : spoken(place, readings)}
      onStep={setCursor}
      onBlur={() => setCursor(null)}
      onZoom={(factor) => axis.zoom(factor, (low + high) / 2)}
      onReset={axis.reset}
      dense={draw}
      ground={
        <>
          <WholeLines last={end} name={name} apart={apart} {...ends} tickY={tickY} />
          <ValueLines
            {...{ kind, low, high, left, right, size: rows.text }}
            top={rows.top}
            bottom={rows.bottom}
          />
          {props.behind(ground)}
        </>
      }
    >
      <clipPath id={clip}>
        {/* Wide enough for the mark of a run that has only begun. */}
        <rect
          x={left - ROOM}
          y={groundTop}
          width={right - left + 2 * ROOM}
          height={groundBottom - groundTop}
        />
      </clipPath>
      <DataGround {...ends} />
      <g clipPath={`url(#${clip})`}>{props.traces(ground)}</g>
      <EndLabels
        labels={props.ends(ground)}
        x={right}
        width={width - right}
        top={rows.top}
        bottom={rows.bottom}
        size={rows.text}
      />
      {marked !== null && (
        <>
          <Readout
            {...{ x: ground.x(marked), readings, size: rows.text }}
            {...ends}
            className="hovered"
          />
          <Flag x={ground.x(marked)} y={tickY} name={formatCount(marked)} size={rows.text} />
        </>
      )}
      <HitArea
        x={left}
        y={0}
        width={right - left}
        height={height}
        title={marked === null ? null : exactly(place, readings)}
        onMove={(px) => setCursor(((px - left) / (right - left)) * end)}
        onLeave={() => setCursor(null)}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}

/** Pixels past either end of the axis, for the mark that stands there. */
const ROOM = 5;
