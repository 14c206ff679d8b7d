/** Where a piece of work that may take long has come to: `done` of `of`, in whatever it is counted by. */
export interface Progress<Phase extends string> {
  phase: Phase;
  done: number;
  of: number;
}

/** Whole percent that are done, never more than there are. */
export const percentDone = ({ done, of }: Progress<string>): number =>
  Math.floor((100 * done) / of);

/** Counts on, by 1 unless it says otherwise. */
export type Advance = (by?: number) => void;
/** A phase begins, which will count up to `of`. */
export type Begin<Phase extends string> = (phase: Phase, of: number) => Advance;

/** Milliseconds from the beginning of a phase to its first report, and from one report to the next. */
export const INTERVAL = 100;

/** Tells how far work is: within a phase ever further, and never more than one report in an INTERVAL. */
export function createProgress<Phase extends string>(
  tell: (progress: Progress<Phase>) => void,
  now = () => performance.now(),
): Begin<Phase> {
  return (phase, of) => {
    let done = 0;
    let told = now();
    return (by = 1) => {
      done = Math.min(of, done + by);
      const at = now();
      if (at - told < INTERVAL) return;
      told = at;
      tell({ phase, done, of });
    };
  };
}
