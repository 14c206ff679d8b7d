import { Collapsible } from 'radix-ui';
import { useId } from 'react';
import { useActions, useScope } from '../../views/scope';
import { ChevronIcon } from '../../views/ui/icons';
import { later } from '../../views/ui/later';
import { About } from '../../views/panels/About';
import '../../views/panels/evaluation/evaluation.css';

const Contents = later(() => import('./Contents').then((code) => code.Contents));

const ABOUT = {
  title: 'What a norm costs',
  note: 'Times every norm on this device, as training runs it: forward, backward, and with the residual sum before it. It is done when it is asked for; training rests meanwhile.',
};

/** The last line of the page; nothing is timed, and no code is loaded, before it is opened. */
export function NormCostPanel() {
  const { setView } = useActions();
  const open = useScope((scope) => scope.view.costs.open);
  const titleId = useId();
  return (
    <Collapsible.Root asChild open={open} onOpenChange={(open) => setView({ costs: { open } })}>
      <section className="ev" aria-labelledby={titleId}>
        <div className="ev-head">
          <h2 id={titleId}>
            <Collapsible.Trigger className="ev-trigger">
              <ChevronIcon />
              what a norm costs
            </Collapsible.Trigger>
          </h2>
          <About {...ABOUT} />
          <span className="ev-what">time, bytes and the roofline of this device</span>
        </div>
        <Collapsible.Content>
          <Contents />
        </Collapsible.Content>
      </section>
    </Collapsible.Root>
  );
}
