/** The shape of a trace's marks, so that traces differ without colour too. */
export const MARKS = ['circle', 'square', 'triangle', 'diamond'] as const;
export type Mark = (typeof MARKS)[number];

const round = (n: number) => Math.round(n * 100) / 100;

/** Each shape has about the area of a circle of radius r. */
const SHAPES: Record<Mark, (x: number, y: number, r: number) => string> = {
  circle: (x, y, r) => {
    const d = round(2 * r);
    return `M${round(x - r)},${round(y)}a${r},${r} 0 1,0 ${d},0a${r},${r} 0 1,0 ${-d},0Z`;
  },
  square: (x, y, r) => {
    const half = r * 0.89;
    const side = round(2 * half);
    return `M${round(x - half)},${round(y - half)}h${side}v${side}h${-side}Z`;
  },
  triangle: (x, y, r) => {
    const side = r * 1.3;
    return `M${round(x)},${round(y - r * 1.35)}l${round(side)},${round(r * 2.25)}h${round(-2 * side)}Z`;
  },
  diamond: (x, y, r) => {
    const half = round(r * 1.3);
    return `M${round(x)},${round(y - half)}l${half},${half}l${-half},${half}l${-half},${-half}Z`;
  },
};

export const markPath = (mark: Mark, x: number, y: number, r: number): string =>
  SHAPES[mark](x, y, r);

/** Marks shrink as columns do, and go when they would run together. */
export const markRadius = (column: number): number =>
  column < 5 ? 0 : round(Math.min(3.6, Math.max(1.8, column * 0.2)));
