import { answerWith } from '../workerLine';
import { estimate, type Estimate } from './answer';
import type { Question } from './line';

/** The text that came last. */
let held: string | null = null;

answerWith(({ config, isInHaste, text = held }: Question): Estimate => {
  held = text;
  return estimate(config, text, isInHaste);
});
