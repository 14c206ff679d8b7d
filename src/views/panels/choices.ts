import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import {
  HEAD_STATISTICS,
  PARAM_STATISTICS,
  SITE_STATISTICS,
  type SiteStatistic,
} from '../../config/statistics';

/** An entry of a panel's menu. */
export interface Option {
  value: string;
  label: string;
  note?: string;
}

const optionsOf = (entries: Record<string, { label: string; note: string }>): Option[] =>
  Object.entries(entries).map(([value, { label, note }]) => ({ value, label, note }));

const SITES = Object.keys(BLOCK_SITES) as BlockSite[];

/** Where a statistic is defined, if not everywhere. */
const WHERE: Partial<Record<SiteStatistic, (site: BlockSite) => boolean>> = {
  outlier: (site) => BLOCK_SITES[site].shape === 'BTD',
  token_cosine: (site) => BLOCK_SITES[site].shape === 'BTD',
  branch_ratio: (site) => site === 'attn_add' || site === 'mlp_add',
};

export const sitesWith = (statistic: SiteStatistic): BlockSite[] =>
  SITES.filter(WHERE[statistic] ?? (() => true));

/** The site, or the last one where the statistic is defined. */
export function siteFor(statistic: SiteStatistic, site: BlockSite): BlockSite {
  const sites = sitesWith(statistic);
  return sites.includes(site) ? site : sites.at(-1)!;
}

export const siteOptions = (statistic: SiteStatistic): Option[] =>
  sitesWith(statistic).map((site) => ({ value: site, label: site, note: BLOCK_SITES[site].note }));

const { grad_rms: _backward, ...FORWARD } = SITE_STATISTICS;
export const MAGNITUDE_OPTIONS = optionsOf(FORWARD);
export const PARAM_OPTIONS = optionsOf(PARAM_STATISTICS);

/** Token alignment stands beside what the heads do: it is what they bring about. */
export const TOKENS = 'tokens';
export const ATTENTION_OPTIONS: Option[] = [
  ...optionsOf(HEAD_STATISTICS),
  ...optionsOf({ [TOKENS]: SITE_STATISTICS.token_cosine }),
];

/** What parameters of a kind do, by the last part of their name. */
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

export const kindOptions = (kinds: readonly string[]): Option[] =>
  kinds.map((kind) => {
    const last = kind.split('.').at(-1)!;
    const note = PARAM_NOTES[last] ?? (/^b/.test(last) ? 'added' : undefined);
    return { value: kind, label: kind, ...(note ? { note } : {}) };
  });
