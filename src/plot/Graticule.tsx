import { memo } from 'react';
import type { Axis } from './axis';
import { EMBED, depthScale, labelledLayers } from './depth';
import { textWidth } from './labels';
import { RaisedTspans } from './Raised';
import { axisTicks, stepTicks, type Tick } from './ticks';

interface ValueLinesProps {
  kind: Axis['kind'];
  low: number;
  high: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Size of the text: what is wider than its room is set narrower. */
  size: number;
}

/** Pixels between a tick’s text and the ground. */
const TICK = 8;

/** The horizontal half of a graticule: a line for every tick of the value axis, and its text. */
export const ValueLines = memo(function ValueLines(props: ValueLinesProps) {
  const { kind, low, high, left, right, top, bottom, size } = props;
  const ticks = axisTicks({ kind, domain: [low, high] }, bottom - top);
  const room = left - TICK - 1;
  /** Smaller than the rest are those within a decade. */
  const isWide = (label: string, major: boolean) => textWidth(label, size - (major ? 0 : 1)) > room;
  const y = (at: number) => bottom - ((at - low) / (high - low)) * (bottom - top);
  const lines = (wanted: (tick: Tick) => boolean) =>
    ticks
      .filter(wanted)
      .map((tick) => `M${left},${y(tick.at).toFixed(1)}H${right}`)
      .join('');
  return (
    <g className={`value-lines ${kind}`}>
      <path className="line minor" d={lines((tick) => !tick.major)} />
      <path className="line" d={lines((tick) => tick.major)} />
      {kind === 'linear' && <path className="line zero" d={lines((tick) => tick.at === 0)} />}
      {ticks.map(({ at, label, major }) =>
        label ? (
          <text
            key={at}
            className={major ? 'tick' : 'tick minor'}
            x={left - TICK}
            y={y(at).toFixed(1)}
            dy="0.35em"
            {...(isWide(label, major) && { textLength: room, lengthAdjust: 'spacingAndGlyphs' })}
          >
            <RaisedTspans text={label} />
          </text>
        ) : null,
      )}
    </g>
  );
});

interface DepthLinesProps {
  n_layers: number;
  width: number;
  /** A number in pixels, or a share of the parent's height. */
  top: number | string;
  bottom: number | string;
}

/** Columns narrower than this get a line only where a layer is numbered. */
const ROOM_FOR_LINE = 9;

/** The vertical half: one line per layer. */
export const DepthLines = memo(function DepthLines({
  n_layers,
  width,
  top,
  bottom,
}: DepthLinesProps) {
  const depth = depthScale(n_layers, width);
  const layers =
    depth.column >= ROOM_FOR_LINE
      ? Array.from({ length: n_layers }, (_, layer) => layer)
      : labelledLayers(depth);
  return (
    <g className="depth-lines">
      {[EMBED, ...layers].map((position) => (
        <line
          key={position}
          className="line"
          x1={depth.x(position).toFixed(1)}
          x2={depth.x(position).toFixed(1)}
          y1={top}
          y2={bottom}
        />
      ))}
    </g>
  );
});

interface WholeLinesProps {
  /** The last one of the axis, which begins at 0. */
  last: number;
  /** What is counted. */
  name: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  tickY: number;
  /** Pixels from the right end to the axis's name. */
  apart?: number;
}

/** Lines and numbers of an axis of whole numbers: steps, positions. */
export const WholeLines = memo(function WholeLines(props: WholeLinesProps) {
  const { last, name, left, right, top, bottom, tickY, apart = 16 } = props;
  const x = (at: number) => (left + (at / Math.max(1, last)) * (right - left)).toFixed(1);
  const found = stepTicks(Math.max(1, last), right - left);
  return (
    <g className="step-lines">
      <path className="line" d={found.map(({ at }) => `M${x(at)},${top}V${bottom}`).join('')} />
      {found.map(({ at, label }) => (
        <text key={at} className="tick" x={x(at)} y={tickY}>
          {label}
        </text>
      ))}
      <text className="tick soft start" x={right + apart} y={tickY}>
        {name}
      </text>
    </g>
  );
});
