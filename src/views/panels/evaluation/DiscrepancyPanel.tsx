import { useCallback, useMemo } from 'react';
import { STATISTIC_NOTES } from '../../../config/statisticNotes';
import { kindsOf } from '../../../protocol/read';
import type { Lane } from '../../../runs/state';
import { useActions, useScope } from '../../scope';
import { Pick } from '../../ui/Pick';
import { About } from '../About';
import { DepthPanel } from '../DepthPanel';
import { lanesOnShow, named, useLayouts } from '../lanes';
import { Key } from './Key';
import { discrepancyOf, readDiscrepancy } from './read';
import { discrepancySentence } from './sentences';

const { mean_tid, var_tid } = STATISTIC_NOTES;
const ABOUT = {
  log: true as const,
  title: 'Training-inference discrepancy',
  code: 'mean_tid, var_tid',
  formula: String.raw`\begin{aligned}&${mean_tid.formula!}\\ &${var_tid.formula!}\end{aligned}`,
  note: 'How far the batch is from what evaluation will use. Solid, the mean: the running mean is so many of the batch’s standard deviations off. Dotted, the variance: the running standard deviation differs by this share of the batch’s.',
  source: `${mean_tid.source!} and 5`,
};

/** The distance of each norm’s batch from its running statistics, layer by layer. */
export function DiscrepancyPanel() {
  const { setView } = useActions();
  const asked = useScope((scope) => scope.view.discrepancy);
  const all = useScope(lanesOnShow);
  const layouts = useLayouts();
  const kinds = useMemo(() => kindsOf(layouts, 'norms'), [layouts]);
  const kind = kinds.includes(asked) ? asked : (kinds[0] ?? asked);
  const read = useCallback((lane: Lane) => readDiscrepancy(lane, kind), [kind]);
  const told = useMemo(
    () =>
      named(all).flatMap(({ lane, name }) => {
        const found = discrepancyOf(lane, kind);
        return found ? [{ ...found, name }] : [];
      }),
    [all, kind],
  );
  return (
    <DepthPanel
      title="batch and running statistics"
      level={3}
      read={read}
      about={ABOUT}
      subject={`discrepancy at ${kind}`}
      tell={() => discrepancySentence(told, kind)}
      head={
        <>
          <Pick
            className="panel-pick panel-code"
            label="Norm"
            value={kind}
            options={kinds.map((value) => ({ value, label: value }))}
            onPick={(norm) => setView({ discrepancy: norm })}
          />
          <About {...ABOUT} />
          <Key
            lines={[
              ['mean', 'solid'],
              ['variance', 'dotted'],
            ]}
          />
        </>
      }
    />
  );
}
