import type { Claim, Result } from '../../claims/claim';

/** Room of a thumbnail's curves, in its own units. */
export const SKETCH = { width: 240, height: 96 } as const;

type Picture = Result['picture'];
type Scale = Claim['picture']['scale'];

export interface Sketch {
  /** Of each lane, an SVG path each; a band that is empty has none. */
  lanes: { line: string; band: string | null }[];
  /** Values at the lower and the upper edge, and the first and last place. */
  low: number;
  high: number;
  from: number;
  to: number;
}

type Place = [x: number, y: number];

const path = (places: Place[]) =>
  places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');

/** Runs of values without a gap between them. */
function runsOf<T>(values: (T | null)[]): T[][] {
  const runs: T[][] = [[]];
  for (const value of values) {
    if (value) runs.at(-1)!.push(value);
    else runs.push([]);
  }
  return runs.filter((run) => run.length);
}

/** Curves of a claim's lanes with the band of their seeds; null where no number is finite. */
export function sketchOf({ x, lanes }: Picture, scale: Scale): Sketch | null {
  const units = (value: number | null | undefined): number | null => {
    if (value == null || (scale === 'log' && value <= 0)) return null;
    return scale === 'log' ? Math.log10(value) : value;
  };
  const all = lanes
    .flatMap(({ mean, low, high }) => [...mean, ...low, ...high])
    .map(units)
    .filter((value) => value !== null);
  if (!all.length) return null;
  let [least, most] = [Math.min(...all), Math.max(...all)];
  // Equal numbers lie in the middle.
  if (most - least < 1e-9 * Math.max(1, Math.abs(most))) [least, most] = [least - 0.5, most + 0.5];
  const [from, to] = [x[0]!, x.at(-1)!];
  const across = (i: number) => ((x[i]! - from) / (to - from || 1)) * SKETCH.width;
  const place = (value: number | null | undefined, i: number): Place | null => {
    const y = units(value);
    return y === null ? null : [across(i), (1 - (y - least) / (most - least)) * SKETCH.height];
  };
  /** A value that stands alone: a level from edge to edge where there is one place, else a tick. */
  const level = ([at, y]: Place): Place[] =>
    from === to
      ? [
          [0, y],
          [SKETCH.width, y],
        ]
      : [
          [at - 2, y],
          [at + 2, y],
        ];
  const value = (units: number) => (scale === 'log' ? 10 ** units : units);
  return {
    lanes: lanes.map(({ mean, low, high }) => {
      const edges = mean.map((_, i) => {
        const [under, over] = [place(low[i], i), place(high[i], i)];
        return under && over ? ([under, over] satisfies [Place, Place]) : null;
      });
      return {
        line: runsOf(mean.map(place))
          .map((run) => `M${path(run.length > 1 ? run : level(run[0]!))}`)
          .join(''),
        band:
          runsOf(edges)
            .map(
              (run) =>
                `M${path(run.map(([under]) => under))}L${path(run.map(([, over]) => over).reverse())}Z`,
            )
            .join('') || null,
      };
    }),
    ...{ low: value(least), high: value(most), from, to },
  };
}
