import { useCallback } from 'react';
import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import { SITE_STATISTICS, type SiteStatistic } from '../../config/statistics';
import type { Frame, Layout } from '../../protocol/frame';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { About } from './About';
import { MAGNITUDE_OPTIONS, siteFor, siteOptions } from './choices';
import { DepthPanel } from './DepthPanel';
import { levelSentence, magnitudeSentence } from './sentences';
import { siteSeries } from './series';

/** The forward signal: a statistic of a site, layer by layer. */
export function MagnitudePanel() {
  const { setView } = useActions();
  const { statistic, site } = useScope((scope) => scope.view.magnitude);
  const about = SITE_STATISTICS[statistic];
  const read = useCallback(
    (layout: Layout, frame: Frame) => siteSeries(layout, frame, statistic, site),
    [statistic, site],
  );
  return (
    <DepthPanel
      title="activation magnitude"
      read={read}
      about={about}
      subject={`${statistic} at ${site}`}
      tell={(told) =>
        about.log
          ? magnitudeSentence(told, `${about.label} at ${site}`)
          : levelSentence(told, `${about.label} at ${site}`, about.label)
      }
      head={
        <>
          <Pick
            className="panel-pick"
            label="Statistic"
            value={statistic}
            options={MAGNITUDE_OPTIONS}
            onPick={(id) => {
              const picked = id as Exclude<SiteStatistic, 'grad_rms'>;
              setView({ magnitude: { statistic: picked, site: siteFor(picked, site) } });
            }}
          />
          <Pick
            className="panel-pick panel-code"
            label="Site"
            value={site}
            options={siteOptions(statistic)}
            onPick={(id) => setView({ magnitude: { statistic, site: id as BlockSite } })}
          />
          <About
            {...about}
            title={about.label}
            code={statistic}
            note={`${about.note} Here of ${site}, ${BLOCK_SITES[site].note}.`}
          />
        </>
      }
    />
  );
}
