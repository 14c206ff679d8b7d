import { useCallback, useMemo, useState } from 'react';
import type { Axis } from './axis';
import type { Ramp } from './colours';
import type { Grid } from './drawn';
import type { PlotFrame } from './frame';
import { ellipsized, textWidth } from './labels';
import { TEXT } from './layout';
import { cellAt, cellSide, drawGrid, labelledPlaces, type Cell, type MapPlace } from './map';
import { legendWidth, MapLegend } from './MapLegend';
import { MapShell } from './MapShell';
import { RaisedTspans } from './Raised';

/** Rows or columns of a map: one of them, and the texts beside them. */
export interface MapSide {
  name: string;
  /** The text of each, where there is room for all; else every so many have their number. */
  texts?: readonly (string | null)[] | null;
  /** The one that is looked at. */
  marked?: number | null;
}

export interface MapPlotProps extends PlotFrame {
  grid: Grid;
  down: MapSide;
  across: MapSide;
  axis: Axis;
  ramp?: Ramp;
  /** Values of the columns, as bars under them, and their name. */
  bars?: { values: readonly number[]; name: string };
  largest?: number;
  /** A cell in words; NaN is one that is not there, ∞ one that is not finite. */
  say(cell: Cell, value: number): string;
  /** The words that stand there while no cell is pointed at. */
  idle: string;
  onChoose?(cell: Cell): void;
}

/** Heights in pixels: of the line above the map, and of the bars below it. */
const HEAD = 22;
const BARS = 34;
/** Pixels that the text of a row needs, and those between the numbers of columns. */
const ROW = 13;
const BESIDE = 8;
/** Cells this wide have a text each. */
const TEXTED = 9.5;
/** The longest text beside a row. */
const LONGEST = 44;

type Sized = Pick<PlotFrame, 'width' | 'text'>;
type Sides = Pick<MapPlotProps, 'down' | 'across'>;
interface Counts {
  rows: number;
  columns: number;
  hasBars?: boolean;
  /** The largest side of a cell, in pixels. */
  largest?: number | undefined;
}

/** Where a map lies in a drawing of this width. */
export function mapPlace({ width, text = TEXT }: Sized, counts: Counts, { down }: Sides) {
  const { rows, columns, largest } = counts;
  const numbers = textWidth(String(Math.max(rows - 1, 0)), text);
  const texts = Math.max(0, ...(down.texts ?? []).map((one) => textWidth(one ?? '', text)));
  const left = Math.ceil(Math.min(LONGEST, Math.max(numbers, texts)) + 8);
  const cell = cellSide(width - left - 6, columns, largest);
  return { left, top: HEAD, rows, columns, cell };
}

/** The height of the drawing: that of the map, and of the lines above and below it. */
export function mapHeight(size: Sized, counts: Counts, sides: Sides): number {
  const { top, cell } = mapPlace(size, counts, sides);
  const { text = TEXT } = size;
  return Math.ceil(top + counts.rows * cell + text + 8 + (counts.hasBars ? BARS + text : 0));
}

/** Values of pairs as colours, rows downwards, with the texts of both and a mark that reads a cell. */
export function MapPlot(props: MapPlotProps) {
  const {
    grid,
    down,
    across,
    axis,
    ramp = 'sequential',
    bars,
    largest,
    say,
    idle,
    onChoose,
  } = props;
  const { width, height, text = TEXT, label, describedBy } = props;
  const { columns, values } = grid;
  const rows = grid.steps.length;
  const [cursor, setCursor] = useState<Cell | null>(null);
  const place = useMemo(
    () => mapPlace({ width, text }, { rows, columns, largest }, { down, across }),
    [width, text, rows, columns, largest, down, across],
  );
  const here = cursor && cursor.row < rows && cursor.column < columns ? cursor : null;
  const read = here ? say(here, values[here.row * columns + here.column]!) : idle;
  const { kind, domain } = axis;
  const [low, high] = domain;
  const dense = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawGrid(context, grid, place, ramp, { kind, domain: [low, high] }),
    [grid, place, ramp, kind, low, high],
  );
  const { left, top, cell } = place;
  const bottom = top + rows * cell;
  const right = left + columns * cell;
  return (
    <MapShell
      {...{ width, height, label, axis, rows, columns, dense }}
      {...(describedBy && { describedBy })}
      shown={{ across: across.name, down: down.name, strips: [grid] }}
      cursor={here}
      start={
        down.marked == null && across.marked == null
          ? null
          : { row: down.marked ?? 0, column: across.marked ?? 0 }
      }
      spoken={read}
      cellAt={(x, y) => cellAt(place, x, y)}
      onMove={setCursor}
      onChoose={(cell) => onChoose?.(cell)}
      ground={
        <rect
          data-ground=""
          className="map-ground"
          x={left}
          y={top}
          width={right - left}
          height={bottom - top}
        />
      }
    >
      <text className={here ? 'map-read' : 'map-read map-hint'} x={2} y={text + 2}>
        <RaisedTspans text={ellipsized(read, width - legendWidth(axis, text) - 12, text)} />
        <title>{read}</title>
      </text>
      <MapLegend {...{ axis, ramp, right: width - 4, y: text * 0.65 + 2, size: text }} />
      <SideTexts {...{ place, text }} side={down} at={here?.row ?? null} isDown />
      <SideTexts {...{ place, text }} side={across} at={here?.column ?? null} />
      {bars && <Bars {...{ bars, place, text }} top={bottom + text + 8} colour={grid.colour} />}
      {here && (
        <g className="map-cursor">
          {[
            [left, top + here.row * cell, right - left, cell],
            [left + here.column * cell, top, cell, bottom - top],
          ].map(([x, y, width, height], i) => (
            <rect key={i} className="line" {...{ x, y, width, height }} />
          ))}
          {['halo', 'cell'].map((className) => (
            <rect
              key={className}
              className={className}
              x={left + here.column * cell}
              y={top + here.row * cell}
              width={cell}
              height={cell}
            />
          ))}
        </g>
      )}
    </MapShell>
  );
}

interface SideProps {
  side: MapSide;
  place: MapPlace;
  text: number;
  at: number | null;
  isDown?: boolean;
}

/** The texts beside rows or under columns; one under the mark stands out, and its neighbours make room. */
function SideTexts({ side, place, text, at, isDown = false }: SideProps) {
  const { left, top, rows, columns, cell } = place;
  const count = isDown ? rows : columns;
  const { texts, marked = null } = side;
  const hasTexts = !!texts && cell >= TEXTED;
  const needed = isDown ? ROW : textWidth(String(count), text) + BESIDE;
  const places = labelledPlaces(count, cell, hasTexts ? 0 : needed);
  const named = (i: number) => {
    const own = texts?.[i];
    return own != null && cell >= TEXTED ? ellipsized(own, LONGEST, text) : String(i);
  };
  /** The mark tells its text and number where the others have one of them. */
  const flags = [...new Set([marked, at])].filter((i): i is number => i !== null && i < count);
  const room = hasTexts ? 0.5 : needed / cell;
  const isCovered = (i: number) => flags.some((flag) => Math.abs(flag - i) < room);
  const middle = (i: number) => (i + 0.5) * cell;
  const placed = (i: number) =>
    isDown
      ? { x: left - 6, y: top + middle(i), dy: '0.35em' }
      : { x: left + middle(i), y: top + rows * cell + text + 1 };
  return (
    <g
      className={isDown ? 'map-rows' : 'map-columns'}
      {...(hasTexts && isDown && cell < ROW && { style: { fontSize: text - 1 } })}
    >
      {places
        .filter((i) => !isCovered(i))
        .map((i) => (
          <text key={i} className="tick soft" {...placed(i)}>
            {named(i)}
          </text>
        ))}
      {flags.map((i) => (
        <text key={i} className={i === at ? 'tick marked at' : 'tick marked'} {...placed(i)}>
          {named(i)}
        </text>
      ))}
    </g>
  );
}

interface BarsProps {
  bars: NonNullable<MapPlotProps['bars']>;
  place: MapPlace;
  text: number;
  top: number;
  colour: string;
}

/** A bar under each column, on a scale of their own. */
function Bars({ bars, place, text, top, colour }: BarsProps) {
  const { left, columns, cell } = place;
  const most = Math.max(0, ...bars.values.filter(Number.isFinite));
  const ground = top + BARS - 4;
  const gap = cell > 4 ? 1 : 0;
  return (
    <g className="map-bars" style={{ color: colour }}>
      <line className="line" x1={left} x2={left + columns * cell} y1={ground} y2={ground} />
      {bars.values.map((value, i) => {
        const size = most > 0 && value > 0 ? (value / most) * (BARS - 8) : 0;
        return size > 0 ? (
          <rect key={i} x={left + i * cell} y={ground - size} width={cell - gap} height={size} />
        ) : null;
      })}
      <text className="tick soft start" x={left} y={ground + text}>
        {bars.name}
      </text>
    </g>
  );
}
