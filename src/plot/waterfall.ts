import type { Axis } from './axis';
import { pixelScale, type Ramp } from './colours';
import type { DepthScale } from './depth';
import { inkOf } from './ink';
import type { Rows } from './layout';
import type { Mark } from './marks';

/** The steps of a lane downwards, its depths to the right: the embedding first. */
export interface Strip {
  id: string;
  label: string;
  colour: string;
  mark: Mark;
  columns: number;
  /** The record that each cell shows, row by row; −1 for none. A row has `per` steps. */
  per: number;
  records: Int32Array;
  /** Of each record. Of its values, row by row, ∞ is what is not finite. */
  steps: readonly number[];
  values: Float32Array;
}

/** One lane's value at one depth and step. */
export interface Cell {
  strip: Strip;
  layer: number;
  step: number;
  value: number;
}

/** Pixels between two strips. */
const GAP = 3;

/** Where the strips of a drawing lie, for steps from 0 to `end`. */
export function stripsIn({ groundTop, groundBottom }: Rows, count: number, end: number) {
  const height = (groundBottom - groundTop - GAP * (count - 1)) / count;
  const top = (strip: number) => groundTop + strip * (height + GAP);
  return {
    height,
    top,
    /** y of the beginning of a step in a strip, and how high it is. */
    y: (strip: number, step: number) => top(strip) + (height * step) / (end + 1),
    stepHeight: height / (end + 1),
    /** The strip and the step at a height; null between strips. */
    at(y: number) {
      const strip = Math.floor((y - groundTop) / (height + GAP));
      const step = Math.floor(((y - top(strip)) * (end + 1)) / height);
      return strip < 0 || strip >= count || step > end ? null : { strip, step };
    },
  };
}
export type Strips = ReturnType<typeof stripsIn>;

/** The cell of a strip that has a step, in a layer; null where nothing is drawn. */
export function cellOf(strip: Strip, layer: number, step: number): Cell | null {
  const { columns, per, records, steps, values } = strip;
  const record = records[Math.floor(step / per) * columns + layer + 1] ?? -1;
  if (record < 0) return null;
  return { strip, layer, step: steps[record]!, value: values[record * columns + layer + 1]! };
}

/** The pixels of a strip, one to a cell, and where it is not finite: runs down a column. */
export function paintedCells(
  strip: Strip,
  pixels: Uint32Array,
  colourOf: (value: number) => number,
) {
  const { columns, records, values } = strip;
  const lost: { column: number; row: number; rows: number }[] = [];
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    const column = i % columns;
    const value = record < 0 ? NaN : values[record * columns + column]!;
    if (Number.isFinite(value)) pixels[i] = colourOf(value);
    else if (record >= 0) lost.push({ column, row: (i - column) / columns, rows: 1 });
  }
  return joined(lost);
}

/** Cells one below the other in one. */
function joined(cells: { column: number; row: number; rows: number }[]) {
  const last = new Map<number, (typeof cells)[number]>();
  return cells.filter((cell) => {
    const above = last.get(cell.column);
    if (above && above.row + above.rows === cell.row) {
      above.rows++;
      return false;
    }
    last.set(cell.column, cell);
    return true;
  });
}

/** Diagonal lines, which no colour of a ramp can be taken for. */
export function hatching(context: CanvasRenderingContext2D): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  if (!pen) return inkOf('var(--ink)');
  pen.fillStyle = inkOf('var(--ground)');
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = inkOf('var(--ink)');
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const from of [-6, 0, 6]) {
    pen.moveTo(from, 6);
    pen.lineTo(from + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? inkOf('var(--ink)');
}

/** Draws all strips: each as a picture of one pixel to a cell, which is stretched to its place. */
export function drawStrips(
  context: CanvasRenderingContext2D,
  strips: readonly Strip[],
  places: Strips,
  depth: DepthScale,
  ramp: Ramp,
  axis: Axis,
): void {
  const colourOf = pixelScale(ramp, axis);
  const scratch = document.createElement('canvas');
  const { left } = depth;
  strips.forEach((strip, i) => {
    const { columns, per, records } = strip;
    const { column, x } = depth.of(columns - 1);
    /** The first column is the embedding’s, and may have another width than those of layers. */
    const first = 2 * (x(-1) - left);
    const leftOf = (at: number) => (at ? left + first + (at - 1) * column : left);
    const widthOf = (at: number) => (at ? column : first);
    const rows = records.length / columns;
    scratch.width = columns;
    scratch.height = rows;
    const pen = scratch.getContext('2d');
    if (!pen) return;
    const image = pen.createImageData(columns, rows);
    const lost = paintedCells(strip, new Uint32Array(image.data.buffer), colourOf);
    pen.putImageData(image, 0, 0);
    const rowHeight = per * places.stepHeight;
    const top = places.top(i);
    context.save();
    context.beginPath();
    context.rect(left, top, leftOf(columns) - left, places.height);
    context.clip();
    context.imageSmoothingEnabled = false;
    const draw = (from: number, to: number) => {
      const [at, end] = [leftOf(from), leftOf(to)];
      const height = rows * rowHeight;
      context.drawImage(scratch, from, 0, to - from, rows, at, top, end - at, height);
    };
    if (depth.isFraction) draw(0, 1);
    draw(depth.isFraction ? 1 : 0, columns);
    if (lost.length) {
      context.fillStyle = hatching(context);
      context.beginPath();
      for (const { column: at, row, rows } of lost) {
        context.rect(leftOf(at), top + row * rowHeight, widthOf(at), rows * rowHeight);
      }
      context.fill();
    }
    context.restore();
  });
}
