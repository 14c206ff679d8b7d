import { memo, useId, useMemo } from 'react';
import { valueScale, type Axis } from './axis';
import { depthScale } from './depth';
import type { Rows } from './layout';
import { markPath, markRadius } from './marks';
import { breaksOf, traceShapes, type Break, type Trace } from './trace';

interface Props {
  trace: Trace;
  kind: Axis['kind'];
  low: number;
  high: number;
  rows: Rows;
  n_layers: number;
  width: number;
  /** How many traces above this one are broken too: each has its own strip at the top. */
  strip: number;
  /** Whether a change glides to its new place. Live traces never do. */
  glides: boolean;
}

const STRIP = 8;

/** One trace: its curve, marks, band, and where it is not finite. */
export const TraceLayer = memo(function TraceLayer(props: Props) {
  const { trace, kind, low, high, rows, n_layers, width, strip, glides } = props;
  const shapes = useMemo(() => {
    const depth = depthScale(n_layers, width);
    const y = valueScale({ kind, domain: [low, high] }, rows);
    return traceShapes(trace, depth.x, y, markRadius(depth.column));
  }, [trace, kind, low, high, rows, n_layers, width]);
  const breaks = useMemo(() => breaksOf(trace.points), [trace.points]);
  const depth = depthScale(n_layers, width);

  return (
    <g className={glides ? 'trace glides' : 'trace'} style={{ color: trace.colour }}>
      {shapes.band && <path className="band" d={shapes.band} />}
      {shapes.strands && <path className="strands" d={shapes.strands} />}
      <path className="curve" d={shapes.line} />
      <path className="marks" d={shapes.marks} />
      {shapes.zeros.map((x) => (
        <g key={x} className="zero">
          <path d={markPath(trace.mark, x, rows.groundBottom - 4, 3)} />
          <title>0 has no place on a logarithmic axis</title>
        </g>
      ))}
      {breaks.map((gap) => (
        <NotFinite key={gap.from} {...{ gap, depth, rows, strip }} label={trace.label} />
      ))}
    </g>
  );
});

interface NotFiniteProps {
  gap: Break;
  label: string;
  depth: ReturnType<typeof depthScale>;
  rows: Rows;
  strip: number;
}

/** A hatched column at the first site that is not finite, and a hatched strip over all that are. */
function NotFinite({ gap, label, depth, rows, strip }: NotFiniteProps) {
  const hatch = useId();
  const half = depth.column / 2;
  const from = depth.x(gap.from) - half;
  const to = depth.x(gap.to) + half;
  const ceiling = rows.groundTop + strip * (STRIP + 14);
  const atRight = from > depth.left + (depth.right - depth.left) * 0.6;
  return (
    <g className="not-finite">
      <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0.75" x2="0.75" y2="5" stroke="currentColor" strokeWidth="1.5" />
      </pattern>
      <rect
        className="first"
        x={from}
        width={Math.min(depth.column, 28)}
        y={ceiling}
        height={rows.groundBottom - ceiling}
        fill={`url(#${hatch})`}
      />
      <rect x={from} width={to - from} y={ceiling} height={STRIP} fill={`url(#${hatch})`} />
      <text className={atRight ? 'end' : undefined} x={atRight ? to : from + 2} y={ceiling + STRIP + 12}>
        {gap.text}
        <title>{`${label}: ${gap.text}`}</title>
      </text>
    </g>
  );
}
