import type { StoreApi } from 'zustand/vanilla';
import type { Frames } from '../lib/frames';
import type { FrameLog } from './log';
import type { Actions, LaneId, Moment, Scope } from './state';

interface MomentsOptions {
  store: StoreApi<Scope>;
  log: FrameLog<LaneId>;
  /** Shows exactly this moment. */
  show(moment: Moment): void;
  /** The step at which the engines have measured last. */
  present(): number;
  frames: Frames;
  now(): number;
}

/** Goes about in what was recorded: to a step, from one to the next, and by itself at a speed. */
export function createMoments({ store, log, show, present, frames, now }: MomentsOptions) {
  const { getState, setState } = store;
  /** When playback began at its speed, and the steps that it has made since. */
  let [began, made] = [0, 0];

  const recorded = (step: number, by?: number): Moment => {
    const found = log.recorded(step, by);
    // Where the engines stand is the present; a run that was opened may go on after it.
    return found === null || found === present() ? 'live' : found;
  };
  const showMoment = (moment: Moment) => {
    const next = moment === 'live' ? moment : recorded(moment);
    if (next !== getState().moment) show(next);
  };
  const moveMoment = (by: number) => {
    const { moment } = getState();
    showMoment(recorded(moment === 'live' ? present() : moment, by));
  };

  const setPlayback = (changes: Partial<Scope['playback']>) => {
    [began, made] = [now(), 0];
    setState(({ playback }) => ({ playback: { ...playback, ...changes } }));
  };
  const stop = () => {
    if (getState().playback.direction !== 0) setPlayback({ direction: 0 });
  };
  /** With every picture, as many steps as are due. */
  const advance = () => {
    const { direction, speed } = getState().playback;
    if (direction === 0) return;
    const due = Math.floor(((now() - began) * speed) / 1000) - made;
    made += due;
    if (due > 0) moveMoment(direction * due);
    const end = recorded(direction > 0 ? Infinity : 0);
    if (getState().moment === end) stop();
    else frames.update(advance);
  };

  return {
    showMoment(moment) {
      stop();
      showMoment(moment);
    },
    moveMoment(by) {
      stop();
      moveMoment(by);
    },
    playBack(direction) {
      if (direction > 0 && getState().moment === recorded(Infinity)) showMoment(0);
      setPlayback({ direction });
      frames.update(advance);
    },
    setPlaybackSpeed: (speed) => setPlayback({ speed }),
  } satisfies Partial<Actions>;
}
