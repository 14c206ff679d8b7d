import { useId } from 'react';
import type { BreakShapes } from './breaks';

interface Props extends BreakShapes {
  text: string;
  title: string;
}

/** Hatching where a trace is not finite, never a colour of its own: the curve's, and what stands there. */
export function NotFinite({ column, strip, label, text, title }: Props) {
  const hatch = useId();
  const fill = `url(#${hatch})`;
  return (
    <g className="not-finite">
      <pattern
        id={hatch}
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <line x1="0.75" x2="0.75" y2="5" stroke="currentColor" strokeWidth="1.5" />
      </pattern>
      {column && <rect className="first" {...column} fill={fill} />}
      <rect {...strip} fill={fill} />
      <text className={label.anchor} x={label.x} y={label.y}>
        {text}
        <title>{title}</title>
      </text>
    </g>
  );
}
