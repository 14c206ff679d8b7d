import { memo, useMemo } from 'react';
import { breaksOf, type PlaceName } from './breaks';
import { GroundContext, useGround } from './ground';
import { markPath, markRadius } from './marks';
import { NotFinite } from './NotFinite';
import { traceShapes, type Trace } from './trace';

interface Props {
  traces: readonly Trace[];
  /** Those that are not finite somewhere: each has its own strip at the top. */
  broken: readonly Trace[];
  place: PlaceName;
  /** Changes glide to their new place. Live traces never do. */
  glides?: boolean;
}

/** Curves in a layer of their own, from which they move at every step without what stands around them. */
export function Traces({ traces, broken, place, glides = false }: Props) {
  const { clip, drawing, isZoomed } = useGround();
  return (
    <g key={drawing} className="traces" clipPath={clip}>
      {traces.map((trace) => (
        <TraceMark
          key={trace.id}
          {...{ trace, place }}
          strip={broken.indexOf(trace)}
          glides={glides && !isZoomed}
        />
      ))}
    </g>
  );
}

interface MarkProps {
  trace: Trace;
  place: PlaceName;
  /** Its row among the broken ones, −1 for none. */
  strip: number;
  glides: boolean;
}

/** One trace: its curve, marks, band, and where it is not finite. */
const TraceMark = memo(function TraceMark({ trace, place, strip, glides }: MarkProps) {
  const ground = useGround();
  const { y, rows } = ground;
  const across = ground.across.of?.(trace.n_layers) ?? ground.across;
  const shapes = useMemo(
    () => traceShapes(trace, across.x, y, markRadius(across.column)),
    [trace, across, y],
  );
  const breaks = useMemo(
    () => (strip < 0 ? [] : breaksOf(trace.points, place)),
    [trace.points, place, strip],
  );
  return (
    <g
      className={[
        'trace',
        trace.line,
        trace.isGhost && 'ghost',
        trace.isFaint && 'faint',
        glides && 'glides',
      ]
        .filter(Boolean)
        .join(' ')}
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
        <GroundContext key={gap.from} value={{ ...ground, across }}>
          <NotFinite {...{ gap, strip }} label={trace.label} />
        </GroundContext>
      ))}
    </g>
  );
});
