import { createProgress, percentDone } from '../lib/progress';
import { WORK, type EngineProgress } from '../protocol/engine';

/** The terminal that a program's messages go to, or a file in its place. */
export type Terminal = Pick<NodeJS.WriteStream, 'write'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

const CLEARED = '\r\x1b[K';

/**
 * One line of a terminal that is written over and over, and cleared before anything else is written there. Where there
 * is no terminal, nothing of it is written.
 */
export function createStatusLine(terminal: Terminal) {
  let isShown = false;

  const clear = () => {
    if (isShown) terminal.write(CLEARED);
    isShown = false;
  };
  return {
    show(text: string): void {
      if (!terminal.isTTY) return;
      // A line that is too long would go on in the next one, which stays.
      terminal.write(CLEARED + text.slice(0, (terminal.columns || 80) - 1));
      isShown = true;
    },
    clear,
    /** Says something that stays. */
    say(text: string): void {
      clear();
      terminal.write(`${text}\n`);
    },
  };
}

export type StatusLine = ReturnType<typeof createStatusLine>;

const UNITS = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;
/** Milliseconds as a person says them, rounded up: 2 h, 5 min, 30 s. */
export function duration(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ?? UNITS[2];
  return `${Math.ceil(ms / size)} ${unit}`;
}

/** Steps that take longer than those after them: one that is not recorded yet, and the recording. */
const FIRST_STEPS = 2;

/** Line of a run of so many steps while it goes on: how far its engine is, its step, and the time left. */
export function createRunLine(
  { show }: Pick<StatusLine, 'show'>,
  steps: number,
  now = () => performance.now(),
) {
  let done = 0;
  /** When the first steps were done. */
  let steadyFrom = 0;

  const step = () => `step ${Math.min(done + 1, steps)} of ${steps}`;
  const timeLeft = () => {
    const each = (now() - steadyFrom) / (done - FIRST_STEPS);
    return done > FIRST_STEPS && done < steps ? [`${duration(each * (steps - done))} left`] : [];
  };
  const advance = createProgress<'steps'>(() => show([step(), ...timeLeft()].join(' · ')), now)(
    'steps',
    steps,
  );
  return {
    engine(progress: EngineProgress): void {
      const isStep = progress.phase === 'pass' || progress.phase === 'recording';
      const work = `${WORK[progress.phase]} ${percentDone(progress)} %`;
      show(isStep ? `${step()} · ${work}` : work);
    },
    stepped(): void {
      if (++done === FIRST_STEPS) steadyFrom = now();
      advance();
    },
  };
}
