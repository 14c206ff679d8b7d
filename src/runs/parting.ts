import { parseSite, type SiteName } from '../config/sites';
import { perObject } from '../lib/objects';
import { frameOffsets, type FrameOffsets, type Layout, type PackedFrame } from '../protocol/frame';

/** Numbers this much apart, as a share of the larger, differ by more than rounding. */
const ROUNDING = 1e-5;

/** What was recorded of a lane: frames of one layout after those of another, as the log has them. */
export type Recorded = readonly { layout: Layout; frames: readonly PackedFrame[] }[];

/** Something measured in both lanes, in the order in which a step is computed. */
interface Shared {
  at: string;
  layer: number | null;
  of: 'forward' | 'backward' | 'parameter';
  /** Entries in a packed frame of either lane: numbers, and those whose size they are shares of. */
  entries: { a: number; b: number; sizeA: number; sizeB: number }[];
}

/** The first place at which two runs differ. */
export interface Departure extends Omit<Shared, 'entries'> {
  step: number;
  /** As a share of the larger. */
  difference: number;
}

export interface Parting {
  /** null where they are the same at every step that both have. */
  first: Departure | null;
  /** The steps that both have. */
  steps: number[];
  sites: SiteName[];
  /** The differences [steps][sites], forward and backward. */
  forward: Float32Array;
  backward: Float32Array;
}

const layerOf = (name: string) => {
  const layer = /^blocks\.(\d+)\./.exec(name)?.[1];
  return layer === undefined ? null : Number(layer);
};

/** What two layouts share, by name: sites on the way forward, on the way back, then tensors. */
const sharedBy = perObject((a: Layout) => perObject((b: Layout) => shared(a, b)));

function shared(a: Layout, b: Layout): Shared[] {
  const [inA, inB] = [frameOffsets(a), frameOffsets(b)];
  const entriesOf = <K extends string>(
    ids: readonly K[],
    startsOf: (offsets: FrameOffsets) => Partial<Record<K, number>>,
    [i, j]: [number, number],
    size: (id: K) => K,
  ) =>
    ids.map((id) => ({
      a: startsOf(inA)[id]! + i,
      b: startsOf(inB)[id]! + j,
      sizeA: startsOf(inA)[size(id)]! + i,
      sizeB: startsOf(inB)[size(id)]! + j,
    }));
  const ofSites = (
    of: 'forward' | 'backward',
    ids: readonly ('rms' | 'mean' | 'absmax' | 'grad_rms')[],
  ): Shared[] =>
    a.sites.flatMap((at, i) => {
      const j = b.sites.indexOf(at);
      // A mean is next to nothing beside what it is the mean of.
      const size = (id: (typeof ids)[number]) => (id === 'mean' ? 'rms' : id);
      const entries = () => entriesOf(ids, ({ site }) => site, [i, j], size);
      return j < 0 ? [] : [{ at, layer: parseSite(at).layer, of, entries: entries() }];
    });
  // The update ratio is of the step to come.
  const params = a.params.flatMap((at, i): Shared[] => {
    const j = b.params.indexOf(at);
    const ids = ['param_rms', 'param_grad_rms'] as const;
    const entries = () =>
      entriesOf(
        ids,
        ({ param }) => param,
        [i, j],
        (id) => id,
      );
    return j < 0 ? [] : [{ at, layer: layerOf(at), of: 'parameter', entries: entries() }];
  });
  const forward = ofSites('forward', ['rms', 'absmax', 'mean']);
  return [...forward, ...ofSites('backward', ['grad_rms']).reverse(), ...params];
}

function differenceOf({ entries }: Shared, a: Float32Array, b: Float32Array): number {
  return entries.reduce((most, at) => {
    const [x, y] = [a[at.a]!, b[at.b]!];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return most;
    const share = Math.abs(x - y) / Math.max(Math.abs(a[at.sizeA]!), Math.abs(b[at.sizeB]!));
    return Math.max(most, Number.isFinite(share) ? share : Infinity);
  }, 0);
}

const stepsOf = (recorded: Recorded) =>
  new Map(
    recorded.flatMap(({ layout, frames }) =>
      frames.map(({ step, packed }) => [step, { layout, packed }] as const),
    ),
  );

/**
 * Where two runs part: the first step, and in it the first place in the order of computation, at which they differ by
 * more than rounding; and how far apart they are, site by site, at every step that both have. Places are matched by
 * name: what only one of them has says nothing.
 */
export function parting(a: Recorded, b: Recorded): Parting {
  const inB = stepsOf(b);
  const both = [...stepsOf(a)].flatMap(([step, one]) => {
    const other = inB.get(step);
    return other ? [{ step, one, other }] : [];
  });
  // Rows of the matrix are the sites that both have at the end.
  const last = both.at(-1);
  const sites = last
    ? last.one.layout.sites.filter((site) => last.other.layout.sites.includes(site))
    : [];
  const column = new Map<string, number>(sites.map((site, i) => [site, i]));
  const matrix = () => new Float32Array(both.length * sites.length).fill(NaN);
  const [forward, backward] = [matrix(), matrix()];
  let first: Departure | null = null;
  both.forEach(({ step, one, other }, row) => {
    for (const place of sharedBy(one.layout)(other.layout)) {
      const difference = differenceOf(place, one.packed, other.packed);
      const { entries: _, ...where } = place;
      if (difference > ROUNDING) first ??= { ...where, step, difference };
      const at = column.get(place.at);
      if (at === undefined || place.of === 'parameter') continue;
      (place.of === 'forward' ? forward : backward)[row * sites.length + at] = difference;
    }
  });
  return { first, steps: both.map(({ step }) => step), sites, forward, backward };
}
