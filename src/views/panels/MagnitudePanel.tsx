import { useCallback } from 'react';
import type { Lane } from '../../runs/state';
import type { Place, View } from '../../runs/view';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { About } from './About';
import {
  aboutShown,
  isCount,
  magnitudeOptions,
  placeNote,
  siteFor,
  siteOptions,
  type Shown,
} from './choices';
import { countSentence, fateOf, siteName } from './countSentence';
import { DepthPanel } from './DepthPanel';
import { EachModality } from './EachModality';
import { levelSentence, magnitudeSentence, type Told } from './sentences';
import { activationSeries } from './series';
import { ofFrame } from './useDepthPanel';
import { useKnownStatistics } from './useKnownStatistics';
import { useRangeLimits } from './useRangeLimits';

type Magnitude = View['magnitude'];

/** Statistics in the units of what the format stores. */
const IN_UNITS: ReadonlySet<Shown> = new Set<Shown>([
  'rms',
  'absmax',
  'rms_modality_0',
  'rms_modality_1',
  'rms_modalities',
] satisfies Shown[]);

/** The forward signal: a statistic of a site, layer by layer. */
export function MagnitudePanel() {
  const { setView } = useActions();
  const known = useKnownStatistics();
  const { statistic, site } = useScope((scope) => scope.view.magnitude);
  const about = aboutShown(statistic);
  const limits = useRangeLimits(IN_UNITS.has(statistic) ? 'forward' : null);
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
      counts={isCount(statistic)}
      limits={limits}
      subject={`${statistic} at ${site}`}
      tell={(told) => tell(told, statistic, site, about)}
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

function tell(
  told: readonly Told[],
  statistic: Magnitude['statistic'],
  site: Place,
  about: { label: string; log: boolean },
): string {
  if (isCount(statistic)) return countSentence(told, fateOf(statistic), 'forward', siteName(site));
  return about.log
    ? magnitudeSentence(told, `${about.label} at ${site}`)
    : levelSentence(told, `${about.label} at ${site}`, about.label);
}
