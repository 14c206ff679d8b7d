/** Steps taken with either number of threads to compare them, and steps until they are compared again. */
const [TRIED, AGAIN] = [3, 500];

/** On how many threads a step is to run: all, or one where they hinder each other. */
export interface Pace {
  /** For the next step, of at most so many. */
  threads(most: number): number;
  /** Told after that step of the time it took. */
  took(ms: number): void;
}

/**
 * Tries both, and then takes the one of which the quickest step was quicker, as other work only ever delays.
 * The best number of threads depends on the model, on how many of a machine's processors are two names of
 * one, and on what else it does: nothing that could be looked up.
 */
export function createPace(): Pace {
  let of = 1;
  let step = 0;
  let quickest = { all: Infinity, one: Infinity };
  return {
    threads(most) {
      if (most !== of) [of, step] = [most, 0];
      if (step === 0) quickest = { all: Infinity, one: Infinity };
      const isAll = step < TRIED || (step >= 2 * TRIED && quickest.all < quickest.one);
      return isAll ? most : 1;
    },
    took(ms) {
      if (step < TRIED) quickest.all = Math.min(quickest.all, ms);
      else if (step < 2 * TRIED) quickest.one = Math.min(quickest.one, ms);
      step = step + 1 === AGAIN ? 0 : step + 1;
    },
  };
}
