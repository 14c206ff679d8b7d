import { useId, type ReactNode } from 'react';
import { isDone, type Task } from '../../labs/progress';
import { CheckIcon } from '../ui/icons';
import { Content } from './Content';
import { useProgress } from './context';
import { KINDS } from './words';

/** Tells if a prediction was right. */
export const Outcome = ({ isRight }: { isRight: boolean | null }) =>
  isRight === null ? null : (
    <span className={isRight ? 'lb-right' : 'lb-wrong'}>{isRight ? 'right' : 'not right'}</span>
  );

/** An exercise: its kind, what it asks, and the way to do it. */
export function TaskFrame({ task, children }: { task: Task; children: ReactNode }) {
  const id = useId();
  const isFinished = useProgress((progress) => isDone(task, progress));
  const { name, done } = KINDS[task.kind];
  return (
    <div className="lb-task" role="group" aria-labelledby={id} data-done={isFinished || undefined}>
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
    </div>
  );
}
