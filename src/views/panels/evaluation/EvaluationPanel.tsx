import { Collapsible } from 'radix-ui';
import { useId } from 'react';
import { ChevronIcon } from '../../ui/icons';
import { later } from '../../ui/later';
import { About } from '../About';
import { useOpen } from './useOpen';
import './evaluation.css';

const Contents = later(() => import('./Contents').then((code) => code.Contents));
const InShort = later(() => import('./Numbers').then((code) => code.InShort));

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
