/** The span over which steps per second are counted, and the time from one number to the next, in ms. */
const WINDOW = 1000;
const REFRESH = 250;
/** Timers cannot be set for longer than some weeks: a very slow clock sleeps in pieces. */
const LONGEST_SLEEP = 60_000;

const NEVER = () => false;

interface ClockOptions {
  /** One step of every lane; false when there was no lane that could. */
  tick(): Promise<boolean>;
  /** After the last tick, when nothing is asked for any more. */
  settle(): Promise<void>;
  /** The rest after a tick of so many milliseconds. */
  restAfter(ms: number): number;
  /** Playing began or ended, or another rate was measured, with the rest after each tick. */
  onChange(state: { playing: boolean; stepsPerSecond: number; restMs: number }): void;
  now(): number;
}

/** Steps in lock step: never two ticks at once, at most `speed` a second, as fast as it goes when null. */
export function createClock({ tick, settle, restAfter, onChange, now }: ClockOptions) {
  let playing = false;
  /** Asked after every tick: where it is, playing ends. */
  let isOver = NEVER;
  let speed: number | null = null;
  /** Single steps asked for and not made yet. */
  let owed = 0;
  let driving = false;
  let restMs = 0;
  let wake: () => void = () => undefined;
  let ticks: number[] = [];
  let shown = { at: -Infinity, rate: 0 };

  const show = (rate: number) => {
    shown = { at: now(), rate };
    onChange({ playing, stepsPerSecond: rate, restMs: playing ? restMs : 0 });
  };

  const measure = () => {
    const at = now();
    // At under two steps a second the window would be empty: the last two ticks always count.
    ticks = [...ticks.filter((t, i) => t > at - WINDOW || i === ticks.length - 1), at];
    if (ticks.length < 2 || at - shown.at < REFRESH) return;
    const span = at - ticks[0]!;
    if (playing && span > 0) show(((ticks.length - 1) * 1000) / span);
  };

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /**
   * Waits until the tick after the one due at `last` is due, and says when that was. Due times follow one
   * another evenly, whatever timers do; a tick that took too long lets at most one follow early.
   */
  const pace = async (last: number): Promise<number> => {
    for (;;) {
      if (speed === null || !playing) return now();
      const interval = 1000 / speed;
      const due = last + interval;
      // The speed may be another after a wake: everything is asked again.
      if (now() < due) await sleep(Math.min(due - now(), LONGEST_SLEEP));
      else return Math.max(due, now() - interval);
    }
  };

  const stop = () => {
    playing = false;
    isOver = NEVER;
    owed = 0;
    ticks = [];
    wake();
    show(0);
  };

  /** Ticks while there is reason to. There is one driver, so there is one tick. */
  const drive = async () => {
    if (driving) return;
    driving = true;
    try {
      while (playing || owed > 0) {
        let due = now();
        while (playing || owed > 0) {
          if (!playing) owed--;
          const began = now();
          if ((await tick()) && !isOver()) measure();
          else stop();
          if (!playing) continue;
          restMs = restAfter(now() - began);
          if (restMs > 0) await sleep(restMs);
          due = await pace(due);
        }
        await settle();
      }
    } finally {
      driving = false;
    }
  };

  return {
    play(until = NEVER) {
      isOver = until;
      if (playing) return;
      playing = true;
      owed = 0;
      show(0);
      void drive();
    },
    /** Comes to rest where what it plays for is there, though no tick has brought it. */
    check(): void {
      if (playing && isOver()) stop();
    },
    /** No tick after the one in flight. */
    pause: stop,
    stepOnce() {
      if (playing) {
        stop();
        return;
      }
      owed++;
      void drive();
    },
    setSpeed(stepsPerSecond: number | null) {
      speed = stepsPerSecond;
      ticks = [];
      wake();
    },
  };
}
