import type { Comparison } from '../../config/comparison';
import { pairedTest, rejected } from '../../lib/pairedTest';
import { spread } from '../../lib/spread';
import type { Axis } from '../../plot/axis';
import { formatCount } from '../../plot/format';
import type { Point, Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import type { LaneId } from '../../runs/state';
import { against, atDepths } from './comparison';
import { laneLook } from './lanes';
import { layersOf, listed } from './sentences';
import type { Series } from './series';

/** The measurements of a lane under each of its seeds. */
export interface SeededLane {
  id: LaneId;
  name: string;
  measured: readonly Measurement[];
}

/** A curve of a lane under each seed. */
interface Seeded {
  id: LaneId;
  lane: string;
  /** Of the curve: the lane’s, with the suffix where it has several. */
  name: string;
  suffix: string | undefined;
  seeds: Point[][];
  /** Of the model. */
  n_layers: number | undefined;
  /** Curves of other depths are compared at equal fractions of it. */
  isByDepth: boolean;
}

/** The lane that others are held against, and how. */
export interface Held {
  baseline: LaneId;
  by: Comparison;
}

/**
 * The curves of lanes, each under every seed; of a curve that is the mean of strands, that mean. Where lanes are held
 * against a baseline it is seed by seed: a seed of a lane against the same seed of the baseline.
 */
export function seededCurves(
  lanes: readonly SeededLane[],
  read: (measured: Measurement) => Series[],
  held: Held | null = null,
  isByDepth = false,
): Seeded[] {
  const baseline = lanes.find(({ id }) => id === held?.baseline)?.measured ?? [];
  const base = baseline.map(read);
  return lanes.flatMap(({ id, name, measured }) => {
    const own = measured.map(read);
    const n_layers = measured[0]?.layout.n_layers;
    const depths =
      isByDepth && n_layers && baseline[0]
        ? { own: n_layers, base: baseline[0].layout.n_layers }
        : undefined;
    const seeds = held
      ? own.slice(0, base.length).map((series, i) => against(series, base[i]!, held.by, depths))
      : own;
    if (id === held?.baseline) return [];
    return (seeds[0] ?? []).map(({ suffix }, i) => ({
      ...{ id, suffix, lane: name, n_layers, isByDepth },
      name: suffix ? `${name} ${suffix}` : name,
      seeds: seeds.map((series) => series[i]!.points),
    }));
  });
}

/** The value of each seed at a depth; NaN where one has none. */
const valuesAt = (seeds: readonly Point[][], x: number): number[] =>
  seeds.map((points) => points.find((point) => point.x === x)?.y ?? NaN);

/** Mean and band of each curve over its seeds, at each depth where all seeds have a value. */
export const bandTraces = (curves: readonly Seeded[], kind: Axis['kind']): Trace[] =>
  curves.map(({ id, lane, name, suffix, seeds, n_layers }) => {
    const spreads = seeds[0]!
      .map(({ x }) => ({ x, ...spread(valuesAt(seeds, x), kind === 'log') }))
      .filter(({ mean }) => !Number.isNaN(mean));
    return {
      id: ['seeds', id, suffix].join(' '),
      label: `${name}, mean of ${seeds.length} seeds`,
      lane,
      ...laneLook(id),
      group: id,
      n_layers,
      line: 'dashed',
      ...{ isUnnamed: true, isBare: true },
      points: spreads.map(({ x, mean }) => ({ x, y: mean })),
      band: spreads.map(({ x, low, high }) => ({ x, low, high })),
    };
  });

/** Layers in runs: “layers 0 to 3, 5 and 9”. */
function layersText(layers: readonly number[], n_layers: number): string {
  if (layers.length === 0) return 'no layer';
  if (layers.length === n_layers) return n_layers > 1 ? 'every layer' : 'its layer';
  const runs: { first: number; last: number }[] = [];
  for (const layer of layers) {
    const open = runs.at(-1);
    if (open?.last === layer - 1) open.last = layer;
    else runs.push({ first: layer, last: layer });
  }
  if (runs.length > 3) return `${layers.length} of ${n_layers} layers`;
  const texts = runs.flatMap(({ first, last }) =>
    last - first > 1
      ? [`${first} to ${last}`]
      : first === last
        ? [`${first}`]
        : [`${first}`, `${last}`],
  );
  return `layer${layers.length > 1 ? 's' : ''} ${listed(texts)}`;
}

/**
 * Where the curves of other lanes differ from those of the first by more than chance: seed by seed in a paired t-test, at
 * a level of 5 % over all of these tests together.
 */
function differences(curves: readonly Seeded[]) {
  const compared = curves.flatMap((other) => {
    const first = curves.find(({ suffix }) => suffix === other.suffix)!;
    if (first.id === other.id) return [];
    const n = Math.min(first.seeds.length, other.seeds.length);
    /** The seeds of a curve at a layer of the first, or at the same fraction of the depth. */
    const reader = ({ seeds, n_layers: base, isByDepth }: Seeded) => {
      const depths =
        isByDepth && base && first.n_layers ? { own: first.n_layers, base } : undefined;
      const all = seeds.slice(0, n).map((points) => atDepths(points, 'difference', depths));
      return (x: number) => all.map((at) => at(x) ?? NaN);
    };
    const [one, two] = [reader(first), reader(other)];
    const layers = layersOf(first.seeds[0]!).flatMap(({ x }) => {
      const probability = pairedTest(one(x), two(x));
      return probability === null ? [] : [{ x, probability }];
    });
    return layers.length ? [{ name: other.name, layers }] : [];
  });
  const tests = compared.flatMap(({ layers }) => layers);
  const differs = rejected(tests.map(({ probability }) => probability));
  const found = new Set(tests.filter((_, i) => differs[i]));
  return compared.map(({ name, layers }) => ({
    name,
    at: layersText(
      layers.filter((test) => found.has(test)).map(({ x }) => x),
      layers.length,
    ),
  }));
}

/**
 * “Over 8 seeds at step 206 they differ beyond chance at layers 2 to 11.” While seeds are still to come nothing is tested:
 * who looks at every new one and stops at the first difference finds more than there are.
 */
export function seedSentence(
  curves: readonly Seeded[],
  { asked, step, isRunning }: { asked: number; step: number; isRunning: boolean },
): string {
  if (!curves.length) return '';
  const count = Math.min(...curves.map(({ seeds }) => seeds.length));
  const counted =
    count < asked ? `${count} of ${asked} seeds` : `${count} seed${count > 1 ? 's' : ''}`;
  const told = isRunning ? [] : differences(curves);
  if (!told.length) return `Band: ${counted} at step ${formatCount(step)}.`;
  const over = `Over ${counted} at step ${formatCount(step)}`;
  if (told.length === 1) return `${over} they differ beyond chance at ${told[0]!.at}.`;
  const { lane } = curves[0]!;
  const places = [...new Set(told.map(({ at }) => at))];
  if (places.length === 1) return `${over} all differ from ${lane} beyond chance at ${places[0]}.`;
  const clauses = places.map((place) => {
    const names = told.filter(({ at }) => at === place).map(({ name }) => name);
    return `${listed(names)} at ${place}`;
  });
  return `${over}, beyond chance from ${lane}: ${clauses.join('; ')}.`;
}
