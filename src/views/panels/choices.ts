import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import {
  HEAD_STATISTICS,
  isCount,
  isDefinedAt,
  PARAM_STATISTICS,
  SITE_STATISTICS,
  type SiteStatistic,
} from '../../config/statistics';
import { BACKWARD_IDS, FORWARD_IDS } from '../../runs/viewCodec';
import type { Place, View } from '../../runs/view';
import { optionsOf, type Option } from '../ui/Pick';

const SITES = Object.keys(BLOCK_SITES) as BlockSite[];

/** A statistic of activations, or two of them that are shown together. */
export type Shown =
  View['magnitude']['statistic'] | Extract<View['gradient'], { of: 'activations' }>['statistic'];

/** The statistic that stands for one shown: of both modalities, the first. */
export const standsFor = (shown: Shown): SiteStatistic =>
  shown === 'rms_modalities'
    ? 'rms_modality_0'
    : shown === 'grad_rms_modalities'
      ? 'grad_rms_modality_0'
      : shown;

export const sitesWith = (shown: Shown): BlockSite[] =>
  SITES.filter((site) => isDefinedAt(standsFor(shown), site));

/** The place, or one where the statistic is defined and says most. */
export function siteFor(shown: Shown, place: Place, before: Shown): Place {
  if (isCount(shown) && !isCount(before)) return 'block';
  const sites = sitesWith(shown);
  if (place === 'block') return isCount(shown) ? place : sites.at(-1)!;
  return sites.includes(place) ? place : sites.at(-1)!;
}

const BLOCK = 'all sites of the block, added up';
export const placeNote = (place: Place): string =>
  place === 'block' ? BLOCK : BLOCK_SITES[place].note;

export const siteOptions = (shown: Shown): Option[] => [
  ...(isCount(shown) ? [{ value: 'block', label: 'whole block', note: `${BLOCK}.` }] : []),
  ...sitesWith(shown).map((site) => ({ value: site, label: site, note: BLOCK_SITES[site].note })),
];

/** What is known of a statistic that a panel shows. */
export function aboutShown(shown: Shown) {
  if (shown !== 'rms_modalities' && shown !== 'grad_rms_modalities') return SITE_STATISTICS[shown];
  const of = SITE_STATISTICS[shown === 'rms_modalities' ? 'rms' : 'grad_rms'];
  return {
    ...of,
    label: `${of.label} of each modality`,
    note: 'Over the tokens of one modality alone: m0 are the even positions, m1 the odd ones.',
  };
}

/** Those statistics that some lane has, and the one that is shown. */
const offered = (ids: readonly SiteStatistic[], known: readonly SiteStatistic[], shown: Shown) =>
  optionsOf(
    Object.fromEntries(
      ids
        .filter((id) => !SITE_STATISTICS[id].needs || known.includes(id) || id === shown)
        .map((id) => [id, SITE_STATISTICS[id]]),
    ),
  );
export const magnitudeOptions = (known: readonly SiteStatistic[], shown: Shown): Option[] =>
  offered(FORWARD_IDS, known, shown);
export const gradientOptions = (known: readonly SiteStatistic[], shown: Shown): Option[] =>
  offered(BACKWARD_IDS, known, shown);

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
