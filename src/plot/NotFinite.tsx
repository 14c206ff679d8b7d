import { useId } from 'react';
import { STRIP, stripTop, type Break } from './breaks';
import { Hatch } from './Hatch';
import { useGround } from './ground';
import { textWidth } from './labels';

interface Props {
  gap: Break;
  /** The trace, and its row among those that are not finite somewhere. */
  label: string;
  strip: number;
  /** Width of a place. */
  column?: number;
}

/** The widest column that is hatched. */
const WIDEST = 24;

/**
 * Hatching where a trace is not finite, never a colour of its own: a strip over all of it, its first column, and
 * beside that what stands there, on the side that has room.
 */
export function NotFinite({ gap, label, strip, column }: Props) {
  const { across, rows } = useGround();
  const id = useId();
  const fill = `url(#${id})`;
  const half = Math.min(WIDEST, column ?? across.column) / 2;
  const [first, end] = [across.x(gap.from), across.x(gap.to)];
  const y = stripTop(rows, strip);
  const x = first - half;
  const start = gap.whole ? first : first + half + 4;
  const width = textWidth(gap.text, rows.text) + 4;
  const fits = start + width <= across.right;
  const before = Math.min(across.right - 2, Math.max(x - 4, across.left + width));
  return (
    <g className="not-finite">
      <Hatch id={id} />
      {!gap.whole && (
        <rect
          className="first"
          {...{ x, y, width: 2 * half, height: rows.groundBottom - y, fill }}
        />
      )}
      <rect {...{ x, y, width: end - first + 2 * half, height: STRIP, fill }} />
      <text className={fits ? 'start' : 'end'} x={fits ? start : before} y={y + STRIP + rows.text}>
        {gap.text}
        <title>{`${label}: ${gap.text}`}</title>
      </text>
    </g>
  );
}
