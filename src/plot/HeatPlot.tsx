import { useCallback, useId, useMemo, useState } from 'react';
import { axisTicks } from './ticks';
import type { Axis } from './axis';
import { pixelScale, type Ramp } from './colours';
import type { Shown } from './drawn';
import type { PlotFrame } from './frame';
import {
  contour,
  contourLevels,
  drawHeat,
  marginals,
  type HeatGrid,
  type HeatPlace,
  type Summary,
} from './heat';
import { Hatch } from './Hatch';
import { ellipsized, textWidth } from './labels';
import { TEXT } from './layout';
import { isLight, type Cell } from './map';
import { legendWidth, MapLegend } from './MapLegend';
import { MapShell } from './MapShell';
import { RaisedTspans } from './Raised';
import './heat.css';

/** A setting along one side of a map, and its values as they are written. */
export interface HeatSide {
  name: string;
  texts: readonly string[];
  /** The values themselves, where they are numbers: files have these. */
  numbers: readonly number[] | null;
}

export interface HeatPlotProps extends PlotFrame {
  grid: HeatGrid;
  /** Of the rows, downwards; null where there is one row alone, which is drawn as a curve. */
  down: HeatSide | null;
  across: HeatSide;
  axis: Axis;
  ramp?: Ramp;
  unit?: string;
  name: string;
  /** A sign in a cell, such as the step of its alarm; null where there is none. */
  signs: readonly (string | null)[];
  /** Of a curve: every number of a column, and their least and largest. */
  seeds?: readonly (readonly number[])[];
  /** The cell that stays marked. */
  pinned: Cell | null;
  hasContours: boolean;
  say(cell: Cell): string;
  idle: string;
  onRead?(cell: Cell | null): void;
  onChoose(cell: Cell): void;
}

/** Heights and widths in pixels: the line above, the marginal curves, and gaps. */
const HEAD = 24;
const MARGINAL = 44;
const GAP = 6;
/** Below this there is no room for marginal curves. */
const ROOMY = 380;
const LONGEST = 96;

const px = (value: number) => Math.round(value * 10) / 10;

/** Places whose texts leave one another room. */
function spaced(texts: readonly string[], step: number, roomOf: (text: string) => number) {
  const kept: number[] = [];
  let free = -Infinity;
  texts.forEach((text, i) => {
    const half = roomOf(text) / 2;
    if (i * step - half < free) return;
    kept.push(i);
    free = i * step + half;
  });
  return kept;
}

export function HeatPlot(props: HeatPlotProps) {
  const { grid, down, across, axis, ramp = 'sequential', name, signs, pinned, say, idle } = props;
  const { width, height, text = TEXT, label, describedBy, hasContours, unit } = props;
  const { rows, columns } = grid;
  const hatch = useId();
  const [cursor, setCursor] = useState<Cell | null>(null);
  const here = cursor && cursor.row < rows && cursor.column < columns ? cursor : null;
  const move = (cell: Cell | null) => {
    setCursor(cell);
    props.onRead?.(cell);
  };
  const isCurve = down === null;
  const hasSides = !isCurve && width >= ROOMY && height >= 260 && rows > 1 && columns > 1;

  const ticks = axisTicks(axis, height - HEAD - 3 * text);
  const sideTexts = down ? down.texts : ticks.flatMap(({ label }) => label ?? []);
  const longest = Math.max(...sideTexts.map((one) => textWidth(one, text)), 20);
  const place = useMemo((): HeatPlace => {
    const left = Math.ceil(Math.min(LONGEST, longest) + 10);
    const top = HEAD + (down ? text + 6 : 0) + (hasSides ? MARGINAL + GAP : 0);
    const right = hasSides ? MARGINAL + GAP : 0;
    return {
      ...{ left, top },
      width: Math.max(10, width - left - right - 4),
      height: Math.max(10, height - top - 2 * text - 14),
    };
  }, [longest, hasSides, width, height, text, down]);
  const { left, top } = place;
  const [w, h] = [place.width / columns, place.height / rows];
  const [right, bottom] = [left + place.width, top + place.height];
  const { kind } = axis;
  const [low, high] = axis.domain;
  const sums = useMemo(() => marginals(grid, kind), [grid, kind]);
  const lines = useMemo(
    () =>
      hasContours && !isCurve
        ? contourLevels({ kind, domain: [low, high] }).map((level) => ({
            level,
            lines: contour(grid, kind, level),
          }))
        : [],
    [hasContours, isCurve, grid, kind, low, high],
  );
  const dense = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (!isCurve) drawHeat(context, grid, place, ramp, { kind, domain: [low, high] });
    },
    [isCurve, grid, place, ramp, kind, low, high],
  );
  const cellAt = (x: number, y: number): Cell | null => {
    const [row, column] = [Math.floor((y - top) / h), Math.floor((x - left) / w)];
    return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null;
  };
  const said = here ?? pinned;
  const read = said ? say(said) : idle;
  const y = (units: number) => bottom - ((units - low) / (high - low)) * place.height;
  const colourOf = pixelScale(ramp, { kind, domain: [low, high] });
  const shown: Shown = {
    across: across.name,
    unit,
    ...(down
      ? {
          down: down.name,
          strips: [
            {
              ...{ label: name, colour: 'var(--ink)', mark: 'circle', columns, first: 0 },
              steps: down.numbers ?? Array.from({ length: rows }, (_, row) => rows - 1 - row),
              ...(across.numbers && { places: across.numbers }),
              values: Float32Array.from(grid.values),
            },
          ],
        }
      : {
          traces: [
            {
              ...{ id: 'mean', label: name, colour: 'var(--lane-a)', mark: 'circle' },
              points: grid.values.map((value, i) => ({ x: across.numbers?.[i] ?? i, y: value })),
              band: sums.columns.flatMap((_, i) => {
                const own = (props.seeds?.[i] ?? []).filter(Number.isFinite);
                return own.length
                  ? [{ x: across.numbers?.[i] ?? i, low: Math.min(...own), high: Math.max(...own) }]
                  : [];
              }),
            },
          ],
        }),
  };
  return (
    <MapShell
      {...{ width, height, label, axis, rows, columns, dense, shown }}
      {...(describedBy && { describedBy })}
      cursor={here}
      start={pinned}
      spoken={read}
      cellAt={cellAt}
      onMove={move}
      onChoose={props.onChoose}
      ground={
        <rect
          data-ground=""
          className="map-ground"
          {...{ x: left, y: top, width: place.width, height: place.height }}
        />
      }
    >
      <text className={said ? 'map-read' : 'map-read map-hint'} x={2} y={text + 2}>
        <RaisedTspans
          text={ellipsized(read, width - (isCurve ? 0 : legendWidth(axis, text) + 24), text)}
        />
      </text>
      {!isCurve && (
        <MapLegend {...{ axis, ramp, right: width - 4, y: text * 0.65 + 2, size: text }} />
      )}
      {down && (
        <text className="tick soft start" x={2} y={top - 6}>
          {ellipsized(down.name, Math.max(left, 90), text)}
        </text>
      )}
      <text className="tick soft" x={(left + right) / 2} y={bottom + 2 * text + 8}>
        {across.name}
      </text>
      <g className="map-columns">
        {spaced(across.texts, w, (one) => textWidth(one, text) + 10)
          .filter((i) => here === null || here.column === i || Math.abs(here.column - i) * w > 40)
          .map((i) => (
            <text key={i} className="tick" x={px(left + (i + 0.5) * w)} y={bottom + text + 3}>
              <RaisedTspans text={across.texts[i]!} />
            </text>
          ))}
      </g>
      <g className="map-rows">
        {down
          ? spaced(down.texts, h, () => text + 2).map((i) => (
              <text key={i} className="tick" x={left - 6} y={px(top + (i + 0.5) * h)} dy="0.35em">
                <RaisedTspans text={ellipsized(down.texts[i]!, LONGEST, text)} />
              </text>
            ))
          : ticks.map(({ at, label, major }) => (
              <g key={at}>
                <line
                  className={major ? 'line' : 'line minor'}
                  {...{ x1: left, x2: right, y1: px(y(at)), y2: px(y(at)) }}
                />
                {label && (
                  <text className="tick" x={left - 6} y={px(y(at))} dy="0.35em">
                    <RaisedTspans text={label} />
                  </text>
                )}
              </g>
            ))}
      </g>
      {lines.map(({ level, lines }) => (
        <g key={level} className="heat-contour">
          {['halo', 'own'].map((className) => (
            <path
              key={className}
              className={className}
              d={lines
                .map(([a, b]) =>
                  [a, b]
                    .map(([x, y], i) => `${i ? 'L' : 'M'}${px(left + x * w)},${px(top + y * h)}`)
                    .join(''),
                )
                .join('')}
            />
          ))}
        </g>
      ))}
      {hasSides && (
        <>
          <Marginal
            summaries={sums.columns}
            domain={axis.domain}
            place={(i, share) => [left + (i + 0.5) * w, top - GAP - share * MARGINAL]}
          />
          <Marginal
            summaries={sums.rows}
            domain={axis.domain}
            place={(i, share) => [right + GAP + share * MARGINAL, top + (i + 0.5) * h]}
          />
          <text className="tick soft start" x={right + GAP} y={top - 6}>
            mean
          </text>
        </>
      )}
      {isCurve && (
        <g className="heat-curve" style={{ color: 'var(--lane-a)' }}>
          <Hatch id={hatch} />
          {grid.lost.map((share, i) =>
            share > 0 ? (
              <rect
                key={i}
                className="heat-lost"
                x={px(left + i * w)}
                y={px(bottom - share * place.height)}
                width={px(w)}
                height={px(share * place.height)}
                fill={`url(#${hatch})`}
              />
            ) : null,
          )}
          <Band
            seeds={props.seeds ?? []}
            kind={kind}
            at={(i, units) => [left + (i + 0.5) * w, y(units)]}
          />
          <Line
            values={sums.columns.map((one) => one?.mean ?? null)}
            at={(i, units) => [left + (i + 0.5) * w, y(units)]}
          />
        </g>
      )}
      {(w >= 30 && h >= text + 4) || isCurve
        ? signs.map((sign, i) => {
            if (sign === null || textWidth(sign, text) + 4 > w) return null;
            const [row, column] = [Math.floor(i / columns), i % columns];
            const value = grid.values[i]!;
            const isBare = (grid.lost[i] ?? 0) >= 1 || grid.empty[i];
            const ink = isCurve || isBare ? 'halo' : isLight(colourOf(value)) ? 'dark' : 'light';
            return (
              <text
                key={i}
                className={`tick heat-sign ${ink}`}
                x={px(left + (column + 0.5) * w)}
                y={isCurve ? top + text : px(top + (row + 0.5) * h)}
                dy="0.35em"
              >
                {sign}
              </text>
            );
          })
        : null}
      {[pinned, here].map(
        (cell, i) =>
          cell && (
            <g key={i} className={i ? 'map-cursor' : 'map-cursor looked'}>
              {['halo', 'cell'].map((className) => (
                <rect
                  key={className}
                  className={className}
                  x={px(left + cell.column * w)}
                  y={px(top + cell.row * h)}
                  width={px(w)}
                  height={px(h)}
                />
              ))}
            </g>
          ),
      )}
    </MapShell>
  );
}

type Place = (i: number, units: number) => [number, number];
const joined = (points: readonly [number, number][]): string =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${px(x)},${px(y)}`).join('');

/** The mean of rows or columns over the axis of colours, with the range around it. */
function Marginal({
  summaries,
  domain: [low, high],
  place,
}: {
  summaries: readonly Summary[];
  domain: Axis['domain'];
  place: Place;
}) {
  const share = (units: number) => Math.min(1, Math.max(0, (units - low) / (high - low)));
  const there = summaries.flatMap((one, i) => (one ? [{ ...one, i }] : []));
  if (!there.length) return null;
  const ends = [
    ...there.map(({ i, low }) => place(i, share(low))),
    ...there.toReversed().map(({ i, high }) => place(i, share(high))),
  ];
  return (
    <g className="heat-marginal">
      <path className="band" d={`${joined(ends)}Z`} />
      <path className="own" d={joined(there.map(({ i, mean }) => place(i, share(mean))))} />
    </g>
  );
}

function Line({ values, at }: { values: readonly (number | null)[]; at: Place }) {
  const there = values.flatMap((value, i) => (value === null ? [] : [at(i, value)]));
  return (
    <>
      <path className="curve" d={joined(there)} fill="none" />
      {there.map(([x, y]) => (
        <circle key={x} className="heat-dot" cx={px(x)} cy={px(y)} r="3.5" />
      ))}
    </>
  );
}

/** From the least to the largest of each column’s numbers, each of them a dot. */
function Band({
  seeds,
  kind,
  at,
}: {
  seeds: readonly (readonly number[])[];
  kind: Axis['kind'];
  at: Place;
}) {
  const units = seeds.map((own) =>
    own.flatMap((value) =>
      Number.isFinite(value) && (kind === 'linear' || value > 0)
        ? [kind === 'log' ? Math.log10(value) : value]
        : [],
    ),
  );
  const there = units.flatMap((own, i) => (own.length ? [{ own, i }] : []));
  const ends = [
    ...there.map(({ own, i }) => at(i, Math.min(...own))),
    ...there.toReversed().map(({ own, i }) => at(i, Math.max(...own))),
  ];
  return (
    <>
      {ends.length > 2 && <path className="heat-band" d={`${joined(ends)}Z`} />}
      {there.flatMap(({ own, i }) =>
        own.length > 1
          ? own.map((value, seed) => {
              const [x, y] = at(i, value);
              return (
                <circle key={`${i} ${seed}`} className="heat-seed" cx={px(x)} cy={px(y)} r="2" />
              );
            })
          : [],
      )}
    </>
  );
}
