import { useCallback } from 'react';
import { BLOCK_SITES, type BlockSite } from '../../../config/sites';
import {
  HEAD_STATISTICS,
  isCount,
  SITE_STATISTICS,
  type HeadStatistic,
} from '../../../config/statistics';
import type { Lane } from '../../../runs/state';
import type { ForwardStatistic, View } from '../../../runs/view';
import { FORWARD_IDS } from '../../../runs/viewCodec';
import { useActions, useScope } from '../../scope';
import { optionsOf, Pick, type Option } from '../../ui/Pick';
import { About } from '../About';
import { siteFor, siteOptions } from '../choices';
import { DepthPanel } from '../DepthPanel';
import { useKnownStatistics } from '../useKnownStatistics';
import { Key } from './Key';
import { readCompared } from './read';
import { comparedSentence } from './sentences';
import { useEvaluatedLanes } from './useEvaluatedLanes';

type Compared = View['compared'];

const isHeads = (id: string): id is HeadStatistic => Object.hasOwn(HEAD_STATISTICS, id);

const useOptions = (shown: string): Option[] => {
  const known = useKnownStatistics();
  const sites = FORWARD_IDS.filter(
    (id) => !isCount(id) && (!SITE_STATISTICS[id].needs || known.includes(id) || id === shown),
  );
  return [
    ...optionsOf(Object.fromEntries(sites.map((id) => [id, SITE_STATISTICS[id]]))),
    ...optionsOf(HEAD_STATISTICS),
  ];
};

/** The other statistic at the same place, as far as it has one. */
const switched = (view: Compared, id: string): Compared =>
  isHeads(id)
    ? { of: 'heads', statistic: id }
    : {
        of: 'site',
        statistic: id as ForwardStatistic,
        site: siteFor(
          id as ForwardStatistic,
          view.of === 'site' ? view.site : 'resid_post',
          'rms',
        ) as BlockSite,
      };

/** A statistic in training, solid, and in evaluation, dashed, layer by layer. */
export function ComparedPanel() {
  const { setView } = useActions();
  const view = useScope((scope) => scope.view.compared);
  const options = useOptions(view.statistic);
  const lanes = useEvaluatedLanes();
  const read = useCallback((lane: Lane) => readCompared(lane, view), [view]);
  const about =
    view.of === 'heads' ? HEAD_STATISTICS[view.statistic] : SITE_STATISTICS[view.statistic];
  const place = view.of === 'site' ? ` at ${view.site}` : '';
  return (
    <DepthPanel
      title="training and evaluation"
      level={3}
      read={read}
      from={lanes}
      about={about}
      subject={`${view.statistic}${place}`}
      tell={(told) => comparedSentence(told, about.label + place, `${view.statistic}${place}`)}
      head={
        <>
          <Pick
            className="panel-pick"
            label="Compared statistic"
            value={view.statistic}
            options={options}
            onPick={(id) => setView({ compared: switched(view, id) })}
          />
          {view.of === 'site' && (
            <Pick
              className="panel-pick panel-code"
              label="Compared site"
              value={view.site}
              options={siteOptions(view.statistic)}
              onPick={(site) => setView({ compared: { ...view, site: site as BlockSite } })}
            />
          )}
          <About
            {...about}
            title={about.label}
            code={view.statistic}
            note={
              view.of === 'site'
                ? `${about.note} Here of ${view.site}, ${BLOCK_SITES[view.site].note}.`
                : about.note
            }
          />
          <Key
            lines={[
              ['training', 'solid'],
              ['evaluation', 'dashed'],
            ]}
          />
        </>
      }
    />
  );
}
