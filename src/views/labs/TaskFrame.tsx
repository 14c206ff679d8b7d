import { useId, type ReactNode } from 'react';
import { isDone, type Task } from '../../labs/progress';
import { CheckIcon } from '../ui/icons';
import { Content } from './Content';
import { useProgress } from './context';
import { KINDS } from './words';

/** An exercise: its kind, what it asks, and the way to do it. */
export function TaskFrame({ task, children }: { task: Task; children: ReactNode }) {
  const id = useId();
  const isFinished = useProgress((progress) => isDone(task, progress));
  const { name, done } = KINDS[task.kind];
  return (
    <section className="lb-task" aria-labelledby={id} data-done={isFinished || undefined}>
      <h4 id={id}>
        {name}
        {isFinished && (
          <span className="lb-done">
            <CheckIcon /> {done}
          </span>
        )}
      </h4>
      <Content tree={task.content} />
      {children}
    </section>
  );
}
