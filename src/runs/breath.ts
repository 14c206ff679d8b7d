import type { Frames } from '../lib/frames';

/** Pictures a second that training leaves the page the time for. */
export const PICTURES = 50;
/** Milliseconds from a change to the picture that shows it, at that rate. */
const LATE = 1000 / PICTURES;
/** The newest picture's share in the running mean: about the last eight count. */
const SHARE = 1 / 8;
/** A picture that takes longer than this is not waited for: nobody looks at the page. */
const LONGEST = 1000;

interface BreathOptions {
  frames: Frames;
  now(): number;
}

/**
 * The rest after each step, in ms, that lets the page draw while engines could keep every processor busy: longer while
 * pictures come late, shorter while they come in time, and never longer than a step, so that training keeps at
 * least half of its speed whatever else slows the machine down.
 */
export function createBreath({ frames, now }: BreathOptions) {
  let rest = 0;
  let delay = 0;
  let stepMs = 0;
  /** When the picture was asked for that has not come yet. */
  let asked: number | null = null;

  const drawn = () => {
    const ms = now() - asked!;
    asked = null;
    if (ms > LONGEST) return;
    delay += SHARE * (ms - delay);
    rest = delay > LATE ? Math.min(stepMs, rest * 1.2 + 0.5) : Math.max(0, rest * 0.95 - 0.1);
  };
  return {
    /** A step took so long, and there is something to draw: the rest before the next one. */
    after(ms: number): number {
      stepMs = ms;
      if (asked === null) {
        asked = now();
        frames.update(drawn);
      }
      return now() - asked > LONGEST ? 0 : Math.min(rest, ms);
    },
  };
}

export type Breath = ReturnType<typeof createBreath>;
