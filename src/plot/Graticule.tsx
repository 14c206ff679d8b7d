import { memo } from 'react';
import { depthTicks, EMBED, type DepthScale } from './depth';
import { useGround } from './ground';
import { textWidth } from './labels';
import { RaisedTspans } from './Raised';
import { axisTicks, stepTicks, type Tick } from './ticks';

/** Pixels between a tick’s text and the ground. */
const TICK = 8;

/** The horizontal half of a graticule: a line for every tick of the value axis, and its text. */
export const ValueLines = memo(function ValueLines({ low, high }: { low: number; high: number }) {
  const { kind, across, rows } = useGround();
  const { left, right } = across;
  const { top, bottom, text: size } = rows;
  const ticks = axisTicks({ kind, domain: [low, high] }, bottom - top);
  const room = left - TICK - 1;
  /** Text within a decade is smaller than the rest. */
  const sizeOf = (major: boolean) => size - (major ? 0 : 1);
  const shares = ticks.map(({ label = '', major }) => room / textWidth(label, sizeOf(major)));
  const isCrowded = shares.filter((share) => share >= 1 && share < Infinity).length < 2;
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
      {ticks.map(({ at, label, major }, i) =>
        // Of what is too wide, only as much is written as the axis cannot be read without, and smaller.
        label && (major || isCrowded || shares[i]! >= 1) ? (
          <text
            key={at}
            className={major ? 'tick' : 'tick minor'}
            x={left - TICK}
            y={y(at).toFixed(1)}
            dy="0.35em"
            {...(shares[i]! < 1 && { style: { fontSize: sizeOf(major) * shares[i]! } })}
          >
            <RaisedTspans text={label} />
          </text>
        ) : null,
      )}
    </g>
  );
});

interface DepthLinesProps {
  depth: DepthScale;
  /** In pixels; else the lines run through all of the drawing. */
  top?: number;
  bottom?: number;
}

/** Columns narrower than this get a line only where a layer is numbered. */
const ROOM_FOR_LINE = 9;

/** The vertical half: one line per layer, or per fraction of the depth that is named. */
export const DepthLines = memo(function DepthLines({ depth, top, bottom }: DepthLinesProps) {
  const lines =
    depth.column >= ROOM_FOR_LINE && !depth.isFraction
      ? Array.from({ length: depth.n_layers }, (_, layer) => depth.x(layer))
      : depthTicks(depth).map(({ x }) => x);
  return (
    <g className="depth-lines">
      {[depth.x(EMBED), ...lines].map((at) => {
        const x = at.toFixed(1);
        return <line key={at} className="line" x1={x} x2={x} y1={top ?? 0} y2={bottom ?? '100%'} />;
      })}
    </g>
  );
});

/** Lines and numbers of an axis of whole numbers from 0 to `end`, of which one is a `name`. */
export const WholeLines = memo(function WholeLines({ name, end }: { name: string; end: number }) {
  const { across, rows } = useGround();
  const { left, right } = across;
  const found = stepTicks(end, right - left);
  const x = (at: number) => across.x(at).toFixed(1);
  const lines = found.map(({ at }) => `M${x(at)},${rows.groundTop}V${rows.groundBottom}`);
  // The last number stands under the end of the axis, and half of it beyond.
  const apart = 8 + textWidth(found.at(-1)!.label!, rows.text) / 2;
  return (
    <g className="step-lines">
      <path className="line" d={lines.join('')} />
      {found.map(({ at, label }) => (
        <text key={at} className="tick" x={x(at)} y={rows.tickY}>
          {label}
        </text>
      ))}
      <text className="tick soft start" x={right + apart} y={rows.tickY}>
        {name}
      </text>
    </g>
  );
});
