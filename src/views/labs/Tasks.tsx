import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Check as CheckTask, Do as DoTask, Figure, Predict, Reflect } from '../../labs/lab';
import { wordsIn, type Task } from '../../labs/progress';
import { later } from '../../runs/later';
import { useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { useCalm } from '../ui/useCalm';
import { useCode } from '../ui/useCode';
import { Choice } from './Choice';
import { Content } from './Content';
import { useDoing, useProgress, useStanding } from './context';
import { CurveGuess } from './CurveGuess';
import { NumberGuess } from './NumberGuess';
import { TaskFrame } from './TaskFrame';

/** An exercise of any kind. */
export function TaskView({ task }: { task: Task }) {
  return (
    <TaskFrame task={task}>
      <Body task={task} />
    </TaskFrame>
  );
}

function Body({ task }: { task: Task }) {
  switch (task.kind) {
    case 'predict':
      return <Guess task={task} />;
    case 'do':
      return <Do task={task} />;
    case 'check':
      return <Check task={task} />;
    case 'figure':
      return <FigureTask task={task} />;
    case 'reflect':
      return <Write task={task} />;
  }
}

function Guess({ task }: { task: Predict }) {
  const { asks } = task;
  switch (asks.kind) {
    case 'choice':
      return <Choice {...{ task, asks }} />;
    case 'number':
      return <NumberGuess {...{ task, asks }} />;
    case 'curve':
      return <CurveGuess {...{ task, asks }} />;
  }
}

/** Judged while the page measures. */
function Do({ task }: { task: DoTask }) {
  const judged = useProgress(({ judged }) => judged[task.id]);
  const standing = useCalm(useStanding(task.id) ?? '');
  return judged ? (
    <p className="lb-said">{judged.said}</p>
  ) : (
    <p className="lb-soft">{standing || 'It is noticed by itself once it is done.'}</p>
  );
}

/** Judged when it is asked for. */
function Check({ task }: { task: CheckTask }) {
  const { desk } = useDoing();
  const judged = useProgress(({ judged }) => judged[task.id]);
  const hints = useProgress(({ hints }) => hints[task.id] ?? 0);
  const [isBusy, setIsBusy] = useState(false);
  const check = async () => {
    setIsBusy(true);
    await desk.check(task);
    setIsBusy(false);
  };
  const isPassed = judged?.isPassed ?? false;
  return (
    <>
      {judged && (
        <p className="lb-said">
          {isPassed ? 'Passed.' : 'Not yet.'} {judged.said}
        </p>
      )}
      {task.hints.slice(0, hints).map((hint, i) => (
        <div key={i} className="lb-hint">
          <Content tree={hint} />
        </div>
      ))}
      <div className="lb-ways">
        {!isPassed && (
          <Button className="lb-primary" disabled={isBusy} onClick={() => void check()}>
            {judged ? 'Check again' : 'Check'}
          </Button>
        )}
        {hints < task.hints.length && !isPassed && (
          <Button onClick={() => desk.hint(task.id)}>
            Hint {hints + 1} of {task.hints.length}
          </Button>
        )}
        {judged && (
          <span className="lb-soft">
            {judged.attempts} {judged.attempts === 1 ? 'attempt' : 'attempts'}
          </span>
        )}
      </div>
    </>
  );
}

const fetchFigure = later('makes figures', () => import('./figure'));

/** The address of a picture for as long as it is shown. */
function usePicture(svg: string | undefined): string | undefined {
  const url = useMemo(
    () =>
      svg === undefined
        ? undefined
        : URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })),
    [svg],
  );
  useEffect(() => () => URL.revokeObjectURL(url ?? ''), [url]);
  return url;
}

function FigureTask({ task }: { task: Figure }) {
  const { desk } = useDoing();
  const store = useScopeStore();
  const code = useCode(fetchFigure);
  const kept = useProgress(({ figures }) => figures[task.id]);
  const [isMissing, setIsMissing] = useState(false);
  const url = usePicture(kept?.svg);
  const take = () => {
    const figure = code!.figureOf(task.panel, store);
    setIsMissing(!figure);
    if (figure) desk.keepFigure(task.id, figure);
  };
  return (
    <>
      {kept && (
        <img
          className="lb-picture"
          src={url}
          alt={`The figure that is in your report: ${task.panel}.`}
        />
      )}
      <p className="lb-problem" role="status">
        {isMissing && `The panel (${task.panel}) is not on show, or nothing is drawn in it yet.`}
      </p>
      <Button className={kept ? '' : 'lb-primary'} disabled={!code} onClick={take}>
        {kept ? 'Take it again' : 'Take the figure'}
      </Button>
    </>
  );
}

/** Milliseconds without a key after which a text is kept. */
const RESTED = 400;

function Write({ task }: { task: Reflect }) {
  const { desk } = useDoing();
  const id = useId();
  const kept = useProgress(({ reflections }) => reflections[task.id] ?? '');
  const [text, setText] = useState(kept);
  const newest = useRef(text);
  useEffect(() => {
    newest.current = text;
    if (text === kept) return;
    const rest = setTimeout(() => desk.write(task.id, text), RESTED);
    return () => clearTimeout(rest);
  }, [text, kept, desk, task.id]);
  useEffect(() => () => desk.write(task.id, newest.current), [desk, task.id]);
  const count = wordsIn(text);
  return (
    <>
      <textarea
        className="lb-text"
        aria-label="Your answer"
        aria-describedby={id}
        rows={5}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={() => desk.write(task.id, text)}
      />
      <p id={id} className="lb-soft">
        {task.words > 0 ? `${count} of at least ${task.words} words.` : `${count} words.`}
      </p>
    </>
  );
}
