import { pairedTest, rejected } from '../../lib/pairedTest';
import { quantile } from '../../lib/quartiles';
import type { Axis } from '../../plot/axis';
import type { Point, Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import type { LaneId } from '../../runs/state';
import { laneLook } from './lanes';
import { layersOf } from './sentences';
import type { Series } from './series';

/** What a lane was measured to be under each of its seeds. */
export interface SeededLane {
  id: LaneId;
  name: string;
  measured: readonly Measurement[];
}

/** A curve of a lane under each seed. */
interface Seeded {
  id: LaneId;
  name: string;
  suffix: string | undefined;
  seeds: Point[][];
}

/** The curves of lanes, each under every seed; of a curve that is the mean of strands, that mean. */
export const seededCurves = (
  lanes: readonly SeededLane[],
  read: (measured: Measurement) => Series[],
): Seeded[] =>
  lanes.flatMap(({ id, name, measured }) => {
    const seeds = measured.map(read);
    return (seeds[0] ?? []).map(({ suffix }, i) => ({
      ...{ id, suffix },
      name: suffix ? `${name} ${suffix}` : name,
      seeds: seeds.map((series) => series[i]!.points),
    }));
  });

/** The shares of the seeds below the lower end of a band and below its upper one. */
const ENDS = [0.1, 0.9] as const;

/** Mean and band of values as they lie on an axis: on a logarithmic one the geometric mean, where all are above 0. */
export function spread(values: readonly number[], kind: Axis['kind']) {
  const isGeometric = kind === 'log' && values.every((value) => value > 0);
  const [to, from] = isGeometric ? [Math.log, Math.exp] : [Number, Number];
  const sorted = values.map((value) => to(value)).sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const [low, high] = ENDS.map((share) => from(quantile(sorted, share)));
  return { mean: from(mean), low: low!, high: high! };
}

/** Mean and band of each curve over its seeds, at each depth. */
export const bandTraces = (curves: readonly Seeded[], kind: Axis['kind']): Trace[] =>
  curves.map(({ id, name, suffix, seeds }) => {
    const spreads = seeds[0]!.map(({ x }, i) => ({
      x,
      ...spread(
        seeds.map((points) => points[i]!.y),
        kind,
      ),
    }));
    return {
      id: ['seeds', id, suffix].join(' '),
      label: `${name}, mean of ${seeds.length} seeds`,
      ...laneLook(id),
      line: 'dashed',
      isUnnamed: true,
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
  const listed = [texts.slice(0, -1).join(', '), texts.at(-1)!].filter(Boolean).join(' and ');
  return `layer${layers.length > 1 ? 's' : ''} ${listed}`;
}

/**
 * Where other curves differ from the first one by more than chance: seed by seed in a paired t-test, at a level of 5 % over all
 * of these tests together.
 */
function differences([first, ...others]: readonly Seeded[]) {
  const compared = others.map((other) => {
    const n = Math.min(first!.seeds.length, other.seeds.length);
    const at = (seeds: Point[][], x: number) =>
      seeds.slice(0, n).map((points) => points.find((point) => point.x === x)?.y ?? NaN);
    const layers = layersOf(first!.seeds[0]!).map(({ x }) => ({
      x,
      probability: pairedTest(at(first!.seeds, x), at(other.seeds, x)),
    }));
    return { name: other.name, layers: layers.filter(({ probability }) => probability !== null) };
  });
  const isRejected = rejected(
    compared.flatMap(({ layers }) => layers.map(({ probability }) => probability!)),
  )[Symbol.iterator]();
  return compared.map(({ name, layers }) => ({
    name,
    tested: layers.length,
    layers: layers.filter(() => isRejected.next().value).map(({ x }) => x),
  }));
}

/** “Over 8 seeds at step 0, post-LN differs from pre-LN beyond chance at layers 2 to 11.” */
export function seedSentence(curves: readonly Seeded[], asked: number): string {
  const counts = curves.map(({ seeds }) => seeds.length);
  const count = Math.min(...counts);
  if (!curves.length) return '';
  const over = `${count < asked ? `${count} of ${asked}` : count} seed${asked > 1 ? 's' : ''} at step 0`;
  const told = differences(curves).filter(({ tested }) => tested > 0);
  if (!told.length) return `Bands: ${over}.`;
  const clauses = told.map(({ name, tested, layers }, i) => {
    const differs = i > 0 ? name : `${name} differs from ${curves[0]!.name} beyond chance`;
    return `${differs} at ${layersText(layers, tested)}`;
  });
  return `Over ${over}, ${clauses.join('; ')}.`;
}
