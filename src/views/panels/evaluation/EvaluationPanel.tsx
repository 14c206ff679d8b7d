import { later } from '../../ui/later';
import { OpeningSection } from '../OpeningSection';
import { useState } from 'react';
import { evaluatesApart } from '../../../config/applies';
import { useActions, useScope } from '../../scope';
import { EVALUATION_MEMORY, recall, remember } from '../../ui/remembered';

const Contents = later(() => import('./Contents').then((code) => code.Contents));
const InShort = later(() => import('./Numbers').then((code) => code.InShort));

const ABOUT = {
  title: 'Evaluation',
  note: 'The model as it is used rather than trained: norms over the batch take their running statistics, nothing is dropped, and sequences have the evaluation length. It costs forward passes, so it is done only while this is open: at rest at once, in training now and then.',
};

/** The model as it is used, beside the model as it is trained; evaluated only while this is open. */
export function EvaluationPanel() {
  const [open, setOpen] = useOpen();
  return (
    <OpeningSection
      name="evaluation"
      about={ABOUT}
      open={open}
      onOpenChange={setOpen}
      summary={open ? <InShort /> : <span className="ev-what">the model as it is used</span>}
    >
      <Contents />
    </OpeningSection>
  );
}

/**
 * The section is open as a link or a person said, else as soon as a lane is used otherwise than it
 * is trained, or a run that was opened has been evaluated, unless it was closed by hand before.
 */
export function useOpen(): [boolean, (open: boolean) => void] {
  const { setView } = useActions();
  const said = useScope((scope) => scope.view.evaluation.open);
  const apart = useScope(
    ({ lanes, recordings }) =>
      lanes.some(({ config }) => evaluatesApart(config)) ||
      recordings.some(({ evaluation }) => evaluation),
  );
  /** A section that opened by itself stays when the setting goes again: nothing jumps. */
  const [opened, setOpened] = useState(false);
  if (apart && !opened && recall(EVALUATION_MEMORY) !== 'closed') setOpened(true);
  const toggle = (open: boolean) => {
    remember(EVALUATION_MEMORY, open ? 'open' : 'closed');
    setOpened(false);
    setView({ evaluation: { open } });
  };
  return [said ?? opened, toggle];
}
