/**
 * The horizontal layout that everything drawn against depth shares, so that layer 7 stands in one
 * vertical line through every panel and through the drawing of the stack.
 *
 * Depth is cut into columns of equal width: one for the embedding (position −1), one per layer
 * (0 … n_layers − 1) and one for what follows the last layer, the final norm and the logits
 * (position n_layers). A position's x is the middle of its column.
 */
export const EMBED = -1;

/** Space left of the columns for the values' ticks, right of them for the traces' names. */
export interface Margins {
  left: number;
  right: number;
}

export interface DepthScale {
  n_layers: number;
  /** Width of the whole drawing, margins included. */
  width: number;
  /** The columns' outer edges. */
  left: number;
  right: number;
  /** Width of one column. */
  column: number;
  /** Middle of the column at a position from −1 to n_layers. */
  x(position: number): number;
  /** The layer whose column is at x, or null over the embedding, the logits and the margins. */
  layerAt(x: number): number | null;
  /** The layer whose column is nearest to x. */
  nearestLayer(x: number): number;
}

/** Names need about a hundred pixels; a telephone cannot spare as many. */
export const depthMargins = (width: number): Margins => ({
  left: width < 480 ? 44 : 48,
  right: Math.round(Math.min(156, Math.max(76, width * 0.14))),
});

export function depthScale(n_layers: number, width: number): DepthScale {
  const margins = depthMargins(width);
  const left = margins.left;
  const right = Math.max(left + 1, width - margins.right);
  const column = (right - left) / (n_layers + 2);
  const columnAt = (x: number) => Math.floor((x - left) / column) - 1;
  return {
    n_layers,
    width,
    left,
    right,
    column,
    x: (position) => left + (position + 1.5) * column,
    layerAt: (x) => {
      const layer = columnAt(x);
      return layer >= 0 && layer < n_layers ? layer : null;
    },
    nearestLayer: (x) => Math.min(Math.max(columnAt(x), 0), n_layers - 1),
  };
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
