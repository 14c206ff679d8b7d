import type { Across } from './ground';
import { textWidth } from './labels';
import { TEXT } from './layout';
import type { Span } from './span';

/**
 * The horizontal layout that everything drawn against depth shares, so that layer 7 stands in one
 * vertical line through every panel and through the drawing of the stack.
 *
 * Depth is cut into columns of equal width: one for the embedding (position −1), one per layer
 * (0 … n_layers − 1) and one for what follows the last layer, the final norm and the logits
 * (position n_layers). A position's x is the middle of its column.
 *
 * Models of different depth share the columns of the deepest one. By number, layer 7 of one stands over layer 7 of the
 * other, and the shallower ends earlier. By fraction, the layers of each fill all of the width between the same two
 * ends: layer l of L stands at (l + ½) / L of the depth.
 */
export const EMBED = -1;

/** Space left of the columns for the values' ticks, right of them for the traces' names. */
export interface Margins {
  left: number;
  right: number;
}

export interface DepthScale extends Across {
  n_layers: number;
  /** Models of other depths stand on it by fraction. */
  isFraction: boolean;
  /** The scale of a model of so many layers: this one where they stand by number. */
  of(n_layers?: number): DepthScale;
  /** Middle of the column at a position from −1 to n_layers. */
  x(position: number): number;
  /** The layer whose column is at x, or null over the embedding, the logits and the margins. */
  layerAt(x: number): number | null;
  /** The layer whose column is nearest to x. */
  nearestLayer(x: number): number;
}

/** Pixels beside a name: the trace's mark before it, and some air after it. */
const BESIDE_NAME = 26;
/** Bold letters are wider than the others. */
const BOLD = 1.06;
/** Shares of the width: always left to names, wide enough for one line, and the most that names may take. */
const LEAST = 0.14;
const ONE_LINE = 0.25;
const MOST = 0.28;
const within = (low: number, high: number, value: number) => Math.max(low, Math.min(high, value));

/**
 * Margins in which every name has its room: in one line where that leaves the plot wide enough, else in two.
 * Drawings above one another share them, and so must be given the same names.
 */
export function depthMargins(width: number, text = TEXT, names: readonly string[] = []): Margins {
  const sizeOf = (name: string) => textWidth(name, text) * BOLD;
  const roomFor = (size: (name: string) => number) =>
    Math.ceil(Math.max(0, ...names.map(size)) + BESIDE_NAME);
  const one = roomFor(sizeOf);
  const wanted =
    one <= Math.max(110, width * ONE_LINE) ? one : roomFor((name) => narrowest(name, sizeOf));
  // Room for ordinary names is always there, so that a change of them moves no layer.
  const least = within(76, 156, width * LEAST);
  return { left: 4 * text, right: Math.floor(within(least, Math.max(76, width * MOST), wanted)) };
}

/** The width of the longer line where a name is broken into two as evenly as its words allow. */
function narrowest(name: string, sizeOf: (text: string) => number): number {
  const words = name.split(' ');
  const cuts = words.map((_, i) =>
    Math.max(sizeOf(words.slice(0, i).join(' ')), sizeOf(words.slice(i).join(' '))),
  );
  return Math.min(...cuts);
}

/** @param n_layers of the deepest model */
export function depthScale(
  n_layers: number,
  width: number,
  margins: Margins = depthMargins(width),
  isFraction = false,
): DepthScale {
  const left = margins.left;
  const right = Math.max(left + 1, width - margins.right);
  const end = (right - left) / (n_layers + 2);
  const known = new Map<number, DepthScale>();
  const scaleOf = (own: number): DepthScale => {
    const column = (right - left - 2 * end) / own;
    const columnAt = (x: number) => Math.floor((x - left - end) / column);
    const scale: DepthScale = {
      ...{ n_layers: own, isFraction, width, left, right, column },
      of(wanted = own) {
        if (!isFraction || wanted === own) return scale;
        if (!known.has(wanted)) known.set(wanted, scaleOf(wanted));
        return known.get(wanted)!;
      },
      x(position) {
        if (position < 0) return left + end / 2;
        return position < own ? left + end + (position + 0.5) * column : right - end / 2;
      },
      layerAt(x) {
        const layer = columnAt(x);
        return layer >= 0 && layer < own ? layer : null;
      },
      nearestLayer: (x) => Math.min(Math.max(columnAt(x), 0), own - 1),
    };
    return scale;
  };
  return scaleOf(n_layers);
}

/** Where the columns of a span lie. */
export const columnsOf = ({ x, column }: Pick<Across, 'x' | 'column'>, { from, to }: Span) => ({
  x: x(from) - column / 2,
  width: (to - from + 1) * column,
});

/** A place of the axis that has a line and, where there is room, a name under it. */
export interface DepthTick {
  x: number;
  label: string;
}

/** “46 %”: the middle of a layer as a fraction of the depth. */
export const percentAt = (layer: number, n_layers: number): string =>
  `${Math.round((100 * (layer + 0.5)) / n_layers)} %`;

/** Pixels between two names of fractions. */
const FRACTION = 34;

/** The names under the axis: layers, or fractions of the depth between its ends. */
export function depthTicks(depth: DepthScale, minGap?: number): DepthTick[] {
  const { n_layers, column, isFraction, x } = depth;
  if (!isFraction) {
    return labelledLayers(depth, minGap).map((layer) => ({ x: x(layer), label: `${layer}` }));
  }
  const parts = (n_layers * column) / 4 < FRACTION ? 2 : 4;
  // Half a column from 0 % stands the name of the embedding.
  const hasRoom = column / 2 >= FRACTION;
  return Array.from({ length: parts + 1 }, (_, i) => ({
    x: x(0) + (i / parts) * n_layers * column - column / 2,
    label: i === 0 && !hasRoom ? '' : `${(100 * i) / parts}`,
  }));
}

/** Between two labelled layers, in layers: powers of two, as depths are. */
const STRIDES = [1, 2, 4, 8, 16, 32];

/** The layers that get a number under the axis: evenly spaced, and always the last one. */
export function labelledLayers({ n_layers, column }: DepthScale, minGap = 26): number[] {
  const stride = STRIDES.find((s) => s * column >= minGap) ?? 64;
  const last = n_layers - 1;
  const even = Array.from({ length: Math.ceil(n_layers / stride) }, (_, i) => i * stride);
  if (even.at(-1) === last) return even;
  const clear = even.filter((layer) => layer === 0 || (last - layer) * column >= minGap);
  return [...clear, last];
}
