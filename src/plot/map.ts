import type { Axis } from './axis';
import { pixelScale, type Ramp } from './colours';
import type { Grid } from './drawn';
import { hatching } from './waterfall';

/** A cell of a map. */
export interface Cell {
  row: number;
  column: number;
}

/** Where the cells of a map lie. */
export interface MapPlace {
  left: number;
  top: number;
  rows: number;
  columns: number;
  cell: number;
}

/** The largest side of a cell, in pixels: a map of few cells is no wall of colour. */
const LARGEST = 28;

/** Square cells as large as a width allows. */
export const cellSide = (width: number, columns: number, largest = LARGEST): number =>
  Math.min(largest, Math.max(1, width) / Math.max(1, columns));

/** The cell at a place; null beside the map. */
export function cellAt({ left, top, rows, columns, cell }: MapPlace, x: number, y: number) {
  const [row, column] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null;
}

/** Between two labelled rows or columns. */
const STRIDES = [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 256, 512, 1024];

/** The places that get a label where labels need so many pixels. */
export function labelledPlaces(count: number, cell: number, room: number): number[] {
  const stride = STRIDES.find((s) => s * cell >= room) ?? 2048;
  return Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride);
}

/** The arrow keys’ way through a map, and those to the ends of a row; undefined for any other key. */
export function steppedCell(
  key: string,
  from: Cell | null,
  { rows, columns }: Pick<MapPlace, 'rows' | 'columns'>,
): Cell | null | undefined {
  if (key === 'Escape') return null;
  const move: Record<string, [down: number, right: number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -Infinity],
    End: [0, Infinity],
  };
  const by = move[key];
  if (!by) return undefined;
  if (!from) return { row: 0, column: 0 };
  const within = (place: number, count: number) => Math.min(Math.max(place, 0), count - 1);
  return { row: within(from.row + by[0], rows), column: within(from.column + by[1], columns) };
}

/** The pixels of a grid, one to a cell, and the cells that are not finite. What is not there is clear. */
export function paintedGrid(
  { values }: Pick<Grid, 'values'>,
  pixels: Uint32Array,
  colourOf: (value: number) => number,
): number[] {
  const lost: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) pixels[i] = colourOf(value);
    else if (!Number.isNaN(value)) lost.push(i);
  }
  return lost;
}

/** Draws a grid as one picture of a pixel to a cell, stretched to its place. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  grid: Pick<Grid, 'values' | 'columns'>,
  place: { left: number; top: number; cell: number; height?: number },
  ramp: Ramp,
  axis: Axis,
): void {
  const { columns, values } = grid;
  const rows = values.length / columns;
  if (!rows) return;
  const scratch = document.createElement('canvas');
  scratch.width = columns;
  scratch.height = rows;
  const pen = scratch.getContext('2d');
  if (!pen) return;
  const image = pen.createImageData(columns, rows);
  const lost = paintedGrid(grid, new Uint32Array(image.data.buffer), pixelScale(ramp, axis));
  pen.putImageData(image, 0, 0);
  const { left, top, cell, height = cell } = place;
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, left, top, columns * cell, rows * height);
  if (lost.length) {
    context.fillStyle = hatching(context);
    context.beginPath();
    for (const i of lost) {
      const column = i % columns;
      context.rect(left + column * cell, top + ((i - column) / columns) * height, cell, height);
    }
    context.fill();
  }
  context.restore();
}

/** Of a colour’s share of red, green or blue, 0 to 255: the light of it. */
const light = (byte: number): number => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** Where black and white stand out from a ground alike, both by more than 4.5 to 1. */
const MIDDLE = 0.179;

/** Tests for a pixel on which black is read better than white. */
export const isLight = (pixel: number): boolean =>
  0.2126 * light(pixel & 255) +
    0.7152 * light((pixel >> 8) & 255) +
    0.0722 * light((pixel >> 16) & 255) >
  MIDDLE;
