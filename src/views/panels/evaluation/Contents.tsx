import { useEffect, useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { leaks } from '../../../runs/leakNotices';
import { useActions, useScope } from '../../scope';
import { LaneMark } from '../../ui/LaneMark';
import { Terms } from '../../ui/Terms';
import { useCalm } from '../../ui/useCalm';
import { lanesOnShow, named } from '../lanes';
import { ComparedPanel } from './ComparedPanel';
import { DiscrepancyPanel } from './DiscrepancyPanel';
import { Numbers } from './Numbers';
import { PositionPanel } from './PositionPanel';
import { leakClause } from './sentences';

/** The panels of an open evaluation. Lanes are evaluated for as long as it is there. */
export function Contents() {
  const { watchEvaluations } = useActions();
  useEffect(watchEvaluations, [watchEvaluations]);
  const hasNorms = useScope((scope) =>
    lanesOnShow(scope).some(({ shown }) => Boolean(shown?.layout.norms.length)),
  );
  return (
    <>
      <LeakWarning />
      <Unevaluated />
      <RecordedWithout />
      <Numbers />
      <ComparedPanel />
      {hasNorms && <DiscrepancyPanel />}
      <PositionPanel />
    </>
  );
}

/** Which causal lanes let later tokens reach earlier ones, and by how much. */
function LeakWarning() {
  const all = useScope(lanesOnShow);
  const leaking = useMemo(
    () =>
      named(all).filter(
        ({ lane: { recorded, shown, evaluation } }) =>
          leaks(shown) && (!recorded || evaluation?.leak),
      ),
    [all],
  );
  return leaking.map(({ lane: { id, evaluation }, name }) => (
    <p key={id} className="ev-notice" data-level="warning">
      <LaneMark id={id} size={12} />
      <Leaking
        text={`${name} leaks between tokens${evaluation?.leak ? `: ${leakClause(evaluation.leak)}` : ''}.`}
      />
    </p>
  ));
}

const Leaking = ({ text }: { text: string }) => (
  <span>
    <Terms>{useCalm(text)}</Terms>
  </span>
);

/** Runs that were opened from files, of which nothing was evaluated. */
function RecordedWithout() {
  const { recorded } = useActions();
  const recordings = useScope((scope) => scope.recordings);
  const without = useMemo(
    () => recordings.filter(({ id }) => recorded(id).every((one) => one.evaluations.size === 0)),
    [recordings, recorded],
  );
  return without.map(({ id, recorded: { name } }) => (
    <p key={id} className="ev-notice" data-level="info">
      <LaneMark id={id} size={12} />
      <span>{name} was recorded without evaluation.</span>
    </p>
  ));
}

function Unevaluated() {
  const reasons = useScope(
    useShallow(({ lanes }) =>
      lanes.flatMap(({ id, shown, engine: { unevaluated } }) =>
        unevaluated && unevaluated.training === shown
          ? [`Lane ${id.toUpperCase()} was not evaluated: ${unevaluated.reason}`]
          : [],
      ),
    ),
  );
  return (
    <div role="status">
      {reasons.map((reason) => (
        <p key={reason} className="ev-notice" data-level="error">
          {reason}
        </p>
      ))}
    </div>
  );
}
