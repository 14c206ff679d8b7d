import { formatSignificant } from '../../lib/significant';
import type { Outcome, Run, Spread } from '../claim';
import { mean } from '../numbers';
import { overSteps } from '../read';

/** Entropy in nats of the letters of Newton’s Opticks, the task `text`: the loss of knowing their frequencies alone. */
export const UNIGRAM_ENTROPY = 3.068;

/** Nats around the unigram entropy within which a loss counts as stuck there. */
const MARGIN = 0.1;

/** Steps at the end of a run whose mean loss is its loss; batches of one step alone scatter by about 0.1 nats. */
export const WINDOW = 20;

/** The largest loss that counts, in nats: one that is more, or no number, counts as this. */
export const LARGEST_LOSS = 20;

/** The steps that are measured of a run of `length` steps: some for the picture, and all of the last ones. */
export const stepsOf = (length: number, every = 10): number[] =>
  Array.from({ length }, (_, step) => step).filter(
    (step) => step % every === 0 || step >= length - WINDOW,
  );

/** A loss as it counts: no more than the largest. */
export const bounded = (loss: number) => (loss < LARGEST_LOSS ? loss : LARGEST_LOSS);

/** Mean loss of the last steps, in nats. */
export const lossOf = (run: Run): number =>
  mean(overSteps(run, 'loss').slice(-WINDOW).map(bounded));

/** A measure under every seed. */
export const always = ({ values }: Spread, holds: (value: number) => boolean): boolean =>
  values.every(holds);

/** One measure below another under every seed, by at least `gap`. */
export const below = (low: Spread, high: Spread, gap = 0): boolean =>
  low.values.every((value, seed) => value + gap < high.values[seed]!);

/** At the unigram entropy under every seed, within the margin. */
export const isStuck = (loss: Spread): boolean =>
  always(loss, (nats) => Math.abs(nats - UNIGRAM_ENTROPY) < MARGIN);
/** Below it by more than the margin under every seed. */
export const trains = (loss: Spread): boolean =>
  always(loss, (nats) => nats < UNIGRAM_ENTROPY - MARGIN);
/** Stuck there, or worse, under every seed. */
export const fails = (loss: Spread): boolean =>
  always(loss, (nats) => nats > UNIGRAM_ENTROPY - MARGIN);

/** Found under every seed, found in the mean alone, or not found. */
export const outcomeOf = (inAll: boolean, inMean: boolean): Outcome =>
  inAll ? 'yes' : inMean ? 'direction' : 'no';

/** A measure with the standard deviation over seeds, as a sentence has it. */
export const spread = ({ mean, sd }: Spread, digits = 3): string =>
  `${formatSignificant(mean, digits)} ± ${formatSignificant(sd, 1)}`;
