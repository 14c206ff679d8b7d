import type { Config } from '../../config/fields';
import { makeTask } from '../../tasks';
import type { Given } from '../../theory/input';
import { ENOUGH, FOLLOWING, predict, tokensOf, type Prediction } from '../../theory/predict';

/**
 * The batch of step 0, drawn as the engine draws it.
 *
 * @param text what the text task reads; null where it is not known
 */
function givenOf(config: Config, text: string | null): Given | null {
  if (config.task === 'gaussian' || text === null) return null;
  const task = makeTask(config, text);
  return { batch: task.batch(0), vocabulary: task.vocabulary.length };
}

/** A prediction; a rough one looks at fewer tokens of the batch than there are. */
export interface Estimate {
  prediction: Prediction;
  isRough: boolean;
}

/** Tests of a configuration of which fewer sequences can stand for those that a prediction in full looks at. */
const hasMore = (config: Config, given: Given | null): boolean =>
  tokensOf(config, given, FOLLOWING).S < tokensOf(config, given, ENOUGH).S;

/**
 * Theory of a configuration at step 0. Throws a TextError where its text cannot be used.
 *
 * @param text what the text task reads; null where it is not known
 * @param isInHaste a rough one does
 */
export function estimate(config: Config, text: string | null, isInHaste = false): Estimate {
  const given = givenOf(config, text);
  const isRough = isInHaste && hasMore(config, given);
  const prediction = predict(config, given, undefined, isRough ? FOLLOWING : undefined);
  return { prediction, isRough };
}
