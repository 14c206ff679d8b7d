import { Collapsible } from 'radix-ui';
import { useEffect, useId } from 'react';
import { useShallow } from 'zustand/shallow';
import { useActions, useScope } from '../../scope';
import { ChevronIcon } from '../../ui/icons';
import { About } from '../About';
import { ComparedPanel } from './ComparedPanel';
import { DiscrepancyPanel } from './DiscrepancyPanel';
import { LeakWarning } from './LeakWarning';
import { InShort, Numbers } from './Numbers';
import { PositionPanel } from './PositionPanel';
import { useOpen } from './useOpen';
import './evaluation.css';

const ABOUT = {
  title: 'Evaluation',
  note: 'The model as it is used rather than trained: norms over the batch take their running statistics, nothing is dropped, and sequences have the evaluation length. It costs forward passes, so it is done only while this is open: at rest at once, in training now and then.',
};

/** The model as it is used, beside the model as it is trained; evaluated only while this is open. */
export function EvaluationPanel() {
  const [open, setOpen] = useOpen();
  const titleId = useId();
  return (
    <Collapsible.Root asChild open={open} onOpenChange={setOpen}>
      <section className="ev" aria-labelledby={titleId}>
        <div className="ev-head">
          <h2 id={titleId}>
            <Collapsible.Trigger className="ev-trigger">
              <ChevronIcon />
              evaluation
            </Collapsible.Trigger>
          </h2>
          <About {...ABOUT} />
          {open ? <InShort /> : <span className="ev-what">the model as it is used</span>}
        </div>
        <Collapsible.Content>
          <Contents />
        </Collapsible.Content>
      </section>
    </Collapsible.Root>
  );
}

function Contents() {
  const { watchEvaluations } = useActions();
  useEffect(watchEvaluations, [watchEvaluations]);
  const hasNorms = useScope(({ lanes }) =>
    lanes.some(({ model }) => Boolean(model?.layout.norms.length)),
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
      lanes.flatMap(({ id, frame, unevaluated }) =>
        unevaluated && unevaluated.training === frame
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
