import { greatest } from 'd3-array';
import { parseSite } from '../config/sites';
import { perObject } from '../lib/objects';
import { frameOffsets, type FrameOffsets, type Layout, type PackedFrame } from '../protocol/frame';

/** Numbers this much apart, as a share of the larger, differ by more than rounding. */
const ROUNDING = 1e-5;

/** The record of a lane: frames of one layout after those of another, as the log has them. */
export type Recorded = readonly { layout: Layout; frames: readonly PackedFrame[] }[];

/** Something measured in both lanes, in the order in which a step is computed. */
interface Shared {
  at: string;
  layer: number | null;
  of: 'forward' | 'backward' | 'parameter';
  /** Entries in a packed frame of either lane: numbers, and those whose size they are shares of. */
  entries: { a: number; b: number; sizeA: number; sizeB: number }[];
}

/** A place at which two runs differ at a step. */
export interface Departure extends Omit<Shared, 'entries'> {
  step: number;
  /** As a share of the larger; ∞ where only one of them is finite. */
  difference: number;
}

export interface Parting {
  /** The last step that both have; null where there is none. */
  last: number | null;
  /** The first place at the first step; null where they are the same at every step that both have. */
  first: Departure | null;
  /** From there on the site that is farthest apart on the way forward, at steps that lie ever further apart. */
  growth: Departure[];
}

const layerOf = (name: string) => {
  const layer = /^blocks\.(\d+)\./.exec(name)?.[1];
  return layer === undefined ? null : Number(layer);
};

/** The places that two layouts share, by name: sites on the way forward, on the way back, then tensors. */
const sharedBy = perObject((a: Layout) => perObject((b: Layout) => shared(a, b)));

function shared(a: Layout, b: Layout): Shared[] {
  const [inA, inB] = [frameOffsets(a), frameOffsets(b)];
  const entriesOf = <K extends string>(
    ids: readonly K[],
    startsOf: (offsets: FrameOffsets) => Partial<Record<K, number>>,
    [i, j]: [number, number],
    size: (id: K) => K,
  ) =>
    ids
      .map((id) => ({
        a: startsOf(inA)[id]! + i,
        b: startsOf(inB)[id]! + j,
        sizeA: startsOf(inA)[size(id)]! + i,
        sizeB: startsOf(inB)[size(id)]! + j,
      }))
      // A record may be without a statistic.
      .filter((places) => !Object.values(places).some(Number.isNaN));
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

function differenceOf(
  entries: Shared['entries'],
  [a, b]: [Float32Array, Float32Array],
  isPartial: boolean,
): number {
  return entries.reduce((most, at) => {
    const [x, y] = [a[at.a]!, b[at.b]!];
    const lost = Number(Number.isNaN(x)) + Number(Number.isNaN(y));
    // Of a record that leaves numbers out, NaN says nothing.
    if (x === y || lost === 2 || (lost > 0 && isPartial)) return most;
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

/** Steps after the first one, each about twice as far as the one before, and the last. */
function milestones(count: number): number[] {
  const found = new Set<number>();
  for (let i = 1; i < count; i *= 2) found.add(i - 1);
  found.add(count - 1);
  return [...found];
}

/**
 * Where two runs part: the first step, and in it the first place in the order of computation, at which they differ by
 * more than rounding; and how far apart they come to be. Places are matched by name: what only one of them has says
 * nothing.
 */
export function parting(a: Recorded, b: Recorded): Parting {
  const inB = stepsOf(b);
  const both = [...stepsOf(a)].flatMap(([step, one]) => {
    const other = inB.get(step);
    return other ? [{ step, one, other }] : [];
  });
  /** In the order of computation, the places that differ. */
  function* departures({ step, one, other }: (typeof both)[number]): Generator<Departure> {
    for (const { entries, ...where } of sharedBy(one.layout)(other.layout)) {
      const isPartial = !!one.layout.isPartial || !!other.layout.isPartial;
      const difference = differenceOf(entries, [one.packed, other.packed], isPartial);
      if (difference > ROUNDING) yield { ...where, step, difference };
    }
  }
  const last = both.at(-1)?.step ?? null;
  for (const [i, frames] of both.entries()) {
    const [first] = departures(frames);
    if (!first) continue;
    const after = both.slice(i);
    const growth = milestones(after.length).flatMap((k) => {
      const forward = [...departures(after[k]!)].filter(({ of }) => of === 'forward');
      return greatest(forward, ({ difference }) => difference) ?? [];
    });
    return { last, first, growth };
  }
  return { last, first: null, growth: [] };
}
