import { memo, useMemo } from 'react';
import { valueScale, type Axis } from './axis';
import { breakShapes, breaksOf } from './breaks';
import { depthScale } from './depth';
import type { Rows } from './layout';
import { markPath, markRadius } from './marks';
import { NotFinite } from './NotFinite';
import { traceShapes, type Trace } from './trace';

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
    <g
      className={['trace', trace.line, glides && 'glides'].filter(Boolean).join(' ')}
      style={{ color: trace.colour }}
    >
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
        <NotFinite
          key={gap.from}
          {...breakShapes(gap, depth, rows, strip)}
          text={gap.text}
          title={`${trace.label}: ${gap.text}`}
        />
      ))}
    </g>
  );
});
