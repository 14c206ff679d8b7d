import { kindOfPlace, type Of, type Quantity, type Statistic } from './quantity';
import { BLOCK_SITES, STACK_SITES } from './sites';
import { STATISTICS, type AboutSite, type AboutStatistic } from './statistics';

/** All that is measured and drawn by, some of it only of statistics of sites. */
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
    }
  } else if (of === 'param') where = ` of ${place}`;
  return { ...about, code: statistic, subject: code + where, name: about.label + where };
}
