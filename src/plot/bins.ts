/** A row of values between edges, drawn as steps. */

/** The middle of each bin. */
export const middlesOf = (edges: readonly number[]): number[] =>
  edges.slice(1).map((edge, i) => (edges[i]! + edge) / 2);

/** The bin that holds a place, the nearest one past an end. */
export function binAt(edges: readonly number[], place: number): number {
  let [low, high] = [0, Math.max(0, edges.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

const tenth = (n: number) => Math.round(n * 10) / 10;

/**
 * The outline of bins, from the ground up and down to it again, and the same closed, as an area. A bin without a
 * height is a gap.
 */
export function stepPaths(
  edges: readonly number[],
  values: readonly number[],
  x: (edge: number) => number,
  y: (value: number) => number | null,
  ground: number,
): { line: string; area: string } {
  let [line, area] = ['', ''];
  let isOpen = false;
  const close = (at: number) => {
    area += `L${tenth(at)},${tenth(ground)}Z`;
    isOpen = false;
  };
  values.forEach((value, i) => {
    const [from, to] = [x(edges[i]!), x(edges[i + 1]!)];
    const height = y(value);
    if (height === null) {
      if (isOpen) close(from);
      return;
    }
    const top = `${tenth(from)},${tenth(height)}H${tenth(to)}`;
    line += `${isOpen ? 'L' : 'M'}${top}`;
    area += isOpen ? `L${top}` : `M${tenth(from)},${tenth(ground)}L${top}`;
    isOpen = true;
  });
  if (isOpen) close(x(edges.at(-1)!));
  return { line, area };
}
