import { memo, useCallback, useMemo, useState } from 'react';
import type { Axis } from './axis';
import { pixelScale, type Ramp } from './colours';
import type { Grid } from './drawn';
import type { PlotFrame } from './frame';
import { textWidth, wrapped } from './labels';
import { TEXT } from './layout';
import { brokenEvenly, cellPlace, heightOf, tokenAt, topOf, type TextPlace } from './lines';
import { drawGrid, isLight, type Cell } from './map';
import { MapLegend } from './MapLegend';
import { MapShell } from './MapShell';
import { RaisedTspans } from './Raised';

export interface TextPlotProps extends PlotFrame {
  /** A row for each sequence of the batch. */
  grid: Grid;
  /** The first sequence that is shown, and how many are. */
  from: number;
  count: number;
  /** The text of each cell, row by row. */
  texts: readonly string[];
  axis: Axis;
  ramp?: Ramp;
  /** The values by name, over the legend. */
  name: string;
  /** The token that is looked at. */
  marked: Cell;
  say(cell: Cell): string;
  onChoose(cell: Cell): void;
}

const HEAD = 58;
/** The widest a cell gets where lines have room, in units of what its text needs. */
const WIDEST = 2;
const LINE = 20;
/** In units of the text’s size: a character of the face that is as wide as every other one, and the air beside it. */
const CHARACTER = 0.6;
const AIR = 3;

type Sized = Pick<PlotFrame, 'width' | 'text'>;

/** Where the cells of so many sequences lie in a drawing of this width. */
export function textPlace(
  { width, text = TEXT }: Sized,
  { tokens, sequences, last, longest }: Record<'tokens' | 'sequences' | 'last' | 'longest', number>,
): TextPlace {
  const left = Math.ceil(textWidth(String(last), text)) + 8;
  const cell = Math.ceil(longest * CHARACTER * text) + AIR;
  const room = Math.max(cell, width - left - 4);
  const broken = brokenEvenly(tokens, Math.floor(room / cell));
  const wide = Math.min(WIDEST * cell, Math.floor(room / broken.perLine));
  return { ...{ left, top: HEAD, width: wide, height: LINE, tokens, sequences }, ...broken };
}

export const textHeight = (place: TextPlace): number => place.top + heightOf(place) + 4;

/** Characters of the longest text; a few at most, or one long word would spread all others. */
const MOST = 8;
export const longestOf = (texts: readonly string[]): number =>
  Math.min(MOST, Math.max(1, ...texts.map((text) => [...text].length)));

/** A batch as text, each token on the colour of its value. */
export function TextPlot(props: TextPlotProps) {
  const { grid, from, count, texts, axis, ramp = 'sequential', name, marked, say } = props;
  const { width, height, text = TEXT, label, describedBy, onChoose } = props;
  const { columns: tokens, values, steps } = grid;
  const { kind, domain } = axis;
  const [low, high] = domain;
  const [cursor, setCursor] = useState<Cell | null>(null);
  const longest = useMemo(() => longestOf(texts), [texts]);
  const sequences = Math.max(0, Math.min(count, steps.length - from));
  const last = Math.max(0, steps.length - 1);
  const place = useMemo(
    () => textPlace({ width, text }, { tokens, sequences, last, longest }),
    [width, text, tokens, sequences, last, longest],
  );
  const dense = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { left, perLine, lines, width, height } = place;
      for (let row = 0; row < sequences; row++) {
        for (let line = 0; line < lines; line++) {
          const first = (from + row) * tokens + line * perLine;
          const end = Math.min(first + perLine, (from + row + 1) * tokens);
          if (end <= first) continue;
          drawGrid(
            context,
            { columns: end - first, values: values.subarray(first, end) },
            { left, top: topOf(place, row) + line * height, cell: width, height: height - 1 },
            ramp,
            { kind, domain: [low, high] },
          );
        }
      }
    },
    [place, sequences, from, tokens, values, ramp, kind, low, high],
  );
  const here = cursor && cursor.row < sequences && cursor.column < tokens ? cursor : null;
  const whole = (cell: Cell): Cell => ({ row: from + cell.row, column: cell.column });
  const read = here ? say(whole(here)) : 'point at a token';
  const own = { row: marked.row - from, column: marked.column };
  const isShown = own.row >= 0 && own.row < sequences && own.column < tokens;
  return (
    <MapShell
      {...{ width, height, label, axis, dense, columns: tokens, rows: sequences }}
      {...(describedBy && { describedBy })}
      shown={{ across: 'position', down: 'sequence', strips: [grid] }}
      cursor={here}
      start={isShown ? own : null}
      spoken={read}
      cellAt={(x, y) => tokenAt(place, x, y)}
      onMove={setCursor}
      onChoose={(cell) => onChoose(whole(cell))}
      ground={
        <rect
          data-ground=""
          fill="none"
          {...{ x: place.left, y: place.top, width: place.perLine * place.width }}
          height={Math.max(0, heightOf(place))}
        />
      }
    >
      <text className="tick soft start" x={2} y={text + 2}>
        {name}
      </text>
      <MapLegend {...{ axis, ramp, right: width - 4, y: text * 0.65 + 2, size: text }} />
      {wrapped(read, width - 4, text).map((line, i) => (
        <text
          key={i}
          className={here ? 'map-read' : 'map-read map-hint'}
          x={2}
          y={(2 + i * 1.25) * text + 7}
        >
          <RaisedTspans text={line} />
        </text>
      ))}
      <Texts {...{ place, from, sequences, texts, values, ramp, kind, low, high }} />
      {isShown && <Outline {...{ place }} cell={own} className="looked" />}
      {here && <Outline {...{ place }} cell={here} className="at" />}
    </MapShell>
  );
}

interface TextsProps {
  place: TextPlace;
  from: number;
  sequences: number;
  texts: readonly string[];
  values: Float32Array;
  ramp: Ramp;
  kind: Axis['kind'];
  low: number;
  high: number;
}

/** The tokens in black or white, whichever is read on their colour, and the number of each sequence. */
const Texts = memo(function Texts(props: TextsProps) {
  const { place, from, sequences, texts, values, ramp, kind, low, high } = props;
  const colourOf = pixelScale(ramp, { kind, domain: [low, high] });
  const inkOn = (value: number): string =>
    Number.isFinite(value) ? (isLight(colourOf(value)) ? 'on-light' : 'on-dark') : 'on-ground';
  return (
    <g className="text-tokens">
      {Array.from({ length: sequences }, (_, row) => (
        <g key={row}>
          <text
            className="tick soft end"
            x={place.left - 6}
            y={topOf(place, row) + LINE / 2}
            dy="0.35em"
          >
            {from + row}
          </text>
          {Array.from({ length: place.tokens }, (_, column) => {
            const i = (from + row) * place.tokens + column;
            const { x, y } = cellPlace(place, { row, column });
            return (
              <text
                key={column}
                className={`token ${inkOn(values[i]!)}`}
                x={x + place.width / 2}
                y={y + LINE / 2 - 0.5}
                dy="0.33em"
              >
                {shortened(texts[i] ?? '')}
              </text>
            );
          })}
        </g>
      ))}
    </g>
  );
});

const shortened = (text: string): string => {
  const characters = [...text];
  return characters.length > MOST ? `${characters.slice(0, MOST - 1).join('')}…` : text;
};

/** The outline of a token’s cell, to be seen on any colour. */
function Outline({ place, cell, className }: { place: TextPlace; cell: Cell; className: string }) {
  const box = { ...cellPlace(place, cell), width: place.width, height: place.height - 1 };
  return (
    <g className={`map-cursor ${className}`}>
      <rect className="halo" {...box} />
      <rect className="cell" {...box} />
    </g>
  );
}
