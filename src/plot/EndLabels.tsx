import { ellipsized, spreadLabels, wrapped } from './labels';
import { Lines } from './Lines';
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

/** Pixels from where labels begin to the middle of a mark, to the name after it, and to one without. */
const MARK = 11;
const MARKED = 19;
const PLAIN = 10;
/** Between two labels. */
const GAP = 3;

/** Names at the right ends of traces, in their colours, none over another. */
export function EndLabels({ labels, x, width, top, bottom, size }: Props) {
  const clamp = (y: number) => Math.min(Math.max(y, top), bottom);
  const wanted = labels.map(({ end }) => (end ? clamp(end.y) : top));
  const roomFor = ({ mark }: EndLabel) => width - (mark ? MARKED : PLAIN);
  const pitch = size + 1;
  const sizesOf = (texts: string[][]) => texts.map((lines) => lines.length * pitch + GAP);
  const inTwo = labels.map((label) => wrapped(label.text, roomFor(label), size));
  const needed = sizesOf(inTwo).reduce((sum, height) => sum + height, 0);
  // Where there is no room for second lines, names are cut.
  const texts =
    needed <= bottom - top + pitch
      ? inTwo
      : labels.map((label) => [ellipsized(label.text, roomFor(label), size)]);
  const heights = spreadLabels(wanted, sizesOf(texts), [top, bottom]);
  return labels.map((label, i) => {
    const y = heights[i]!;
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
            d={markPath(label.mark, x + MARK, y, 3.6)}
          />
        )}
        <Lines
          lines={texts[i]!}
          x={x + (label.mark ? MARKED : PLAIN)}
          {...{ y, pitch }}
          title={label.title ?? label.text}
        />
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
