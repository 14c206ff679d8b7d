import { useCallback } from 'react';
import type { Lane } from '../../runs/state';
import type { Place, View } from '../../runs/view';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { About } from './About';
import { aboutShown, magnitudeOptions, placeNote, siteFor, siteOptions } from './choices';
import { countSentence, siteName } from './countSentence';
import { DepthPanel } from './DepthPanel';
import { EachModality } from './EachModality';
import { levelSentence, magnitudeSentence, type Told } from './sentences';
import { activationSeries } from './series';
import { ofFrame } from './useDepthPanel';
import { useKnownStatistics } from './useKnownStatistics';
import { useRangeLimits } from './useRangeLimits';

type Magnitude = View['magnitude'];

/** The forward signal: a statistic of a site, layer by layer. */
export function MagnitudePanel() {
  const { setView } = useActions();
  const known = useKnownStatistics();
  const { statistic, site } = useScope((scope) => scope.view.magnitude);
  const about = aboutShown(statistic);
  const limits = useRangeLimits(about.unit === 'signal' && about.log ? 'forward' : null);
  const read = useCallback(
    (lane: Lane) =>
      ofFrame((layout, frame) => activationSeries(layout, frame, statistic, site))(lane),
    [statistic, site],
  );
  const show = (next: Magnitude['statistic']) =>
    setView({ magnitude: { statistic: next, site: siteFor(next, site, statistic) } });
  const eachModality = statistic === 'rms_modalities';
  const menu = eachModality ? 'rms' : statistic;
  return (
    <DepthPanel
      title="activation magnitude"
      read={read}
      about={about}
      counts={about.counts !== undefined}
      limits={limits}
      subject={`${statistic} at ${site}`}
      tell={(told) => tell(told, site, about)}
      head={
        <>
          <Pick
            className="panel-pick"
            label="Statistic"
            value={menu}
            options={magnitudeOptions(known, menu)}
            onPick={(id) => show(id as Magnitude['statistic'])}
          />
          <Pick
            className="panel-pick panel-code"
            label="Site"
            value={site}
            options={siteOptions(statistic)}
            onPick={(id) => setView({ magnitude: { statistic, site: id as Place } })}
          />
          {(eachModality || (statistic === 'rms' && known.includes('rms_modality_0'))) && (
            <EachModality
              checked={eachModality}
              onChange={(each) => show(each ? 'rms_modalities' : 'rms')}
            />
          )}
          <About
            {...about}
            title={about.label}
            code={statistic}
            note={`${about.note} Here of ${site}, ${placeNote(site)}.`}
          />
        </>
      }
    />
  );
}

function tell(told: readonly Told[], site: Place, about: ReturnType<typeof aboutShown>): string {
  if (about.counts) return countSentence(told, about.counts, 'forward', siteName(site));
  return about.log
    ? magnitudeSentence(told, `${about.label} at ${site}`)
    : levelSentence(told, `${about.label} at ${site}`, about.label);
}
