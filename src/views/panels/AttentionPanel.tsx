import { useCallback } from 'react';
import { BLOCK_SITES, type BlockSite } from '../../config/sites';
import { HEAD_STATISTICS, SITE_STATISTICS, type HeadStatistic } from '../../config/statistics';
import type { Lane, View } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { About } from './About';
import { ATTENTION_OPTIONS, siteOptions, TOKENS } from './choices';
import { DepthPanel } from './DepthPanel';
import { levelSentence } from './sentences';
import { headSeries, siteSeries } from './series';
import { ofFrame } from './useDepthPanel';

type Attention = View['attention'];

/** What the heads do, or how alike they make the tokens, layer by layer. */
export function AttentionPanel() {
  const { setView } = useActions();
  const view = useScope((scope) => scope.view.attention);
  const read = useCallback(
    (lane: Lane) =>
      ofFrame((layout, frame) => [
        view.of === 'heads'
          ? headSeries(layout, frame, view.statistic, view.each)
          : siteSeries(layout, frame, 'token_cosine', view.site),
      ])(lane),
    [view],
  );
  const shown = described(view);
  const show = (attention: Attention) => setView({ attention });
  return (
    <DepthPanel
      title="attention"
      read={read}
      about={shown.about}
      subject={shown.subject}
      tell={(told) => levelSentence(told, shown.subject, shown.about.label)}
      head={
        <>
          <Pick
            className="panel-pick"
            label="Statistic"
            value={view.of === 'heads' ? view.statistic : TOKENS}
            options={ATTENTION_OPTIONS}
            onPick={(id) =>
              show(
                id === TOKENS
                  ? { of: 'tokens', site: 'resid_post' }
                  : {
                      of: 'heads',
                      statistic: id as HeadStatistic,
                      each: view.of === 'heads' && view.each,
                    },
              )
            }
          />
          {view.of === 'heads' ? (
            <label className="panel-check">
              <input
                type="checkbox"
                checked={view.each}
                onChange={(event) => show({ ...view, each: event.target.checked })}
              />
              each head
            </label>
          ) : (
            <Pick
              className="panel-pick panel-code"
              label="Site"
              value={view.site}
              options={siteOptions('token_cosine')}
              onPick={(site) => show({ of: 'tokens', site: site as BlockSite })}
            />
          )}
          <About {...shown.about} title={shown.about.label} code={shown.code} note={shown.note} />
        </>
      }
    />
  );
}

function described(view: Attention) {
  if (view.of === 'heads') {
    const about = HEAD_STATISTICS[view.statistic];
    return { about, code: view.statistic, note: about.note, subject: view.statistic };
  }
  const about = SITE_STATISTICS.token_cosine;
  return {
    about,
    code: 'token_cosine',
    note: `${about.note} Here of ${view.site}, ${BLOCK_SITES[view.site].note}.`,
    subject: `token_cosine at ${view.site}`,
  };
}
