import { quantile } from '../lib/quartiles';
import type { RawTensor } from '../protocol/raw';
import { meanOf, sortedFinite } from './numbers';
import { QUANTILES, type Histogram, type Spread, type Spreads } from './readings';
import { siteAt, type View } from './view';

const BINS = 61;
/** Bins of the magnitudes in a factor of ten. */
const PER_DECADE = 4;

/** The numbers of a tensor in order: the finite ones, and the sizes of those that are not 0. */
interface Sorted {
  values: Float32Array;
  magnitudes: Float32Array;
}

function sortedOf({ data }: RawTensor): Sorted {
  const values = sortedFinite(data);
  return {
    values,
    magnitudes: values
      .filter((x) => x !== 0)
      .map(Math.abs)
      .sort(),
  };
}

/** One tensor as numbers: mean and rms of all of them, so that neither is finite where one number is not. */
function spreadOf({ data }: RawTensor, { values, magnitudes }: Sorted): Spread {
  return {
    elements: data.length,
    zeros: values.length - magnitudes.length,
    notFinite: data.length - values.length,
    mean: meanOf(data.length, (i) => data[i]!),
    rms: Math.sqrt(meanOf(data.length, (i) => data[i]! ** 2)),
    quantiles: QUANTILES.map((share) => (values.length ? quantile(values, share) : NaN)),
    smallest: magnitudes[0] ?? NaN,
    largest: magnitudes.at(-1) ?? NaN,
  };
}

/** The least and the largest of ascending lists together, or these where all are empty. */
function endsOf(lists: (Float32Array | undefined)[], otherwise: number): [number, number] {
  const filled = lists.filter((list) => list?.length) as Float32Array[];
  if (!filled.length) return [otherwise, otherwise];
  return [
    Math.min(...filled.map((list) => list[0]!)),
    Math.max(...filled.map((list) => list.at(-1)!)),
  ];
}

/** Edges of bins of equal width from the least to the largest number; around a single one, half its size to both sides. */
function valueEdges([low, high]: [number, number]): number[] {
  const margin = low === high ? Math.abs(low) / 2 || 1 : 0;
  const [from, to] = [low - margin, high + margin];
  return Array.from({ length: BINS + 1 }, (_, i) =>
    i === BINS ? to : from + ((to - from) * i) / BINS,
  );
}

/** Edges in log₁₀ at whole fractions of a decade, around both ends. */
function magnitudeEdges([smallest, largest]: [number, number]): number[] {
  const first = Math.floor(Math.log10(smallest) * PER_DECADE);
  const last = Math.max(first + 1, Math.ceil(Math.log10(largest) * PER_DECADE));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) / PER_DECADE);
}

/** Numbers of each bin of an ascending list. An edge belongs to the bin above it; the outer bins take all there is. */
function counted(sorted: Float32Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const x of sorted) {
    while (bin < counts.length - 1 && x >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

/**
 * The numbers of one tensor in every lane, with histograms whose edges all lanes share.
 * @param tensors of any shape; null where a lane has none
 */
export function spreadsOf(tensors: readonly (RawTensor | null)[]): Spreads {
  const sorted = tensors.map((tensor) => tensor && sortedOf(tensor));
  const histogram = (
    part: keyof Sorted,
    edges: number[],
    bounds: readonly number[] = edges,
  ): Histogram => ({
    edges,
    counts: sorted.map((lane) => lane && counted(lane[part], bounds)),
  });
  const values = valueEdges(
    endsOf(
      sorted.map((lane) => lane?.values),
      0,
    ),
  );
  const magnitudes = magnitudeEdges(
    endsOf(
      sorted.map((lane) => lane?.magnitudes),
      1,
    ),
  );
  return {
    lanes: tensors.map((tensor, i) => tensor && spreadOf(tensor, sorted[i]!)),
    values: histogram('values', values),
    magnitudes: histogram(
      'magnitudes',
      magnitudes,
      magnitudes.map((edge) => 10 ** edge),
    ),
  };
}

/** The numbers at a site or of a parameter, and of their gradient. */
export const distribution: View<'distribution'> = {
  by: ['place', 'sequence'],
  wanted({ place }, config) {
    const site = siteAt(place, config);
    return site
      ? { values: [site], gradients: [site] }
      : { params: [place], paramGradients: [place] };
  },
  read({ place }, lanes) {
    const of = (...kinds: ('values' | 'params' | 'gradients' | 'paramGradients')[]) =>
      spreadsOf(
        lanes.map((raw) => {
          const kind = kinds.find((kind) => raw && Object.hasOwn(raw[kind], place));
          return (kind && raw?.[kind][place]) ?? null;
        }),
      );
    return { forward: of('values', 'params'), backward: of('gradients', 'paramGradients') };
  },
};
