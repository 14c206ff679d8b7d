import { kindOfPlace, type Of, type Quantity, type Statistic } from './quantity';
import { BLOCK_SITES, STACK_SITES } from './sites';
import { STATISTICS, type AboutSite, type AboutStatistic } from './statistics';

/** All that is known of a statistic, some of it only of those of sites. */
export type About = AboutStatistic & Partial<AboutSite>;

export const aboutStatistic = (of: Of, statistic: Statistic): About =>
  (STATISTICS[of] as Record<string, About>)[statistic]!;

const SITES: Record<string, { note: string }> = { ...BLOCK_SITES, ...STACK_SITES };

export const siteNote = (place: string): string =>
  SITES[kindOfPlace(place)]?.note ?? 'all sites of the block, added up';

export interface Description extends About {
  /** The statistic in code: `rms`. */
  code: string;
  /** Statistic and place, in code and in words: `rms at resid_post`, `RMS at resid_post`. */
  subject: string;
  name: string;
}

/** A quantity in words: its statistic, and where it is taken. */
export function describe({ of, statistic, place, each }: Quantity): Description {
  const about: About = { ...aboutStatistic(of, statistic) };
  let code: string = statistic;
  let where = '';
  if (of === 'site') {
    where = ` at ${place}`;
    if (each) {
      code += ' of each modality';
      about.label += ' of each modality';
      about.note =
        'Over the tokens of one modality alone: m0 are the even positions, m1 the odd ones.';
    }
    const at = about.direction === 'backward' ? 'at' : 'of';
    about.note += ` Here ${at} ${place}, ${siteNote(place)}.`;
  } else if (of === 'param') {
    where = ` of ${place}`;
    about.note += ` Here of ${place} in every layer.`;
  }
  return { ...about, code: statistic, subject: code + where, name: about.label + where };
}
