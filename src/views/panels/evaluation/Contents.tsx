import { useEffect } from 'react';
import { useShallow } from 'zustand/shallow';
import { useActions, useScope } from '../../scope';
import { ComparedPanel } from './ComparedPanel';
import { DiscrepancyPanel } from './DiscrepancyPanel';
import { LeakWarning } from './LeakWarning';
import { Numbers } from './Numbers';
import { PositionPanel } from './PositionPanel';

/** The panels of an open evaluation. Lanes are evaluated for as long as it is there. */
export function Contents() {
  const { watchEvaluations } = useActions();
  useEffect(watchEvaluations, [watchEvaluations]);
  const hasNorms = useScope(({ lanes }) =>
    lanes.some(({ shown }) => Boolean(shown?.layout.norms.length)),
  );
  return (
    <>
      <LeakWarning />
      <Unevaluated />
      <Numbers />
      <ComparedPanel />
      {hasNorms && <DiscrepancyPanel />}
      <PositionPanel />
    </>
  );
}

/** Why a lane could not be evaluated. */
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
