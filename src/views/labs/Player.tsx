import { useEffect, useMemo, useRef } from 'react';
import type { LabDesk } from '../../labs/desk/desk';
import type { Lab } from '../../labs/lab';
import { pageAt } from '../../labs/walk';
import { isDone, shareOf, tasksOf, type LabProgress } from '../../labs/progress';
import { useStore } from 'zustand';
import { Button } from '../ui/buttons';
import { Pick } from '../ui/Pick';
import { Blocks } from './Blocks';
import { DoingProvider } from './context';
import { Copies } from './Copies';
import { OpenSettings } from './OpenSettings';
import { Report } from './Report';

interface PlayerProps {
  desk: LabDesk;
  lab: Lab;
}

/** The mark of a step in the menu of steps. */
function stateOf(lab: Lab, step: number, now: LabProgress): string {
  const tasks = tasksOf({ steps: [lab.steps[step]!] });
  const done = tasks.filter((task) => isDone(task, now)).length;
  return tasks.length ? `${done} of ${tasks.length} done` : '';
}

/** A lab that is being done, one step at a time. */
export function Player({ desk, lab }: PlayerProps) {
  const progress = useStore(desk.store, (s) => s.progress)!;
  const doing = useMemo(() => ({ desk, lab }), [desk, lab]);
  const { steps } = lab;
  const at = Math.min(progress.step, steps.length);
  const step = steps[at];
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const shown = useRef(at);
  // Who turns the page goes on reading at its top.
  useEffect(() => {
    if (shown.current === at) return;
    shown.current = at;
    body.current?.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [at]);
  const options = [
    ...steps.map(({ title }, i) => ({
      ...{ value: String(i), label: `${i + 1}. ${title}` },
      note: stateOf(lab, i, progress),
    })),
    { value: String(steps.length), label: 'Report', note: 'What is handed in' },
  ];
  const hasPage = step && pageAt(lab, step) !== null;
  return (
    <DoingProvider value={doing}>
      <progress
        className="lb-share"
        aria-label="Tasks that are done"
        max={1}
        value={shareOf(lab, progress)}
      />
      <div className="lb-body" ref={body}>
        <Copies />
        <h3 ref={heading} tabIndex={-1}>
          {step ? step.title : 'Report'}
        </h3>
        {step && <OpenSettings />}
        <div key={at} className="lb-step">
          {step ? <Blocks blocks={step.blocks} /> : <Report />}
        </div>
        {hasPage && (
          <p className="lb-set">
            <Button onClick={desk.setPage}>Set the page again</Button>
            <span className="lb-soft">as this step begins, at step 0</span>
          </p>
        )}
      </div>
      <nav className="lb-foot" aria-label="Steps of the lab">
        <Button disabled={at === 0} onClick={() => desk.go(at - 1)}>
          Back
        </Button>
        <Pick
          className="lb-steps"
          label="Step"
          value={String(at)}
          shown={step ? `${at + 1} of ${steps.length}` : 'Report'}
          options={options}
          onPick={(value) => desk.go(Number(value))}
        />
        <Button
          className="lb-primary"
          disabled={at >= steps.length}
          onClick={() => desk.go(at + 1)}
        >
          {at === steps.length - 1 ? 'Report' : 'Next'}
        </Button>
      </nav>
    </DoingProvider>
  );
}
