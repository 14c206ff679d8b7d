import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { LabDesk } from '../../labs/desk/desk';
import type { Lab } from '../../labs/lab';
import { engineStep } from '../../runs/state';
import { useScope, useScopeStore } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { Blocks } from './Blocks';
import { DoingProvider } from './context';
import { Ring } from './Ring';
import { useStoryKeys } from './storyKeys';
import './story.css';

interface StoryProps {
  desk: LabDesk;
  lab: Lab;
}

/** A story below the panels, one step at a time: nothing of the page is covered, and all of it can be used meanwhile. */
export function Story({ desk, lab }: StoryProps) {
  const at = useStore(desk.store, ({ progress }) => progress?.step ?? 0);
  const doing = useMemo(() => ({ desk, lab }), [desk, lab]);
  const heading = useRef<HTMLHeadingElement>(null);
  const { steps, title } = lab;
  const step = steps[at]!;
  const isLast = at === steps.length - 1;
  const next = isLast ? desk.close : () => desk.go(at + 1);
  const back = at > 0 ? () => desk.go(at - 1) : null;
  const { actions, getState } = useScopeStore();
  // What was opened last is left first.
  const leave = () => (getState().view.panel ? actions.setView({ panel: null }) : desk.close());
  useStoryKeys({ next, back, leave });
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <DoingProvider value={doing}>
      {step.show.at && <Ring at={step.show.at} />}
      <section className="story" aria-label={title}>
        <div className="story-told" role="status">
          <h2 ref={heading} tabIndex={-1}>
            {step.title}
          </h2>
          <div className="story-words">
            <Blocks blocks={step.blocks} />
          </div>
        </div>
        <nav className="story-way" aria-label="Steps of the story">
          {step.show.play !== null && <Training until={step.show.play} />}
          <p className="story-where">
            {at + 1} of {steps.length}
            <span>
              <kbd>←</kbd> <kbd>→</kbd> <kbd>Esc</kbd>
            </span>
          </p>
          <Button disabled={!back} onClick={() => back?.()}>
            Back
          </Button>
          <Button className="story-next" onClick={next}>
            {isLast ? 'End' : 'Next'}
          </Button>
          <CloseButton label={`End ${title}`} onClick={desk.close} />
        </nav>
      </section>
    </DoingProvider>
  );
}

/** The way of all lanes to a step. */
function Training({ until }: { until: number }) {
  const step = useScope(({ lanes }) => Math.min(...lanes.map(engineStep)));
  return step < until ? (
    <label className="story-training">
      step {step} of {until}
      <progress max={until} value={step} />
    </label>
  ) : null;
}
