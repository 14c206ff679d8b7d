import { useShallow } from 'zustand/shallow';
import { SITE_STATISTIC_IDS, type SiteStatistic } from '../../config/statistics';
import { useScope } from '../scope';

/** What is measured at sites in at least one lane. */
export const useKnownStatistics = (): SiteStatistic[] =>
  useScope(
    useShallow(({ lanes }) =>
      SITE_STATISTIC_IDS.filter((id) =>
        lanes.some(({ shown }) => shown?.layout.siteStatistics.includes(id)),
      ),
    ),
  );
