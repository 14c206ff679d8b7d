import { useState } from 'react';
import { useStore } from 'zustand';
import { counted } from '../../lib/words';
import { about } from '../../sweeps/desk/cost';
import { workersFor, type SweepDesk } from '../../sweeps/desk/desk';
import { isDone, lackedBy, type HeldSweep } from '../../sweeps/desk/held';
import { runsOf, type Sweep } from '../../sweeps/sweep';
import { Button } from '../ui/buttons';
import { useCalm } from '../ui/useCalm';
import { axesName, failuresText } from './words';

interface ProgressProps {
  desk: SweepDesk;
  /** The sweep of the form; null where it cannot be. */
  sweep: Sweep | null;
  id: string | null;
  held: HeldSweep | null;
}

const many = (count: number, one: string) => `${counted(count)} ${one}${count === 1 ? '' : 's'}`;

/** The runs under way with what stops them, or what a sweep would take and the button that begins it. */
export function Progress({ desk, sweep, id, held }: ProgressProps) {
  const going = useStore(desk.store, (s) => s.going);
  const isOther = going !== null && going.id !== id;
  return (
    <div className="sw-go">
      {going && <UnderWay desk={desk} isOther={isOther} />}
      {held?.error && !going && (
        <p className="sw-problem" role="alert">
          It stopped: {held.error}
        </p>
      )}
      {held && <Failures held={held} />}
      {(!going || isOther) && <Begin {...{ desk, sweep, id, held, isOther }} />}
    </div>
  );
}

/** Of so many reasons each is told. */
const MOST_REASONS = 4;

/** Runs that could not be made, with the reasons. */
function Failures({ held }: { held: HeldSweep }) {
  const count = lackedBy(held).failed.length;
  const reasons = failuresText(held);
  const more = reasons.length - MOST_REASONS;
  return (
    <div className="sw-problem" role="status">
      {count > 0 && (
        <>
          <p>{many(count, 'run')} could not be made.</p>
          {reasons.slice(0, MOST_REASONS).map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
          {more > 0 && <p>There are {many(more, 'other reason')}; each cell tells its own.</p>}
        </>
      )}
    </div>
  );
}

function UnderWay({ desk, isOther }: { desk: SweepDesk; isOther: boolean }) {
  const going = useStore(desk.store, (s) => s.going)!;
  const givesWay = useStore(desk.store, (s) => s.givesWay);
  const one = useStore(desk.store, (s) => s.all.find(({ id }) => id === going.id));
  const left = going.left === null ? '' : `, ${about(going.left)} left`;
  const said = useCalm(
    one
      ? `${counted(one.made.size)} of ${many(one.planned.length, 'run')}${left} on ${many(going.workers, 'worker')}`
      : '',
  );
  const rests = going.isPaused
    ? 'Paused.'
    : givesWay
      ? 'Lanes train: the sweep rests meanwhile.'
      : '';
  return (
    <>
      {isOther && one && <p className="sw-soft">Under way: {axesName(one.sweep)}</p>}
      <progress aria-label="Runs of the sweep" max={1} value={going.share} />
      <p role="status" className="sw-said">
        {said}. {rests}
      </p>
      <div className="sw-buttons">
        <Button onClick={() => desk.pause(!going.isPaused)}>
          {going.isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button title="What is made stays, and can be gone on with" onClick={() => desk.stop()}>
          Cancel
        </Button>
      </div>
    </>
  );
}

function Begin({ desk, sweep, id, held, isOther }: ProgressProps & { isOther: boolean }) {
  const estimate = useStore(desk.store, (s) => s.estimate);
  const [problem, setProblem] = useState('');
  if (!sweep) return null;
  const runs = held?.planned.length ?? runsOf(sweep).length;
  const made = held?.made.size ?? 0;
  const isAgain = held !== null && lackedBy(held).toCome.length === 0;
  if (held && isDone(held)) return <p className="sw-said">All {many(runs, 'run')} are made.</p>;
  const workers = Math.min(workersFor(navigator.hardwareConcurrency), runs - made);
  const own = estimate?.id === id ? estimate : null;
  const time = isOther
    ? ''
    : own?.error
      ? `, which cannot be timed: ${own.error}`
      : own?.ms != null
        ? `, ${about((own.ms * (runs - made)) / runs)} on ${many(workers, 'worker')}`
        : ', a step is being timed …';
  return (
    <>
      <p className="sw-said" role="status">
        {made ? `It stands at ${counted(made)} of ${many(runs, 'run')}` : many(runs, 'run')}
        {time}
      </p>
      <p className="sw-problem" role="alert">
        {problem}
      </p>
      <div className="sw-buttons">
        <Button className="sw-start" onClick={() => setProblem(desk.start(sweep) ?? '')}>
          {isAgain ? 'Try them again' : made ? 'Go on' : isOther ? 'Start in its place' : 'Start'}
        </Button>
      </div>
    </>
  );
}
