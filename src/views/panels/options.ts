import { aboutStatistic, siteNote } from '../../config/describe';
import { modalityColumns, ofStatistic, type Quantity, type Statistic } from '../../config/quantity';
import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import type { StatisticNote } from '../../config/statisticNotes';
import { isCount, isDefinedAt, type SiteStatistic } from '../../config/statistics';
import type { Layout } from '../../protocol/frame';
import { kindsOf } from '../../protocol/read';
import type { Offer } from '../../runs/view';
import { optionsOf, type Option } from '../ui/Pick';

const SITES = Object.keys(BLOCK_SITES) as BlockSite[];

export function sitesWith({ statistic, each }: Pick<Quantity, 'statistic' | 'each'>): string[] {
  const columns = each ? modalityColumns(statistic) : undefined;
  return SITES.filter((site) => isDefinedAt((columns?.[0] ?? statistic) as SiteStatistic, site));
}

/** A quantity at its own site, or at one where it is defined and says most. */
export function settled(next: Quantity, before: Quantity): Quantity {
  if (next.of !== 'site') return next;
  if (isCount(next.statistic) && (!isCount(before.statistic) || next.place === 'block')) {
    return { ...next, place: 'block' };
  }
  const sites = sitesWith(next);
  return sites.includes(next.place) ? next : { ...next, place: sites.at(-1)! };
}

/** Another statistic, of the same place as far as it has one. */
export function withStatistic(quantity: Quantity, statistic: Statistic): Quantity {
  const of = ofStatistic(statistic);
  const isOfHeads = of === 'head';
  return {
    of,
    statistic,
    place: isOfHeads ? 'attn' : quantity.place,
    each: isOfHeads && quantity.of === 'head' && quantity.each,
  } as Quantity;
}

/** Tests of a quantity whose heads or modalities can be told apart in one of the layouts. */
export function hasEach({ of, statistic, each }: Quantity, layouts: readonly Layout[]): boolean {
  if (of === 'head') return true;
  const column = modalityColumns(statistic)?.[0];
  return each === true || (column !== undefined && isMeasured(column, layouts));
}

const isMeasured = (id: Statistic, layouts: readonly Layout[]) =>
  layouts.some(({ siteStatistics }) => (siteStatistics as Statistic[]).includes(id));

/** The statistics of an offer that some lane has, and the one that is shown; with their meaning once that is there. */
export function statisticOptions(
  { statistics }: Pick<Offer, 'statistics'>,
  layouts: readonly Layout[],
  shown: Statistic,
  notes?: Record<Statistic, StatisticNote>,
): Option[] {
  const known = statistics.flatMap((id) => {
    const about = aboutStatistic(ofStatistic(id)!, id);
    return !about.needs || id === shown || isMeasured(id, layouts)
      ? [[id, { ...about, ...notes?.[id] }] as const]
      : [];
  });
  return optionsOf(Object.fromEntries(known));
}

export const siteOptions = (quantity: Pick<Quantity, 'statistic' | 'each'>): Option[] => [
  ...(isCount(quantity.statistic)
    ? [{ value: 'block', label: 'whole block', note: `${siteNote('block')}.` }]
    : []),
  ...sitesWith(quantity).map((site) => ({ value: site, label: site, note: siteNote(site) })),
];

const PARAM_NOTES: Record<string, string> = {
  wq: 'makes queries',
  wk: 'makes keys',
  wv: 'makes values',
  wo: 'from the heads back to the stream',
  w_in: 'into the MLP',
  w_out: 'out of the MLP',
  w_gate: 'the gate of the MLP',
  gain: 'multiplies what the norm gives',
};

const RANKS = [/\.w[^.]*$/, /gain/, /bias|\.b[^.]*$/];
const rankOf = (kind: string) => {
  const rank = RANKS.findIndex((pattern) => pattern.test(kind));
  return rank < 0 ? RANKS.length : rank;
};

/** The kinds of parameters that blocks have, matrices first, then gains, then biases. */
export const paramKinds = (layouts: readonly Layout[]): string[] =>
  kindsOf(layouts, 'params').sort((a, b) => rankOf(a) - rankOf(b));

export function kindOptions(layouts: readonly Layout[], shown: string): Option[] {
  const kinds = paramKinds(layouts);
  return (kinds.includes(shown) ? kinds : [shown, ...kinds]).map((kind) => {
    const last = kind.split('.').at(-1)!;
    const note = PARAM_NOTES[last] ?? (/^b/.test(last) ? 'added' : undefined);
    return { value: kind, label: kind, ...(note ? { note } : {}) };
  });
}
