import { STRIP, stripTop } from './breaks';
import { useGround } from './ground';
import { ellipsized, spreadLabels, wrapped } from './labels';
import { Lines } from './Lines';
import { markPath, type Mark } from './marks';
import type { Point, Trace } from './trace';

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
  /** The end of the trace; null when nothing of it is drawn. */
  end: Point | null;
  n_layers?: number | undefined;
  /** The strip in which a trace that is not finite goes on. */
  strip?: number;
}

/** Names of traces, at their last finite values, or in the strips of those that are broken at the end. */
export const namesOf = (traces: readonly Trace[], broken: readonly Trace[]): EndLabel[] =>
  traces
    .filter(({ isUnnamed }) => !isUnnamed)
    .map((trace) => {
      const { id, label, colour, mark, points, line, n_layers } = trace;
      const last = points.at(-1);
      const isOff = last && !Number.isFinite(last.y) && broken.includes(trace);
      return {
        ...{ id, text: label, colour, mark, n_layers, isHollow: line !== undefined },
        end: isOff ? last : (points.findLast(({ y }) => Number.isFinite(y)) ?? null),
        ...(isOff && { strip: broken.indexOf(trace) }),
      };
    });

/** Pixels from where labels begin to the middle of a mark, to the name after it, and to one without. */
const MARK = 11;
const MARKED = 19;
const PLAIN = 10;
/** Between two labels. */
const GAP = 3;

/** Names at the right ends of traces, in their colours, none over another. */
export function EndLabels({ labels }: { labels: EndLabel[] }) {
  const { across, rows, y: heightOf } = useGround();
  const { text: size, top, bottom } = rows;
  const x = across.right;
  const wanted = labels.map(({ end, strip }) => {
    if (strip !== undefined) return stripTop(rows, strip) + STRIP / 2;
    if (!end) return top;
    return Math.min(Math.max(heightOf(end.y) ?? bottom, top), bottom);
  });
  const roomFor = ({ mark }: EndLabel) => across.width - x - (mark ? MARKED : PLAIN);
  const pitch = size + 1;
  const sizesOf = (texts: string[][]) => texts.map((lines) => lines.length * pitch + GAP);
  const inTwo = labels.map((label) => wrapped(label.text, roomFor(label), size));
  const needed = sizesOf(inTwo).reduce((sum, height) => sum + height, 0);
  // Names are cut only if there is no room for second lines.
  const texts =
    needed <= rows.groundBottom - rows.groundTop
      ? inTwo
      : labels.map((label) => [ellipsized(label.text, roomFor(label), size)]);
  const sizes = sizesOf(texts);
  // Labels keep off the row under the ground, in which the axis is named.
  const half = Math.max(0, ...sizes) / 2;
  const heights = spreadLabels(wanted, sizes, [
    rows.groundTop + half,
    Math.max(rows.groundTop + half, rows.groundBottom - half),
  ]);
  return labels.map((label, i) => {
    const y = heights[i]!;
    return (
      <g
        key={label.id}
        className={label.mark ? 'end-label' : 'end-label plain'}
        style={{ color: label.colour }}
      >
        {label.end && (
          <path
            className="leader"
            d={leader((across.of?.(label.n_layers) ?? across).x(label.end.x) + 6, wanted[i]!, x, y)}
          />
        )}
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
