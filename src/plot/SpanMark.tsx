import type { DepthScale } from './depth';
import { useGround } from './ground';
import type { Span } from './span';

/** The band behind several layers that are marked together. */
export function SpanMark({ span }: { span: Span | null }) {
  const { across, rows } = useGround();
  if (!span || span.from === span.to) return null;
  const { groundTop: y, groundBottom } = rows;
  return (
    <g className="readout selected">
      <rect className="span" {...spanExtent(across, span)} y={y} height={groundBottom - y} />
    </g>
  );
}

/** From the first layer's left edge to the last one's right. */
export const spanExtent = ({ x, column }: Pick<DepthScale, 'x' | 'column'>, span: Span) => ({
  x: x(span.from) - column / 2,
  width: (span.to - span.from + 1) * column,
});
