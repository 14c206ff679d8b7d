import { columnName, kindOfPlace, readColumnName, type Quantity } from '../../config/quantity';
import { BLOCK_SITES, STACK_SITES, type SiteName } from '../../config/sites';
import {
  isDefinedAt,
  LOGIT_STATISTIC_IDS,
  SITE_STATISTICS,
  STATISTIC_IDS,
} from '../../config/statistics';
import { perObject } from '../../lib/objects';
import type { Evaluation } from '../../protocol/evaluation';
import { frameOffsets, type Layout, type PackedFrame } from '../../protocol/frame';
import type { Segment } from '../run';

/** A column of a history table: a number of every frame, or of every evaluation. */
export interface Column {
  name: string;
  /** Its place in a packed frame of the layout. */
  at: number;
  /** It is of the evaluation, where a frame has one. */
  isEvaluated: boolean;
}

/** Before the names of what was measured in evaluation. */
export const EVALUATION = 'evaluation/';

/** The quantity that a column is by its name, in training or in evaluation; null where it is none. */
export function readColumn(name: string): { quantity: Quantity | null; before: string } {
  const before = name.startsWith(EVALUATION) ? EVALUATION : '';
  return { quantity: readColumnName(name.slice(before.length)), before };
}

const siteOf = (name: SiteName) => kindOfPlace(name) as keyof typeof BLOCK_SITES;

/** Every number of a frame by the quantity that it is, in the order of a packed frame. */
function* numbersOf(layout: Layout): Generator<[Quantity, at: number]> {
  const offsets = frameOffsets(layout);
  const { sites, siteStatistics, params, norms, n_layers, n_heads } = layout;
  yield [{ of: 'run', statistic: 'loss', place: '', each: false }, offsets.loss];
  for (const statistic of STATISTIC_IDS.output)
    yield [{ of: 'output', statistic, place: 'output', each: false }, offsets.output[statistic]];
  for (const statistic of siteStatistics)
    for (const [i, place] of sites.entries())
      if (isDefinedAt(statistic, siteOf(place)))
        yield [{ of: 'site', statistic, place, each: false }, offsets.site[statistic]! + i];
  for (const statistic of STATISTIC_IDS.head)
    for (let i = 0; i < n_layers * n_heads; i++) {
      const place = `blocks.${Math.floor(i / n_heads)}.attn`;
      yield [{ of: 'head', statistic, place, each: i % n_heads }, offsets.head[statistic] + i];
    }
  for (const statistic of STATISTIC_IDS.param)
    for (const [i, place] of params.entries())
      yield [{ of: 'param', statistic, place, each: false }, offsets.param[statistic] + i];
  for (const statistic of STATISTIC_IDS.norm)
    for (const [i, place] of norms.entries())
      yield [{ of: 'norm', statistic, place, each: false }, offsets.norm[statistic] + i];
}

/** Evaluation runs forward alone, and counts no roundings. */
function isEvaluated({ of, statistic }: Quantity): boolean {
  if (of === 'run' || of === 'head') return true;
  if (of === 'output') return (LOGIT_STATISTIC_IDS as string[]).includes(statistic);
  if (of !== 'site') return false;
  const { direction, counts } = SITE_STATISTICS[statistic];
  return direction === 'forward' && !counts;
}

/** The columns of a layout: numbers of a frame, then those of an evaluation, where there are any; of another program's those that it told. */
const bothOf = perObject((layout: Layout) => {
  const numbers = [...numbersOf(layout)];
  const trained = numbers.map(([quantity, at]): Column => ({
    name: columnName(quantity),
    at,
    isEvaluated: false,
  }));
  const evaluated = numbers
    .filter(([quantity]) => isEvaluated(quantity))
    .map(([quantity, at]): Column => ({
      name: EVALUATION + columnName(quantity),
      at,
      isEvaluated: true,
    }));
  const own = layout.columns && new Set(layout.columns);
  const has = ({ name }: Column) => !own || own.has(name);
  return { trained: trained.filter(has), evaluated: evaluated.filter(has) };
});

export const columnsOf = (layout: Layout, evaluates: boolean): Column[] => {
  const { trained, evaluated } = bothOf(layout);
  return evaluates ? [...trained, ...evaluated] : trained;
};

/**
 * The names of all columns of a run but `step`: those that its last model has, then those that an earlier one had besides.
 */
export function namesOf(
  segments: readonly Pick<Segment, 'layout'>[],
  evaluates: boolean,
): string[] {
  const layouts = segments.map(({ layout }) => layout).toReversed();
  return [
    ...new Set(layouts.flatMap((layout) => columnsOf(layout, evaluates).map(({ name }) => name))),
  ];
}

/** A row of a table: what the frame has of these columns, NaN where it has nothing of that name. */
export function rowsFor(names: readonly string[]) {
  const indices = new Map(names.map((name, i) => [name, i]));
  const placesOf = perObject((layout: Layout) =>
    columnsOf(layout, true).flatMap(({ name, ...column }) => {
      const to = indices.get(name);
      return to === undefined ? [] : [{ ...column, to }];
    }),
  );
  return (layout: Layout, { packed }: PackedFrame, evaluation?: Evaluation): Float32Array => {
    const row = new Float32Array(names.length).fill(NaN);
    for (const { at, isEvaluated, to } of placesOf(layout)) {
      const from = isEvaluated ? evaluation?.frame.packed : packed;
      if (from) row[to] = from[at]!;
    }
    return row;
  };
}

const inOrder = (names: Iterable<string>, known: readonly string[]) =>
  [...names].sort((a, b) => known.indexOf(a) - known.indexOf(b));

/** The names of a stack's sites in the order of computation. */
function sitesIn(places: ReadonlySet<string>, n_layers: number): SiteName[] {
  const blocks = Array.from({ length: n_layers }, (_, layer) =>
    Object.keys(BLOCK_SITES).map((site) => `blocks.${layer}.${site}`),
  ).flat();
  const [embed, ...ends] = Object.keys(STACK_SITES);
  return [embed!, ...blocks, ...ends].filter((name) => places.has(name)) as SiteName[];
}

/** More than any stack has: what names a deeper one says nothing. */
const DEEPEST = 4096;
const layerOf = (place: string) => Number(/^blocks\.(\d+)\./.exec(place)?.[1] ?? -1);

/** The layout that has the numbers of these columns, and where in a frame each is; null for a name that says nothing. */
export function layoutOfColumns(names: readonly string[]): {
  layout: Layout;
  places: (Column | null)[];
} {
  const quantities = names.map((name) => {
    const { quantity } = readColumn(name);
    return quantity && layerOf(quantity.place) < DEEPEST ? quantity : null;
  });
  const of = (kind: Quantity['of']): Quantity[] =>
    quantities.flatMap((quantity) => (quantity?.of === kind ? quantity : []));
  const placesOf = (kind: Quantity['of']) => new Set(of(kind).map(({ place }) => place));
  const layers = quantities.map((quantity) => (quantity ? layerOf(quantity.place) : -1));
  const n_layers = 1 + layers.reduce((a, b) => Math.max(a, b), -1);
  const heads = of('head').map(({ each }) => (typeof each === 'number' ? each : 0));
  const layout: Layout = {
    sites: sitesIn(placesOf('site'), n_layers),
    siteStatistics: inOrder(
      new Set(of('site').map(({ statistic }) => statistic)),
      STATISTIC_IDS.site,
    ) as Layout['siteStatistics'],
    params: [...placesOf('param')],
    norms: [...placesOf('norm')],
    n_layers,
    n_heads: 1 + heads.reduce((a, b) => Math.max(a, b), -1),
  };
  const known = new Map(columnsOf(layout, true).map((column) => [column.name, column]));
  // A mean over heads stands for the only one, where no single head is told.
  const ofMean = (name: string) => (layout.n_heads === 1 ? known.get(`${name}/0`) : undefined);
  return { layout, places: names.map((name) => known.get(name) ?? ofMean(name) ?? null) };
}
