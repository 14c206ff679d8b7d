import { ellipsized, spreadLabels } from './labels';
import { markPath, type Mark } from './marks';

export interface EndLabel {
  id: string;
  text: string;
  /** The whole text, where the label is short for something. */
  title?: string;
  colour: string;
  /** A trace has one; a mere level has not. */
  mark?: Mark;
  /** Of a trace that is not drawn solid. */
  isHollow?: boolean;
  /** Where the trace ends; null when nothing of it is drawn. */
  end: { x: number; y: number } | null;
}

interface Props {
  labels: EndLabel[];
  /** x where the labels begin, and the width they have. */
  x: number;
  width: number;
  top: number;
  bottom: number;
  size: number;
}

/** Names at the right ends of traces, in their colours, none over another. */
export function EndLabels({ labels, x, width, top, bottom, size }: Props) {
  const clamp = (y: number) => Math.min(Math.max(y, top), bottom);
  const wanted = labels.map(({ end }) => (end ? clamp(end.y) : top));
  const heights = spreadLabels(wanted, size + 4, [top, bottom]);
  return labels.map((label, i) => {
    const y = heights[i]!;
    const indent = label.mark ? 22 : 10;
    return (
      <g
        key={label.id}
        className={label.mark ? 'end-label' : 'end-label plain'}
        style={{ color: label.colour }}
      >
        {label.end && <path className="leader" d={leader(label.end.x + 6, wanted[i]!, x, y)} />}
        {label.mark && (
          <path
            className={label.isHollow ? 'mark hollow' : 'mark'}
            d={markPath(label.mark, x + 12, y, 3.6)}
          />
        )}
        <text x={x + indent} y={y} dy="0.35em">
          {ellipsized(label.text, width - indent, size)}
          <title>{label.title ?? label.text}</title>
        </text>
      </g>
    );
  });
}

/** Straight on, then a bend to where the label had to go. */
const leader = (fromX: number, fromY: number, toX: number, toY: number): string =>
  [
    `M${fromX.toFixed(1)},${fromY.toFixed(1)}`,
    `H${Math.max(fromX, toX - 10).toFixed(1)}`,
    `L${(toX + 4).toFixed(1)},${toY.toFixed(1)}`,
  ].join('');
